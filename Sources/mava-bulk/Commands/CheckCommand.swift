import BulkSystem
import MavaAPI
import MavaBulk
import Synchronization

import CLibrary

/// `mava-bulk check`: whether this machine, the key and the server are ready for a run; sends only a read.
enum CheckCommand {
    /// How one check ended.
    enum State: String {
        case ok, warning, failed
    }

    /// One check: what was looked at, what was found, and what to do about it.
    struct Line {
        var name: String
        var state: State
        var finding: String
        var advice: String?
        /// The exit code of a failed check.
        var code = ExitCode.success
    }

    /// The clock may differ from the server's by this much; quota windows and certificates depend on it.
    private static let mostDrift = 30
    /// With less room a run could not write its report.
    private static let leastRoom = 100 << 20

    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        var lines = [libcurl, disk(RunArguments.history(arguments).directory)]
        lines += files(arguments)
        do {
            let answers = AnswerLog()
            let connection = try CommandConnection(arguments, console, log: answers)
            // Whether the ledger can be written shows when requests have been sent.
            let place = lines.count
            defer {
                lines.insert(ledger(connection, isSandboxed: arguments.has(.sandbox)), at: place)
            }
            lines += try await server(connection, answers, arguments, console)
        } catch let failure as CommandFailure where failure.code != .interrupted {
            lines.append(failed(failure.code == .key ? "key" : "connection", failure))
        } catch let error as ConfigurationError {
            lines.append(failed("base URL", CommandFailure(error)))
        }
        try show(lines, arguments, console)
        return lines.first { $0.state == .failed }?.code ?? .success
    }

    private static func failed(_ name: String, _ failure: CommandFailure) -> Line {
        Line(name: name, state: .failed, finding: failure.message, code: failure.code)
    }

    // MARK: This machine

    private static var libcurl: Line {
        guard let version = ToolVersion.libcurl else {
            return Line(
                name: "libcurl", state: .failed, finding: "there is none that can be used",
                advice: "install libcurl 4 (Debian: apt install libcurl4)", code: .internalError)
        }
        return Line(name: "libcurl", state: .ok, finding: version)
    }

    private static func disk(_ directory: String) -> Line {
        var place = FilePath.absolute(directory)
        while !FilePath.exists(place), place != "/" { place = FilePath.directory(of: place) }
        var information = statvfs()
        guard FilePath.isDirectory(place), access(place, W_OK) == 0,
            statvfs(place, &information) == 0
        else {
            return Line(
                name: "runs", state: .failed,
                finding: "\(place) is not a directory that can be written to",
                advice: "name another one with --runs-dir", code: .internalError)
        }
        let room = Int(information.f_bavail) * Int(information.f_frsize)
        let isShort = room < leastRoom
        return Line(
            name: "runs", state: isShort ? .warning : .ok,
            finding: "\(Words.number(room >> 20)) MiB left for \(directory)",
            advice: isShort ? "make room, or name another place with --runs-dir" : nil)
    }

    /// The files that runs will need, where any are named.
    private static func files(_ arguments: ParsedArguments) -> [Line] {
        var lines: [Line] = []
        func check(_ name: String, _ finding: String, _ body: () throws -> Void) {
            do {
                try body()
                lines.append(Line(name: name, state: .ok, finding: finding))
            } catch {
                lines.append(failed(name, CommandFailure(error)))
            }
        }
        if let path = arguments[.guards] {
            check("guards", path) { _ = try PlanArguments.guards(in: path) }
        }
        for (name, option, file) in [
            ("messages", OptionID.notify, OptionID.notifyFile), ("pings", .ping, .pingFile),
        ] {
            let variable = SecretAddress.variable(insteadOf: file, arguments)
            guard let place = variable ?? arguments[file] else { continue }
            check(name, "to the address in \(place)") {
                _ = try SecretAddress(arguments, option, file)
            }
        }
        return lines
    }

    private static func ledger(_ connection: CommandConnection, isSandboxed: Bool) -> Line {
        if isSandboxed {
            return Line(name: "ledger", state: .ok, finding: "a sandbox shares no quota")
        }
        guard let problem = connection.mava.ledgerProblem else {
            guard connection.mava.quota.requests <= MavaConnection.largestShared else {
                return Line(
                    name: "ledger", state: .ok,
                    finding:
                        "none: runs share no quota of more than "
                        + "\(Words.number(MavaConnection.largestShared)) requests in a window")
            }
            return Line(
                name: "ledger", state: .ok,
                finding: "runs with this key share their quota on this machine")
        }
        return Line(
            name: "ledger", state: .warning, finding: problem,
            advice: "run one command at a time, or give each a --quota-share")
    }

    // MARK: The server

    private static func server(
        _ connection: CommandConnection, _ answers: AnswerLog, _ arguments: ParsedArguments,
        _ console: Console
    ) async throws -> [Line] {
        let session = CommandSession(console, connection.mava, unfinished: "the check did not end")
        let mava = connection.mava
        let agents: Int
        do {
            agents = try await session.watch {
                defer { session.prepared() }
                return try await mava.reader.agents().elements.count
            }
        } catch let error as ClientError {
            let failure = CommandFailure(error)
            return [failed(failure.code == .key ? "key" : "server", failure)]
        }
        let address = mava.baseURL
        let isSecure = address.lowercased().hasPrefix("https:")
        let isLocal = HTTPEndpoint(url: address)?.isLoopback == true
        var lines = [
            Line(name: "base URL", state: .ok, finding: address),
            Line(
                name: "certificate", state: isSecure || isLocal ? .ok : .warning,
                finding: isSecure
                    ? "trusted"
                    : isLocal
                        ? "none: plain http to this machine"
                        : "none: the key goes unencrypted to this host, as --allow-http allows"),
            Line(name: "key", state: .ok, finding: "accepted"),
            Line(
                name: "organisation", state: agents == 0 ? .warning : .ok,
                finding: Words.counted(agents, "agent"),
                advice: agents == 0 ? "is this the right key? It has no agents" : nil),
        ]
        if let answer = answers.last {
            lines += [clock(answer), quota(answer, mava.quota)]
        }
        return lines
    }

    private static func clock(_ answer: AnswerLog.Answer) -> Line {
        guard let text = answer.response.values(of: "date").first,
            let server = HTTPDate.seconds(of: text)
        else {
            return Line(
                name: "clock", state: .warning, finding: "the server did not say what time it is")
        }
        let drift = answer.seconds - server
        guard abs(drift) > mostDrift else {
            return Line(
                name: "clock", state: .ok, finding: "within \(mostDrift) s of the server's")
        }
        return Line(
            name: "clock", state: .warning,
            finding:
                "\(Words.counted(abs(drift), "second")) \(drift > 0 ? "ahead of" : "behind") the server's",
            advice: "set this machine's clock (NTP): conditions about age depend on it")
    }

    /// How many requests the server says are left.
    static func quota(_ answer: AnswerLog.Answer, _ quota: Quota) -> Line {
        let hints = RateLimitHints(answer.response, now: answer.seconds)
        guard let window = hints.strictest, let remaining = window.remaining else {
            return Line(
                name: "quota", state: .ok,
                finding: "\(quota); the server does not say what is left")
        }
        let left =
            switch window.limit {
            case nil: "\(Words.counted(remaining, "request")) left"
            case let limit? where limit < remaining:
                "\(Words.counted(remaining, "request")) left, more than the server's own limit of "
                    + Words.number(limit)
            case let limit?: "\(Words.number(remaining)) of \(Words.number(limit)) requests left"
            }
        return Line(
            name: "quota", state: remaining == 0 ? .warning : .ok,
            finding: left,
            advice: remaining == 0 ? "wait for the next window, or see who uses the key" : nil)
    }

    // MARK: Output

    private static func show(
        _ lines: [Line], _ arguments: ParsedArguments, _ console: Console
    ) throws {
        if arguments.has(.json) {
            let checks = lines.map { line in
                var members: [(name: String, value: JSONValue)] = [
                    ("name", .text(line.name)), ("state", .text(line.state.rawValue)),
                    ("finding", .text(line.finding)),
                ]
                if let advice = line.advice { members.append(("advice", .text(advice))) }
                if line.state == .failed {
                    members.append(("exitCode", .number(Int(line.code.rawValue))))
                }
                return JSONValue.object(members)
            }
            try console.data(
                JSONValue.object([
                    ("format", .text("mava-bulk-check")), ("version", .number(1)),
                    ("checks", .list(checks)),
                ]).line + "\n", as: .json)
            return
        }
        let width = lines.map(\.name.count).max() ?? 0
        for line in lines {
            let name = line.name + String(repeating: " ", count: width - line.name.count)
            let state = line.state.rawValue
            let gap = String(repeating: " ", count: State.warning.rawValue.count - state.count)
            let advice = line.advice.map { ": \($0)" } ?? ""
            try console.data("\(state)\(gap)  \(name)  \(line.finding)\(advice)\n")
        }
    }
}

/// Keeps the last answer of a transport, with the time at which it came.
final class AnswerLog: Sendable {
    struct Answer: Sendable {
        var response: HTTPResponse
        /// Seconds since 1970.
        var seconds: Int
    }

    private let answer = Mutex<Answer?>(nil)

    /// The last answer; `nil` before the first.
    var last: Answer? { answer.withLock { $0 } }

    func note(_ response: HTTPResponse) {
        let seconds = Int(SystemTime.millisecondsSince1970() / 1000)
        answer.withLock { $0 = Answer(response: response, seconds: seconds) }
    }
}

/// A transport that keeps its last answer.
struct LoggingTransport: HTTPTransport {
    let inner: any HTTPTransport
    let log: AnswerLog

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let response = try await inner.send(request)
        log.note(response)
        return response
    }
}
