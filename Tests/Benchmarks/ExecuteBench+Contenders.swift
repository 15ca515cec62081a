import BulkExecution
import BulkSystem
import MavaSandbox

import CLibrary

/// Starting contenders and their sandboxes.
extension ExecuteBench {
    /// The updates that every contender sends.
    struct Work {
        var count: Int
        var key: String
    }

    /// What one contender took, and what its sandbox saw.
    struct Measure {
        var seconds: Double
        var processorSeconds: Double
        /// Without starting, planning and reporting, where the program says how long it executed.
        var executionSeconds = 0.0
        var peakMemory: Int
        var requests: Int
        var refusals: Int
    }

    /// Has the updates written down in the forms that the contenders read.
    func makeWork(_ count: Int, forCurlTo address: String? = nil) throws -> Work {
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

    func apply(
        _ work: Work, input: String = "input.csv", faults: String? = nil, quota: String? = nil,
        concurrency: Int
    ) throws -> Measure {
        let isPlan = input != "input.csv"
        let run = "\(directory)/run"
        _ = try ChildProcess("rm", ["-rf", run]).wait()
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

    func curl(_ work: Work, faults: String?) throws -> Measure {
        try serve(work, faults: faults) { address in
            _ = try makeWork(work.count, forCurlTo: address)
            return try ChildProcess(
                "curl",
                [
                    "--silent", "--no-progress-meter", "--parallel", "--parallel-max", "64",
                    "--config", "\(directory)/curl.conf",
                ]
            ).wait()
        }
    }

    /// `bodies.jsonl` is sent as it is; `input.csv` is read, and results are written.
    func aiohttp(
        _ work: Work, _ python: String, input: String, faults: String? = nil,
        quota: String? = nil, concurrency: Int = 64
    ) throws -> Measure {
        try serve(work, faults: faults, quota: quota) { address in
            try ChildProcess(
                python,
                [
                    "\(peers)/execute.py", address, "\(directory)/\(input)", "--in-flight",
                    "\(concurrency)",
                ] + (input == "input.csv" ? ["--results", "\(directory)/results.csv"] : [])
                    + (quota.map { ["--quota", String($0.dropLast())] } ?? []),
                environment: ["MAVA_API_KEY=\(work.key)"]
            ).wait()
        }
    }

    /// Starts a sandbox, lets somebody work against it, and asks it what it saw.
    func serve(
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
    static func serve(_ arguments: [String]) throws {
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
}
