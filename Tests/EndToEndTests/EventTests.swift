import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Events, and messages for programs", .timeLimit(.minutes(5)))
struct EventTests {
    private static let apply = [
        "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
    ]

    /// The lines of a text as JSON objects.
    private static func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    private static func names(_ events: [[String: Any]]) -> [String] {
        events.compactMap { $0["event"] as? String }
    }

    @Test("A run's events name its rows, and end as the run does; a second run adds its own")
    func file() async throws {
        try await Rehearsal.run { rehearsal in
            let run = Self.apply + ["--events", "events.jsonl"] + Rehearsal.wideQuota
            let result = try await rehearsal.program(run)
            #expect(result.status == 0)
            #expect(result.output.hasPrefix("Plan "), "the preview is where it was")
            let text = try rehearsal.directory.readText("events.jsonl")
            let events = try Self.objects(text)
            let names = Self.names(events).filter { !["row", "wait", "progress"].contains($0) }
            #expect(names == ["hello", "planned", "started", "end"])
            let rows = events.filter { $0["event"] as? String == "row" }
            let report = try rehearsal.report().filter { $0["outcome"] == "updated" }
            #expect(
                Set(rows.compactMap { $0["row"] as? Int })
                    == Set(report.compactMap { Int($0["row"] ?? "") }))
            #expect(rows.count == 47 && rows.allSatisfy { $0["httpStatus"] as? Int == 200 })
            let end = try #require(events.last)
            #expect(end["exitCode"] as? Int == 0)
            #expect(end["directory"] as? String == "run")
            #expect((end["outcomes"] as? [String: Int])?["updated"] == 47)
            #expect(end["error"] == nil)
            let again = try await rehearsal.program([
                "resume", "run", "--yes", "--events", "events.jsonl",
            ])
            #expect(again.status == 0)
            let both = try rehearsal.directory.readText("events.jsonl")
            #expect(both.hasPrefix(text))
            #expect(
                Self.names(try Self.objects(String(both.dropFirst(text.count)))).first == "hello")
        }
    }

    @Test("On standard output there are events and nothing else, also after an error")
    func output() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                Self.apply + ["--events", "-"] + Rehearsal.wideQuota)
            #expect(result.status == 0)
            #expect(Self.names(try Self.objects(result.output)).last == "end")
            #expect(result.errors.contains("51 rows: 47 updated, 4 unchanged"))
            let failed = try await rehearsal.program([
                "apply", "missing.csv", "--yes", "--events", "-",
            ])
            #expect(failed.status == 6)
            let events = try Self.objects(failed.output)
            #expect(Self.names(events) == ["hello", "end"])
            let error = events[1]["error"] as? [String: Any]
            #expect(error?["code"] as? String == "unusable_input")
            #expect(error?["exitCode"] as? Int == 6 && events[1]["exitCode"] as? Int == 6)
            let both = try await rehearsal.program(Self.apply + ["--events", "-", "--json"])
            #expect(both.status == 2)
            #expect(both.errors.contains("both take standard output"))
        }
    }

    @Test("A signal is an event, and the last one says how the run ended")
    func signal() async throws {
        try await Rehearsal.run(faults: "only=put,latency=300ms") { rehearsal in
            let process = try rehearsal.start(
                Self.apply + ["--events", "-", "--concurrency", "1"] + Rehearsal.wideQuota)
            _ = try await process.line(containing: "\"row\"")
            process.signal(SIGTERM)
            let ended = try await process.end()
            #expect(ended.status == 143)
            let events = try Self.objects(String(decoding: ended.output, as: UTF8.self))
            let stopped = events.first { $0["event"] as? String == "stopped" }
            #expect(stopped?["reason"] as? String == "interrupted")
            #expect(events.last?["exitCode"] as? Int == 143)
            #expect(events.last?["reason"] as? String == "interrupted")
        }
    }

    @Test(
        "A reader that goes away and a full disk end no run",
        arguments: [
            (#""$0" "$@" --events - | head -n 1"#, "Broken pipe"),
            (#""$0" "$@" --events /dev/full"#, "No space left on device"),
        ])
    func unwritable(line: String, said: String) async throws {
        // The events of one moment would fit into one write.
        try await Rehearsal.run(faults: "only=put,latency=150ms") { rehearsal in
            let result = try await BuiltProgram.run(
                ["-c", line, BuiltProgram.executable.path] + Self.apply + Rehearsal.wideQuota,
                in: rehearsal.folder, environment: rehearsal.environment,
                executable: URL(filePath: "/bin/sh"))
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(rehearsal.updates == 47)
            #expect(try rehearsal.report().count == 51)
        }
    }

    @Test("A named pipe without a reader is an error before anything is sent")
    func pipe() async throws {
        try await Rehearsal.run { rehearsal in
            let path = rehearsal.directory.file("pipe")
            #expect(mkfifo(path, 0o600) == 0)
            let result = try await rehearsal.program(Self.apply + ["--events", path])
            #expect(result.status == 1)
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("Messages as JSON Lines have a time and a level, and an error its code")
    func messages() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                Self.apply + ["--log-format", "json"] + Rehearsal.wideQuota)
            #expect(result.status == 0)
            for message in try Self.objects(result.errors) {
                #expect(message["time"] is String && message["message"] is String)
                #expect(
                    ["debug", "info", "warning", "error"].contains(message["level"] as? String))
            }
            for arguments in [
                ["plan", "missing.csv", "--log-format", "json"],
                ["plan", "missing.csv", "--log-format=json", "--nonsense"],
                ["nonsense", "--json"], ["runs", "show", "nothing", "--json"],
            ] {
                let failed = try await rehearsal.program(arguments)
                let object = try #require(try Self.objects(failed.errors).last)
                let error = try #require(object["error"] as? [String: Any], "\(failed.errors)")
                #expect(error["exitCode"] as? Int == Int(failed.status))
                #expect((error["message"] as? String)?.isEmpty == false)
                #expect(failed.output.isEmpty)
            }
        }
    }
}
