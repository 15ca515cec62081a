import BulkExecution
import BulkFiles
import MavaSandbox

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The whole program, with journal and report, beside its peers: `execute [PART…] [options]`.
///
/// Every contender is a process of its own that sends the same updates to a sandbox of its own, started
/// alike; what the sandbox counted is checked. Parts: `latency`, `loopback`, `memory`, `quota`.
struct ExecuteBench {
    private var parts: Set<String> = []
    private var program = "mava-bulk"
    private var python: String?
    private var peers = "Tests/Peers"
    private var rows = 50_000
    private let directory: String

    static func run(_ arguments: [String]) async throws {
        if arguments.first == "serve" { return try serve(Array(arguments.dropFirst())) }
        if arguments.first == "files" { return try UpdateFiles.run(arguments.dropFirst()) }
        let bench = try ExecuteBench(arguments)
        defer { bench.removeFiles() }
        if bench.parts.contains("latency") { try bench.measureLatency() }
        if bench.parts.contains("loopback") { try bench.measureLoopback() }
        if bench.parts.contains("memory") { try bench.measureMemory() }
        if bench.parts.contains("quota") { try bench.measureQuota() }
    }

    private init(_ arguments: [String]) throws {
        var template = Array("/tmp/mava-bulk-bench-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
        guard made else { throw ChildProcess.Failure(description: "no temporary directory") }
        directory = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if let slash = CommandLine.arguments[0].lastIndex(of: "/") {
            program = CommandLine.arguments[0][...slash] + "mava-bulk"
        }
        var rest = arguments[...]
        while let word = rest.popFirst() {
            switch word {
            case "latency", "loopback", "memory", "quota": parts.insert(word)
            case "--program": program = rest.popFirst() ?? program
            case "--python": python = rest.popFirst()
            case "--peers": peers = rest.popFirst() ?? peers
            case "--rows": rows = rest.popFirst().flatMap { Int($0) } ?? rows
            default:
                throw ChildProcess.Failure(
                    description: "usage: execute [latency] [loopback] [memory] [quota] "
                        + "[--rows N] [--python PATH] [--program PATH] [--peers DIR]")
            }
        }
        if parts.isEmpty { parts = ["latency", "loopback", "memory", "quota"] }
    }

    private func removeFiles() {
        for name in ["input.csv", "bodies.jsonl", "curl.conf", "out"] {
            unlink("\(directory)/\(name)")
        }
        _ = try? ChildProcess("rm", ["-rf", directory]).wait()
    }

    // MARK: The parts

    /// Without a quota, at 20 ms latency and 64 in flight: how near to 64/20 ms, beside aiohttp and curl.
    private func measureLatency() throws {
        let count = 64_000
        let work = try makeWork(count)
        let name = "latency 20 ms, 64 in flight"
        let faults = "latency=20ms"
        let ours = try apply(work, faults: faults, concurrency: 64)
        let possible = 64 / 0.020
        report(name, "mava-bulk apply, journal and report", count, ours)
        print(
            "  of the possible \(Int(possible))/s: \(percent(Double(count) / ours.seconds / possible)), "
                + "and \(percent(Double(count) / ours.executionSeconds / possible)) while it executes"
        )
        for peer in try measurePeers(name, work, faults: faults, beside: ours) {
            print(
                "  of the possible \(Int(possible))/s: "
                    + percent(Double(count) / peer.seconds / possible))
        }
    }

    /// Without latency, beside aiohttp and curl.
    private func measureLoopback() throws {
        let work = try makeWork(rows)
        let name = "loopback, 64 in flight"
        let ours = try apply(work, concurrency: 64)
        report(name, "mava-bulk apply, journal and report", rows, ours)
        _ = try measurePeers(name, work, beside: ours)
    }

    /// Lets curl, and aiohttp where there is a Python, send the same updates.
    private func measurePeers(
        _ name: String, _ work: Work, faults: String? = nil, beside ours: Measure
    ) throws -> [Measure] {
        let curl = try serve(work, faults: faults) { address in
            _ = try makeWork(work.count, forCurlTo: address)
            return try ChildProcess(
                "curl",
                [
                    "--silent", "--no-progress-meter", "--parallel", "--parallel-max", "64",
                    "--config", "\(directory)/curl.conf",
                ]
            ).wait()
        }
        report(name, "curl --parallel", work.count, curl, beside: ours)
        guard let python else { return [curl] }
        let peer = try serve(work, faults: faults) { address in
            try ChildProcess(
                python,
                [
                    "\(peers)/execute.py", address, "\(directory)/bodies.jsonl", "--in-flight",
                    "64",
                ],
                environment: ["MAVA_API_KEY=\(work.key)"]
            ).wait()
        }
        report(name, "aiohttp", work.count, peer, beside: ours)
        return [curl, peer]
    }

    /// The most memory held, for 100,000 and for a million rows: by planning and executing in one, and by
    /// executing a saved plan, which is the execution alone.
    private func measureMemory() throws {
        for count in [100_000, 1_000_000] {
            let work = try makeWork(count)
            let ours = try apply(work, concurrency: 64)
            report("memory", "mava-bulk apply of the CSV", count, ours)
            try plan()
            let planned = try apply(work, input: "plan.jsonl", concurrency: 64)
            report("memory", "mava-bulk apply of a saved plan", count, planned)
        }
    }

    private func plan() throws {
        let result = try ChildProcess(
            program,
            [
                "plan", "\(directory)/input.csv", "--no-read", "--output",
                "\(directory)/plan.jsonl",
                "--base-url", "http://127.0.0.1:1",
            ],
            environment: ["MAVA_API_KEY=none"], silencingErrors: true
        ).wait()
        guard result.exitCode == 0 else {
            throw ChildProcess.Failure(description: "planning ended with \(result.exitCode)")
        }
    }

    /// 900 updates at 90 per 3 s, beside a script with a token bucket and retries.
    private func measureQuota() throws {
        let count = 900
        let work = try makeWork(count)
        let ours = try apply(work, quota: "90/3s", concurrency: 16)
        let rounds = (ours.requests - 1) / 90
        let least = Double(rounds) * 3
        report("quota 90 per 3 s", "mava-bulk apply", count, ours)
        print(
            "  \(ours.requests) requests, least possible \(least) s: "
                + "\(percent(ours.seconds / least - 1)) over it, \(ours.refusals) × 429")
        guard let python else { return }
        let peer = try serve(work, quota: "90/3s") { address in
            try ChildProcess(
                python,
                [
                    "\(peers)/execute.py", address, "\(directory)/bodies.jsonl", "--in-flight",
                    "16",
                    "--quota", "90/3",
                ],
                environment: ["MAVA_API_KEY=\(work.key)"]
            ).wait()
        }
        report("quota 90 per 3 s", "aiohttp, token bucket", count, peer, beside: ours)
        print("  \(peer.refusals) × 429")
    }

    // MARK: Contenders

    private struct Work {
        var count: Int
        var key: String
    }

    private struct Measure {
        var seconds: Double
        var processorSeconds: Double
        /// Without starting, planning and reporting, where the program says how long it executed.
        var executionSeconds = 0.0
        var peakMemory: Int
        var requests: Int
        var refusals: Int
    }

    /// Has the updates written down in the forms that the contenders read.
    private func makeWork(_ count: Int, forCurlTo address: String? = nil) throws -> Work {
        let result = try ChildProcess(
            CommandLine.arguments[0],
            ["execute", "files", "\(count)", directory] + (address.map { [$0] } ?? [])
        ).wait()
        let key = result.output.prefix { !$0.isNewline }
        guard result.exitCode == 0, !key.isEmpty else {
            throw ChildProcess.Failure(description: "no updates were written")
        }
        return Work(count: count, key: String(key))
    }

    private func apply(
        _ work: Work, input: String = "input.csv", faults: String? = nil, quota: String? = nil,
        concurrency: Int
    ) throws -> Measure {
        let isPlan = input != "input.csv"
        let run = "\(directory)/run-\(work.count)-\(isPlan)-\(quota == nil)-\(faults == nil)"
        var measure = try serve(work, faults: faults, quota: quota) { address in
            try ChildProcess(
                program,
                ["apply", "\(directory)/\(input)"] + (isPlan ? [] : ["--no-read"]) + [
                    "--yes", "--run-dir", run, "--base-url", address,
                    "--concurrency", "\(concurrency)", "--quota", quota ?? "1000000/1s",
                ],
                environment: [
                    "MAVA_API_KEY=\(work.key)", "XDG_STATE_HOME=\(directory)/state",
                ], silencingErrors: true
            ).wait()
        }
        var summary = try FileReader("\(run)/summary.json")
        let text = try String(decoding: summary.read(upTo: 64 << 10), as: UTF8.self)
        measure.executionSeconds = Double(Self.number("durationMs", in: text[...]) ?? 0) / 1000
        return measure
    }

    /// Starts a sandbox, lets somebody work against it, and asks it what it saw.
    private func serve(
        _ work: Work, faults: String? = nil, quota: String? = nil,
        _ body: (String) throws -> ChildProcess.Result
    ) throws -> Measure {
        let server = try ChildProcess(
            CommandLine.arguments[0],
            ["execute", "serve", "\(work.count)", faults ?? "", quota ?? ""])
        defer { server.stop() }
        let words = server.firstLine().split(separator: " ").map(String.init)
        guard words.count == 2 else { throw ChildProcess.Failure(description: "no sandbox") }
        let result = try body(words[0])
        guard result.exitCode == 0 else {
            throw ChildProcess.Failure(
                description:
                    "a contender ended with \(result.exitCode): \(result.output.prefix(500))")
        }
        let stats = try ChildProcess(
            "curl",
            ["--silent", "\(words[0])/_sandbox/stats", "-H", "x-sandbox-token: \(words[1])"]
        ).wait().output
        let counts = stats.split(separator: "{").compactMap { part -> (status: Int, count: Int)? in
            guard let status = Self.number("status", in: part),
                let count = Self.number("count", in: part)
            else { return nil }
            return (status, count)
        }
        let updated = counts.reduce(0) { $0 + ($1.status == 200 ? $1.count : 0) }
        guard updated >= work.count else {
            throw ChildProcess.Failure(description: "only \(updated) requests succeeded")
        }
        return Measure(
            seconds: result.seconds, processorSeconds: result.processorSeconds,
            peakMemory: result.peakMemory,
            requests: counts.reduce(0) { $0 + $1.count },
            refusals: counts.reduce(0) { $0 + ($1.status == 429 ? $1.count : 0) })
    }

    /// The sandbox of one contender, in a process of its own: `execute serve TICKETS FAULTS QUOTA`.
    private static func serve(_ arguments: [String]) throws {
        guard arguments.count == 3, let tickets = Int(arguments[0]) else {
            throw ChildProcess.Failure(description: "usage: execute serve TICKETS FAULTS QUOTA")
        }
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: tickets, seed: 7))
        if !arguments[1].isEmpty { configuration.faults = try FaultPlan(parsing: arguments[1]) }
        configuration.quota = .unlimited
        if let quota = Quota(arguments[2]) {
            configuration.quota = QuotaRule(limit: quota.requests, window: quota.window)
        }
        let sandbox = try Sandbox.start(configuration)
        print(sandbox.address, sandbox.adminToken)
        fflush(nil)
        // It ends by the signal that its parent sends.
        while true { pause() }
    }

    private static func number(_ name: String, in json: Substring) -> Int? {
        guard let range = json.firstRange(of: "\"\(name)\"") else { return nil }
        let value = json[range.upperBound...].drop { $0 == " " || $0 == ":" }
        return Int(value.prefix { $0.isNumber })
    }

    // MARK: Telling

    private func report(
        _ part: String, _ name: String, _ count: Int, _ measure: Measure,
        beside ours: Measure? = nil
    ) {
        let ratio = ours.map { " (\(rounded(measure.seconds / $0.seconds)) × our time)" } ?? ""
        print(
            "\(part): \(name): \(count) updates in \(rounded(measure.seconds)) s, "
                + "\(Int(Double(count) / measure.seconds))/s, "
                + "\(rounded(measure.processorSeconds)) s of processor, "
                + "\(measure.peakMemory >> 20) MB\(ratio)")
    }

    private func percent(_ value: Double) -> String { "\(rounded(value * 100)) %" }

    private func rounded(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let rest = hundredths.magnitude % 100
        return "\(sign)\(hundredths.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
