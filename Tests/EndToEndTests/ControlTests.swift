import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// docs/control.md describes the file.
@Suite("The control file of a run", .timeLimit(.minutes(20)))
struct ControlTests {
    private static let apply = [
        "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run", "--events",
        "events.jsonl",
    ]

    private func events(_ directory: TemporaryDirectory) -> [[String: Any]] {
        let text = (try? directory.readText("events.jsonl")) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// The run's commands, and what it waits for, in words.
    private func steps(_ rehearsal: Rehearsal) -> [String] {
        events(rehearsal.directory).compactMap { event in
            let name = event["event"] as? String
            guard ["control", "wait", "stopped"].contains(name) else { return nil }
            let words = ["event", "command", "reason", "by"].compactMap { event[$0] as? String }
            return words.joined(separator: " ")
        }
    }

    /// Waits until the events hold what is looked for, or the program ends.
    private func wait(
        _ program: ChildProgram, _ rehearsal: Rehearsal,
        until holds: @escaping @Sendable ([[String: Any]]) -> Bool
    ) async throws {
        let directory = rehearsal.directory
        // The signal 0 is sent to no program.
        try await program.signal(0) { holds(events(directory)) }
    }

    private func write(_ text: String, _ rehearsal: Rehearsal) throws {
        try rehearsal.directory.write(text, to: "run/control")
    }

    private func errors(_ result: ChildProgram.Result) -> String {
        String(decoding: result.errors, as: UTF8.self)
    }

    private static let answered: @Sendable ([[String: Any]]) -> Bool = { events in
        events.contains { $0["event"] as? String == "row" }
    }

    private static let paused: @Sendable ([[String: Any]]) -> Bool = { events in
        events.contains { $0["by"] as? String == "control" }
    }

    @Test("A pause in the middle: nothing is sent until the run goes on, and its state says so")
    func pause() async throws {
        try await Rehearsal.run(faults: "only=put,latency=500ms") { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--concurrency", "2"] + Rehearsal.wideQuota)
            try await wait(program, rehearsal, until: Self.answered)
            try write("pause\n", rehearsal)
            // Two reports of the progress after the pause began show whether anything was sent between them.
            try await wait(program, rehearsal) { events in
                let pause = events.firstIndex { $0["by"] as? String == "control" }
                guard let pause else { return false }
                return events[pause...].filter { $0["event"] as? String == "progress" }.count >= 2
            }
            program.signal(SIGUSR1)
            try await program.wait(untilErrorsContain: "paused by the control file")
            let sent = rehearsal.puts
            #expect(sent < 47)
            try write("resume\n", rehearsal)
            let result = try await program.end()
            #expect(result.status == 0, "\(errors(result))")
            #expect(rehearsal.updates == 47)
            let said = errors(result)
            #expect(said.contains("go on with: echo resume > run/control"), "\(said)")
            #expect(said.contains("control file: goes on with the configured quota"), "\(said)")
            let state = said.split(separator: "\n").first { $0.hasPrefix("state: ") }
            #expect(state?.contains("\(sent)/47 done") == true, "\(said)")
            #expect(
                steps(rehearsal) == [
                    "control pause", "wait paused control", "control resume", "wait none",
                ])
            let all = events(rehearsal.directory)
            let pause = try #require(all.firstIndex { $0["by"] as? String == "control" })
            let requests = all[pause...].filter { $0["event"] as? String == "progress" }
                .compactMap { $0["requests"] as? Int }
            #expect(requests.prefix(2) == [sent, sent])
        }
    }

    @Test("A stop ends the run as 5 with a report, and resume is not stopped by the same file")
    func stop() async throws {
        try await Rehearsal.run(faults: "only=put,latency=500ms") { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--concurrency", "2"] + Rehearsal.wideQuota)
            try await wait(program, rehearsal, until: Self.answered)
            try write("stop\n", rehearsal)
            let result = try await program.end()
            #expect(result.status == 5, "\(errors(result))")
            #expect(errors(result).contains("go on with: mava-bulk resume run"))
            // Whether the wait for the last answers is long enough to be an event, and its end, depends on the moment.
            #expect(
                steps(rehearsal).filter { !$0.hasPrefix("wait ") } == [
                    "control stop", "stopped stop_requested",
                ])
            let end = try #require(events(rehearsal.directory).last)
            #expect(end["reason"] as? String == "stop_requested")
            let rows = try rehearsal.report()
            #expect(rows.filter { $0["outcome"] == "updated" }.count == rehearsal.updates)
            #expect(!rows.contains { $0["outcome"] == "unknown" })
            #expect(rehearsal.updates < 47)
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes"] + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("was there before this command began"))
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
        }
    }

    @Test("A quota can be lowered and not raised; mistakes are reported once and change nothing")
    func quota() async throws {
        try await Rehearsal.run { rehearsal in
            let program = try rehearsal.start(Self.apply + ["--quota", "8/1s"])
            try await wait(program, rehearsal, until: Self.answered)
            try write("quota 1/1h\n", rehearsal)
            try await wait(program, rehearsal) { events in
                events.contains { $0["command"] as? String == "quota" }
            }
            try write("quota 1/1h\nquota 9/1s\n", rehearsal)
            try await program.wait(untilErrorsContain: "is above the run's quota")
            try write("quota 1/1h\nfaster\n", rehearsal)
            try await program.wait(untilErrorsContain: "the line \"faster\" is none of pause")
            program.signal(SIGUSR1)
            try await program.wait(untilErrorsContain: "1 request per 3600 s")
            #expect(rehearsal.puts < 47)
            try write("quota 8/1s\n", rehearsal)
            let result = try await program.end()
            #expect(result.status == 0, "\(errors(result))")
            #expect(rehearsal.updates == 47)
            #expect(errors(result).split(separator: "warning: ").count == 3, "\(errors(result))")
            let quotas = events(rehearsal.directory).filter { $0["event"] as? String == "control" }
            #expect(quotas.map { $0["requests"] as? Int } == [1, 8])
            #expect(quotas.map { $0["milliseconds"] as? Int } == [3_600_000, 1000])
        }
    }

    @Test("A pause from before holds back the first update, and a signal ends the run as usual")
    func pausedFromTheStart() async throws {
        try await Rehearsal.run { rehearsal in
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.file("run"), withIntermediateDirectories: false)
            try write("pause\n", rehearsal)
            let program = try rehearsal.start(Self.apply + Rehearsal.wideQuota)
            try await wait(program, rehearsal, until: Self.paused)
            program.signal(SIGTERM)
            let result = try await program.end()
            #expect(result.status == 143, "\(errors(result))")
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.report().filter { $0["outcome"] == "unsent" }.count == 47)
        }
    }

    @Test("A stop at a canary's question answers it with no")
    func canary() async throws {
        try await Rehearsal.run { rehearsal in
            let arguments = [
                "apply", Rehearsal.sample("reassign/handover.csv"), "--canary", "3", "--run-dir",
                "run",
            ]
            async let ended = PseudoTerminal.run(
                arguments + Rehearsal.wideQuota, [.wait("[y/N] "), .keys("y\n")], in: rehearsal)
            // There is no notification when the sandbox gets a request.
            while rehearsal.puts < 3 { try await Task.sleep(for: .milliseconds(2)) }
            try write("stop\n", rehearsal)
            let result = try await ended
            #expect(result.status == 5, "\(result.output)")
            #expect(result.output.contains("control file: stopping"), "\(result.output)")
            #expect(rehearsal.puts == 3)
            #expect(try rehearsal.report().filter { $0["outcome"] == "unsent" }.count == 44)
            #expect(try rehearsal.directory.readText("run/summary.json").contains("stop_requested"))
        }
    }

    @Test("A link in the file's place is not followed, and the run goes on")
    func link() async throws {
        try await Rehearsal.run(faults: "only=put,latency=500ms") { rehearsal in
            try rehearsal.directory.write("stop\n", to: "elsewhere")
            let program = try rehearsal.start(
                Self.apply + ["--concurrency", "2"] + Rehearsal.wideQuota)
            try await wait(program, rehearsal, until: Self.answered)
            try FileManager.default.createSymbolicLink(
                atPath: rehearsal.directory.file("run/control"), withDestinationPath: "../elsewhere"
            )
            try await program.wait(untilErrorsContain: "it is a symbolic link")
            let result = try await program.end()
            #expect(result.status == 0, "\(errors(result))")
            #expect(rehearsal.updates == 47)
        }
    }
}
