import CLibrary

/// The whole program, with journal and report, beside its peers: `execute [PART…] [options]`.
///
/// Every contender is a process of its own that sends the same updates to a sandbox of its own, started
/// alike; what the sandbox counted is checked. Parts: `latency`, `loopback`, `memory`, `quota`.
struct ExecuteBench {
    private var parts: Set<String> = []
    var program = "mava-bulk"
    /// Another build of it, which takes turns with it.
    private var baseline: String?
    var python: String?
    var peers = "Tests/Benchmarks/Peers"
    private var rows = 50_000
    private var repeats = 5
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
            case "--baseline": baseline = rest.popFirst()
            case "--python": python = rest.popFirst()
            case "--peers": peers = rest.popFirst() ?? peers
            case "--rows": rows = rest.popFirst().flatMap { Int($0) } ?? rows
            case "--repeats": repeats = rest.popFirst().flatMap { Int($0) } ?? repeats
            default:
                throw ChildProcess.Failure(
                    description: "usage: execute [latency] [loopback] [memory] [quota] "
                        + "[--rows N] [--repeats N] [--python PATH] [--program PATH] [--baseline PATH] "
                        + "[--peers DIR]")
            }
        }
        if parts.isEmpty { parts = ["latency", "loopback", "memory", "quota"] }
    }

    private func removeFiles() {
        _ = try? ChildProcess("rm", ["-rf", directory]).wait()
    }

    // MARK: The parts

    /// Without a quota, at 20 ms latency and 64 in flight: how near to 64/20 ms, beside aiohttp and curl.
    private func measureLatency() throws {
        try compare(
            "latency 20 ms, 64 in flight", try makeWork(64_000), faults: "latency=20ms",
            possible: 64 / 0.020)
    }

    /// Without latency, beside aiohttp and curl.
    private func measureLoopback() throws {
        try compare("loopback, 64 in flight", try makeWork(rows))
    }

    private func running(_ program: String) -> Self {
        var bench = self
        bench.program = program
        return bench
    }

    /// Lets all contenders send the same updates in turn, because the machine's speed changes by the minute.
    private func compare(
        _ part: String, _ work: Work, faults: String? = nil, possible: Double? = nil
    ) throws {
        var comparison = Comparison(part: part, updates: work.count, possible: possible)
        let ours = "mava-bulk apply, journal and report"
        var turns: [(name: String, measure: () throws -> Measure)] = [
            (ours, { try apply(work, faults: faults, concurrency: 64) }),
            ("curl --parallel", { try curl(work, faults: faults) }),
        ]
        if let baseline {
            let other = running(baseline)
            turns.append(("baseline", { try other.apply(work, faults: faults, concurrency: 64) }))
        }
        if let python {
            turns.append(
                (
                    "aiohttp, sending only",
                    { try aiohttp(work, python, input: "bodies.jsonl", faults: faults) }
                ))
            turns.append(
                (
                    "aiohttp, from CSV to results",
                    { try aiohttp(work, python, input: "input.csv", faults: faults) }
                ))
        }
        for round in 0..<repeats {
            for turn in round % 2 == 0 ? turns : turns.reversed() {
                comparison.add(turn.name, try turn.measure())
            }
        }
        for line in comparison.text(asFirst: ours) { print(line) }
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
        let peer = try aiohttp(
            work, python, input: "bodies.jsonl", quota: "90/3s", concurrency: 16)
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
}
