import BulkExecution
import BulkSystem
import BulkPlan
import BulkPlanning
import CLibrary
import MavaSandbox

/// `mava-bulk sandbox`: a local Mava until a signal ends it.
enum SandboxCommand {
    static func run(_ arguments: ParsedArguments, _ console: Console) async throws -> ExitCode {
        if let path = arguments[.initialize] {
            return try writeExample(to: path, arguments, console)
        }
        do {
            try refuseReplacingFile(arguments)
            let sandbox = try Sandbox.start(try configuration(arguments))
            // A program that reads the address may end the sandbox at once.
            let signals = try CurrentProcess.signals().ending()
            try announce(sandbox, arguments, console)
            let watch = Task { try await warnOfProblem(of: sandbox, console) }
            defer { watch.cancel() }
            let signal = await signals.first { _ in true } ?? SIGTERM
            sandbox.stop()
            console.say("stopped after \(Words.counted(sandbox.stats.total, "request"))")
            if let problem = sandbox.problem { throw problem }
            return ExitCode(signal: signal)
        } catch let error as WorkspaceError {
            throw CommandFailure(.unusableInput, "\(error)")
        } catch let error as SandboxError {
            throw CommandFailure(error.code == .syntax ? .usage : .internalError, "\(error)")
        }
    }

    /// Warns as soon as the log or the state cannot be written.
    private static func warnOfProblem(of sandbox: Sandbox, _ console: Console) async throws {
        while sandbox.problem == nil { try await Task.sleep(for: .seconds(1)) }
        if let problem = sandbox.problem {
            console.warn("\(problem); the sandbox goes on serving, and tries again at its end")
        }
    }

    /// Refuses to save over a file that is not a workspace.
    private static func refuseReplacingFile(_ arguments: ParsedArguments) throws {
        guard let path = arguments[.save], !arguments.has(.force), FilePath.isRegularFile(path)
        else { return }
        do {
            _ = try Workspace.load(path: path)
        } catch {
            throw CommandFailure.usage(
                .outputOccupied,
                "\(path) exists and is not a workspace: name another place for --save, or add --force"
            )
        }
    }

    /// The options with which a command reaches a sandbox.
    private static func reaching(_ sandbox: Sandbox, _ arguments: ParsedArguments) -> String {
        if sandbox.isLoopback { return "--base-url \(sandbox.address)" }
        switch arguments[.listen] {
        // All addresses of this machine: the command that is shown runs on it, too.
        case "0.0.0.0": return "--base-url http://127.0.0.1:\(sandbox.port)"
        case "::": return "--base-url http://[::1]:\(sandbox.port)"
        case let host:
            return "--base-url \(sandbox.address) --allow-http \(ShellWord.quoted(host ?? ""))"
        }
    }

    private static func announce(
        _ sandbox: Sandbox, _ arguments: ParsedArguments, _ console: Console
    ) throws {
        if !sandbox.isLoopback { console.warn("others on the network can reach this sandbox") }
        for key in sandbox.apiKeys { console.say("API key: \(key)") }
        console.say("admin token for /_sandbox/stats, /audit and /reset: \(sandbox.adminToken)")
        if let key = sandbox.apiKeys.first {
            // The sandbox has just shown its keys: they open nothing else.
            let variable = "MAVA_API_KEY=\(ShellWord.quoted(key))"
            console.say("try: \(variable) mava-bulk agents \(reaching(sandbox, arguments))")
        }
        // A program that waits for the address finds the keys in what was written before.
        if arguments.has(.json) {
            let object = JSONValue.object([
                ("format", .text("mava-bulk-sandbox")), ("version", .number(1)),
                ("address", .text(sandbox.address)), ("apiKeys", .texts(sandbox.apiKeys)),
                ("adminToken", .text(sandbox.adminToken)),
            ])
            try console.data(object.line + "\n", as: .json)
        } else {
            try console.data("\(sandbox.address)\n")
        }
    }

    private static func configuration(
        _ arguments: ParsedArguments
    ) throws -> SandboxConfiguration {
        let seed = UInt64(try arguments.integer(.seed, in: 0...Int.max) ?? 1)
        var configuration = SandboxConfiguration(workspace: try workspace(arguments, seed: seed))
        if let host = arguments[.listen] { configuration.host = host }
        configuration.port = UInt16(try arguments.integer(.port, in: 0...65535) ?? 0)
        configuration.quota = try quota(arguments)
        configuration.savePath = arguments[.save]
        configuration.log = arguments[.log].map { $0 == "-" ? .descriptor(2) : .file($0) }
        if let faults = arguments[.faults] {
            configuration.faults = try self.faults(faults)
            if arguments.has(.seed) { configuration.faults.seed = seed }
        }
        return configuration
    }

    private static func faults(_ text: String) throws -> FaultPlan {
        do {
            return try FaultPlan(parsing: text)
        } catch {
            let known = Fault.allCases.map(\.rawValue) + FaultPlan.settings
            let names = text.split(separator: ",").map { item in
                String(item.prefix { $0 != "=" && $0 != "@" }.filter { $0 != " " })
            }
            let meant = names.first { !known.contains($0) }
                .flatMap { closest(to: $0.lowercased(), among: known, by: { $0 }) }
            throw CommandFailure.usage(
                "--faults: \(error)" + (meant.map { "; did you mean \($0)?" } ?? ""))
        }
    }

    private static func workspace(_ arguments: ParsedArguments, seed: UInt64) throws -> Workspace {
        switch (arguments.operands.first, try arguments.integer(.tickets, in: 1...1_000_000)) {
        case (let path?, nil): return try Workspace.load(path: path)
        case (nil, let tickets?): return try Workspace.generate(tickets: tickets, seed: seed)
        case (nil, nil): return try Workspace(json: Workspace.example)
        case (_?, _?):
            throw CommandFailure.usage("name a workspace or generate one by --tickets, not both")
        }
    }

    private static func quota(_ arguments: ParsedArguments) throws -> QuotaRule {
        let timetable = try CommandConnection.timetable(arguments)
        guard timetable.isPlain else {
            throw CommandFailure.usage("the sandbox has one --quota for all hours, such as 90/30s")
        }
        let asked = timetable.quota
        var rule = QuotaRule(limit: asked.requests, window: asked.window)
        if let kind = arguments[.quotaWindow].flatMap(QuotaRule.Kind.init) { rule.kind = kind }
        if let fields = arguments[.quotaHeaders].flatMap(QuotaRule.Fields.init) {
            rule.fields = fields
        }
        if let retryAfter = arguments[.retryAfter].flatMap(QuotaRule.RetryAfter.init) {
            rule.retryAfter = retryAfter
        }
        return rule
    }

    private static func writeExample(
        to path: String, _ arguments: ParsedArguments, _ console: Console
    ) throws -> ExitCode {
        if FilePath.isTaken(path), !arguments.has(.force) {
            throw CommandFailure.usage(
                .outputOccupied,
                "\(path) is there already: name another file, or add --force")
        }
        var buffer = OutputBuffer()
        buffer.append(text: Workspace.example)
        var file = try AtomicFile(path)
        try file.write(&buffer)
        try file.commit()
        console.say("wrote \(path); start it with: mava-bulk sandbox \(ShellWord.operand(path))")
        if arguments.has(.json) {
            let object = JSONValue.object([
                ("format", .text("mava-bulk-sandbox")), ("version", .number(1)),
                ("workspace", .text(path)),
            ])
            try console.data(object.line + "\n", as: .json)
        }
        return .success
    }
}
