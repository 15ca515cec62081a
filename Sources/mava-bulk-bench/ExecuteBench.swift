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
    var program = "mava-bulk"
    var python: String?
    var peers = "Tests/Peers"
    private var rows = 50_000
    let directory: String

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
