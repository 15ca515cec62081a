import BulkExecution
import BulkTestSupport
import MavaAPI
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("The exit code of a run")
struct ExitCodeTests {
    @Test(
        "A rejected key comes before an interruption, that before an early end, that before rows",
        arguments: [
            (StopReason.keyRejected, 4), (.interrupted(signal: 1), 129),
            (.interrupted(signal: 2), 130), (.interrupted(signal: 15), 143), (.outage, 5),
            (.tooManyFailures, 5), (.deadline, 5), (.canary, 5), (.journalFailure, 5),
            (.planUnreadable, 5), (.untrustedServer, 5), (.transportUnavailable, 5),
            (.localShortage, 5), (.stopRequested, 5),
        ] as [(StopReason, Int32)])
    func early(reason: StopReason, code: Int32) {
        #expect(ExitCode(reason, hasTroubledRows: true).rawValue == code)
        #expect(ExitCode(reason, hasTroubledRows: false).rawValue == code)
    }

    @Test("The exit code of a finished run follows from its rows")
    func finished() {
        #expect(ExitCode(.finished, hasTroubledRows: true) == .someRowsFailed)
        #expect(ExitCode(.finished, hasTroubledRows: false) == .success)
    }

    /// Writes 50 rows; the API refuses the first one, whose ticket does not exist.
    private static func writeRows(_ rehearsal: Rehearsal) throws {
        let ids =
            ["0000000000000000000000a1"] + rehearsal.sandbox.workspace.ticketIDs.prefix(49)
        let rows = ids.enumerated().map {
            #"{"ticketId":"\#($0.element)","priority":2,"number":\#($0.offset + 1)}"#
        }
        try rehearsal.directory.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    }

    private static let apply =
        ["apply", "rows.jsonl", "--read", "never", "--yes", "--run-dir", "run"]
        + Rehearsal.wideQuota

    @Test(
        "A share of failed rows is accepted up to its bound, and no more",
        arguments: [
            ("2%", 0, "within"), ("1.9%", 3, "more than"), ("0.02", 0, "within"),
            ("1/51", 3, "more than"), ("0%", 3, "more than"),
        ]
            as [(String, Int32, String)])
    func accepted(share: String, code: Int32, verdict: String) async throws {
        try await Rehearsal.run { rehearsal in
            try Self.writeRows(rehearsal)
            let result = try await rehearsal.program(
                Self.apply + ["--metrics-file", "metrics", "--accept-failures", share])
            #expect(result.status == code, "\(result.errors)")
            #expect(result.errors.contains("1 of 50 rows did not succeed, \(verdict) the accepted"))
            let summary = try rehearsal.directory.readText("run/summary.json")
            #expect(summary.firstMatch(of: /"exitCode" ?: ?([0-9]+)/)?.1 == "\(code)")
            let metrics = try rehearsal.directory.readText("metrics")
            #expect(metrics.contains("exit_code \(code)"), "\(metrics)")
            #expect(try rehearsal.report().filter { $0["outcome"] == "failed" }.count == 1)
        }
    }

    @Test("resume accepts the share of its run, and an early end keeps its code")
    func acceptedByResume() async throws {
        try await Rehearsal.run { rehearsal in
            try Self.writeRows(rehearsal)
            let first = try await rehearsal.program(
                Self.apply
                    + [
                        "--accept-failures", "2%", "--max-failures", "0", "--concurrency", "1",
                    ])
            #expect(first.status == 5, "\(first.errors)")
            #expect(
                try rehearsal.directory.readText("run/run.json").contains(
                    #""acceptFailures" : "2%""#))
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--max-failures", "5"] + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let again = try await rehearsal.program(
                ["resume", "run", "--yes", "--accept-failures", "1%"] + Rehearsal.wideQuota)
            #expect(again.status == 3, "\(again.errors)")
        }
    }

    @Test("Rows that the command left out do not count as worked on")
    func acceptedOfShard() async throws {
        try await Rehearsal.run { rehearsal in
            try Self.writeRows(rehearsal)
            let result = try await rehearsal.program(
                Self.apply + ["--where", "number <= 10", "--accept-failures", "5%"])
            #expect(result.status == 3, "\(result.errors)")
            #expect(
                result.errors.contains("1 of 10 rows did not succeed, more than the accepted 5%"),
                "\(result.errors)")
        }
    }

    @Test(
        "A share that is none is refused",
        arguments: ["101%", "few", "-1%", "%", "5", "1", "1.5", "2/1", "1/0"])
    func unusable(share: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes",
                "--accept-failures=\(share)",
            ])
            #expect(result.status == 2, "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }
}

@Suite("The names of settings in messages")
struct AdviceTextTests {
    @Test("The program names its options, and a library its Swift properties")
    func names() {
        let settings: [SettingName] = [
            .stopOnConflict, .overwriteOnConflict, .allowHandOff, .sendUnread, .unmapped,
            .conditions, .column("New Agent", meaning: "assignedTo"), .ignoredColumns,
            .lastDuplicate, .allowEmpty, .readNever, .windows1252, .lookups,
            .waiver(rule: "fill", count: 2), .strict, .runDirectory, .authorities,
            .undoneFields, .label, .chosenFields, .allowedSigners,
        ]
        for setting in settings {
            #expect(setting.options.contains("--"), "\(setting)")
            #expect(!setting.description.contains("--"), "\(setting)")
        }
        #expect(SettingName.waiver(rule: "fill", count: 2).options == "--waive fill=2")
        let column = SettingName.column("x'; touch made; '", meaning: "ticketId")
        #expect(column.options == #"--column 'x'\''; touch made; '\''=ticketId'"#)
    }

    @Test("An option that a message names is one that some command takes")
    func areOptions() {
        let known = Set(CommandTable.commands.flatMap(\.options).map { "--\($0.rawValue)" })
        let named: [SettingName] = [
            .stopOnConflict, .overwriteOnConflict, .allowHandOff, .sendUnread, .unmapped,
            .conditions, .ignoredColumns, .lastDuplicate, .allowEmpty, .readNever, .windows1252,
            .lookups, .waiver(rule: "fill", count: 2), .strict, .runDirectory, .authorities,
        ]
        for name in named {
            let option = name.options.split(separator: " ").first.map(String.init) ?? ""
            #expect(known.contains(option), "\(option)")
        }
    }

    @Test(
        "A file that cannot be read, or holds something else, has the code of what it should be",
        arguments: [
            ("plan rows.csv --guards none.json", "guards_unusable"),
            ("plan rows.csv --guards rows.csv", "guards_unusable"),
            ("plan rows.csv --map assignee=none.csv", "map_unusable"),
            ("plan rows.csv --map assignee=lines.jsonl", "map_unusable"),
            ("plan rows.csv --snapshot none.csv", "snapshot_unusable"),
            ("plan rows.csv --snapshot array.json", "snapshot_unusable"),
            ("plan edit plan.jsonl --output new.jsonl --drop-file none.txt", "list_unusable"),
            ("plan edit plan.jsonl --output new.jsonl --drop-file empty.txt", "list_unusable"),
            ("plan rows.csv --output rows2.csv", "output_occupied"),
            ("export --output rows.csv", "output_occupied"),
            ("lookups --output rows.csv", "output_occupied"),
            ("plan rows.csv --html lines.jsonl", "output_occupied"),
            ("plan rows.csv --output rows.csv", "output_is_input"),
            ("plan edit plan.jsonl --drop 1 --output plan.jsonl", "output_is_input"),
        ])
    func codes(line: String, code: String) async throws {
        try await Rehearsal.run { rehearsal in
            let rows = "ticketId,assignee\n\(rehearsal.sandbox.workspace.ticketIDs[0]),Ada\n"
            for (name, text) in [
                ("rows.csv", rows), ("rows2.csv", rows), ("empty.txt", "\n"),
                ("lines.jsonl", "{\"from\":\"a\",\"to\":\"b\"}\n"), ("array.json", "[\n]\n"),
            ] {
                try rehearsal.directory.write(text, to: name)
            }
            let plan = try await rehearsal.program(["plan", "rows.csv", "--output", "plan.jsonl"])
            #expect(plan.status == 0, "\(plan.errors)")
            let words = line.split(separator: " ").map(String.init)
            let asJSON = try await rehearsal.program(words + ["--json"])
            #expect(asJSON.status == (code.hasPrefix("output") ? 2 : 6), "\(asJSON.errors)")
            #expect(
                asJSON.errors.hasPrefix(#"{"error":{"code":"\#(code)","#), "\(asJSON.errors)")
            let asText = try await rehearsal.program(words)
            #expect(
                asText.errors.hasSuffix("more: mava-bulk explain \(code)\n"), "\(asText.errors)")
        }
    }
}
