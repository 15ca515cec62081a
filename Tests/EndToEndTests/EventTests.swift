import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Events, and messages for programs", .timeLimit(.minutes(20)))
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

    @Test("Events are not added to a file of another kind")
    func foreign() async throws {
        try await Rehearsal.run { rehearsal in
            for text in ["{\"format\":\"mava-bulk-plan\"}\n", "my notes", "\nmine\n"] {
                try rehearsal.directory.write(text, to: "mine.txt")
                let result = try await rehearsal.program(Self.apply + ["--events", "mine.txt"])
                #expect(result.status == 2, "\(result.errors)")
                #expect(result.errors.contains("mine.txt exists and has no events"))
                #expect(try rehearsal.directory.readText("mine.txt") == text)
            }
            #expect(rehearsal.sandbox.stats.total == 0)
            // A shell's redirection to a log is another matter.
            try rehearsal.directory.write("my log\n", to: "log.txt")
            let arguments = Self.apply + Rehearsal.wideQuota
            let logged = try await BuiltProgram.run(
                [
                    "-c", #"exec "$0" "$@" --events /dev/fd/3 3>>log.txt"#,
                    BuiltProgram.executable.path,
                ]
                    + arguments, in: rehearsal.folder, environment: rehearsal.environment,
                executable: URL(filePath: "/bin/sh"))
            #expect(logged.status == 0, "\(logged.errors)")
            let log = try rehearsal.directory.readText("log.txt")
            #expect(log.hasPrefix("my log\n{\"event\":\"hello\""), "\(log.prefix(200))")
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
            #expect(result.errors.contains("no program reads this named pipe"), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
            let nowhere = try await rehearsal.program(
                Self.apply + ["--events", "none/events", "--log-format", "json"])
            #expect(nowhere.status == 1)
            let error = try #require(
                try Self.objects(nowhere.errors).last?["error"] as? [String: Any])
            let code = try #require(error["code"] as? String)
            #expect(code == "events_unusable")
            #expect(try await rehearsal.program(["explain", code]).status == 0)
        }
    }

    @Test("A file whose last line was torn gets a line end before the events")
    func torn() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(#"{"event":"ro"#, to: "events.jsonl")
            let run = ["apply", "missing.csv", "--yes", "--events", "events.jsonl"]
            #expect(try await rehearsal.program(run).status == 6)
            #expect(try await rehearsal.program(run).status == 6)
            let lines = try rehearsal.directory.readText("events.jsonl").split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[0] == #"{"event":"ro"# && lines.last == "")
            let events = try Self.objects(lines.dropFirst().joined(separator: "\n"))
            #expect(Self.names(events) == ["hello", "end", "hello", "end"])
        }
    }

    @Test("With events on standard output and messages as JSON, standard error is JSON Lines only")
    func bothJSON() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                Self.apply + ["--events", "-", "--log-format", "json"] + Rehearsal.wideQuota)
            #expect(result.status == 0)
            #expect(Self.names(try Self.objects(result.output)).last == "end")
            let messages = try Self.objects(result.errors).compactMap { $0["message"] as? String }
            #expect(messages.contains { $0.hasPrefix("Plan ") })
            #expect(messages.contains { $0.hasPrefix("51 rows: 47 updated, 4 unchanged") })
        }
    }

    @Test("A rehearsal of an undo has its plan among the events; a wrong number is refused")
    func rehearsed() async throws {
        try await Rehearsal.run { rehearsal in
            let rehearsed =
                Self.apply.filter { $0 != "--yes" } + Rehearsal.wideQuota + ["--dry-run"]
            let wrong = try await rehearsal.program(rehearsed + ["--confirm", "46"])
            #expect(wrong.status == 7)
            #expect(wrong.errors.contains("47 updates would be sent, and --confirm says 46"))
            #expect(try await rehearsal.program(rehearsed + ["--confirm", "47"]).status == 0)
            #expect(try await rehearsal.program(Self.apply + Rehearsal.wideQuota).status == 0)
            let undo = ["undo", "run", "--dry-run"]
            let shown = try await rehearsal.program(undo + ["--events", "-"])
            #expect(shown.status == 0, "\(shown.errors)")
            let events = try Self.objects(shown.output)
            #expect(Self.names(events) == ["hello", "planned", "end"])
            #expect(events[1]["requests"] as? Int == 47)
            for command in [undo, ["resume", "run", "--dry-run"]] {
                let refused = try await rehearsal.program(command + ["--confirm", "3"])
                #expect(refused.status == 7, "\(command): \(refused.errors)")
            }
        }
    }

    @Test("The end of a run ends its last wait")
    func waits() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,priority\n"
                    + rehearsal.sandbox.workspace.ticketIDs.prefix(3).map { "\($0),2\n" }.joined(),
                to: "rows.csv")
            let result = try await rehearsal.program([
                "apply", "rows.csv", "--read", "never", "--yes", "--quota", "1/1s", "--events", "-",
            ])
            #expect([0, 3].contains(result.status), "\(result.errors)")
            let waits = try Self.objects(result.output).filter { $0["event"] as? String == "wait" }
            #expect(waits.contains { $0["reason"] as? String == "quota" })
            #expect(waits.last?["reason"] as? String == "none")
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
