import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Other programs write into a run's directory while the run uses it.
@Suite("A run whose files are changed meanwhile says what it knows", .timeLimit(.minutes(20)))
struct DamagedRunTests {
    private static let rows = Rehearsal.sample("reassign/handover.csv")
    private static let apply =
        ["apply", rows, "--yes", "--run-dir", "run", "--concurrency", "1"] + Rehearsal.wideQuota

    /// Starts a run, changes its files after some updates, and lets it end.
    private func disturbed(
        _ body: (TemporaryDirectory) throws -> Void,
        then check: (Rehearsal, _ status: Int32, _ errors: String) async throws -> Void
    ) async throws {
        try await Rehearsal.run(faults: "only=put,latency=20ms") { rehearsal in
            let process = try rehearsal.start(Self.apply)
            // The stopped program cannot end before its files are changed.
            try await process.signal(SIGSTOP) { rehearsal.puts >= 4 }
            try body(rehearsal.directory)
            process.signal(SIGCONT)
            let ended = try await process.end()
            try await check(
                rehearsal, ended.status, String(decoding: ended.errors, as: UTF8.self))
        }
    }

    /// Overwrites a file in place, so that a process that has it open sees the change.
    private static func overwrite(_ path: String, _ text: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    /// A change to a journal.
    enum Harm: String, CaseIterable, CustomTestStringConvertible {
        case foreignBytes, edited, emptied, replaced, removed

        var testDescription: String { rawValue }
    }

    @Test("A damaged journal ends in a report of what is known", arguments: Harm.allCases)
    func journal(harm: Harm) async throws {
        try await disturbed { directory in
            let path = directory.file("run/journal.jsonl")
            let text = try directory.readText("run/journal.jsonl")
            switch harm {
            case .foreignBytes: try Self.overwrite(path, text + "not ours")
            case .edited:
                var lines = text.split(separator: "\n").map(String.init)
                lines[2] = lines[2].replacing("updated", with: "failure")
                try Self.overwrite(path, lines.joined(separator: "\n") + "\n")
            case .emptied: try Self.overwrite(path, "")
            case .replaced:
                try directory.write(text, to: "run/j2")
                #expect(rename(directory.file("run/j2"), path) == 0)
            case .removed: try FileManager.default.removeItem(atPath: path)
            }
        } then: { rehearsal, status, errors in
            #expect(status == 5, "\(errors)")
            #expect(!errors.lowercased().contains("nothing was sent"), "\(errors)")
            #expect(!errors.contains("all that was sent is in the journal"), "\(errors)")
            let rows = try rehearsal.report()
            #expect(rows.count == 51)
            func count(_ outcome: String) -> Int { rows.count { $0["outcome"] == outcome } }
            // No row that was sent is reported as unsent.
            #expect(count("updated") + count("unknown") >= rehearsal.updates)
            #expect(count("updated") <= rehearsal.updates)
            #expect(
                try rehearsal.directory.readText("run/summary.json").contains("journal_failure"))
            if harm == .emptied || harm == .removed {
                let resumed = try await rehearsal.program(["resume", "run", "--yes"])
                #expect(resumed.status == 6, "\(resumed.errors)")
            }
        }
    }

    @Test("A small plan that is edited while it is sent ends in a report and can be put back")
    func editedPlan() async throws {
        var original = ""
        try await disturbed { directory in
            original = try directory.readText("run/plan.jsonl")
            try Self.overwrite(
                directory.file("run/plan.jsonl"),
                original.replacing("\"do\":\"unchanged\"", with: "\"do\":\"invalid\""))
        } then: { rehearsal, status, errors in
            #expect(status == 5, "\(errors)")
            #expect(errors.contains("run/plan.jsonl: the plan was changed"), "\(errors)")
            #expect(!errors.contains(".plan-"), "\(errors)")
            let rows = try rehearsal.report()
            #expect(rows.count == 51)
            #expect(rows.count { $0["outcome"] == "updated" } == rehearsal.updates)
            #expect(rows.allSatisfy { $0["errorCode"] == "plan_changed" })
            try rehearsal.directory.write(original, to: "run/plan.jsonl")
            #expect(try await rehearsal.program(["resume", "run", "--yes"]).status == 0)
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("A link in the place of a report is replaced, and what it leads to is left alone")
    func links() async throws {
        let names = ["report.csv", "failed.csv", "summary.json"]
        try await disturbed { directory in
            try directory.write("mine", to: "target")
            for name in names {
                try FileManager.default.createSymbolicLink(
                    atPath: directory.file("run/" + name),
                    withDestinationPath: directory.file("target"))
            }
        } then: { rehearsal, status, errors in
            #expect(status == 0, "\(errors)")
            let target = try rehearsal.directory.readText("target")
            #expect(target == "mine")
            let rows = try rehearsal.report()
            #expect(rows.count == 51)
            for name in names {
                let path = rehearsal.directory.file("run/" + name)
                var information = stat()
                #expect(lstat(path, &information) != 0 || information.st_mode & S_IFMT == S_IFREG)
            }
        }
    }

    @Test("A run that lost its journal is not begun again", arguments: [true, false])
    func lostJournal(isEmpty: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.apply).status == 0)
            let path = rehearsal.directory.file("run/journal.jsonl")
            try FileManager.default.removeItem(atPath: path)
            if isEmpty { try rehearsal.directory.write("", to: "run/journal.jsonl") }
            let report = try rehearsal.directory.read("run/report.csv")
            let resumed = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(resumed.status == 6, "\(resumed.errors)")
            #expect(
                resumed.errors.contains("run/journal.jsonl: the journal is gone or empty"),
                "\(resumed.errors)")
            #expect(try rehearsal.directory.read("run/report.csv") == report)
        }
    }

    @Test(
        "An older copy of a journal is gone on with, and what it lacks is said; not of a finished run"
    )
    func olderJournal() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.apply).status == 0)
            let text = try rehearsal.directory.readText("run/journal.jsonl")
            let lines = text.split(separator: "\n").prefix(11)
            try rehearsal.directory.write(
                lines.joined(separator: "\n") + "\n", to: "run/journal.jsonl")
            let report = try rehearsal.directory.read("run/report.csv")
            let refused = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(refused.status == 6, "\(refused.errors)")
            #expect(refused.errors.contains("the journal lacks 42 requests"), "\(refused.errors)")
            #expect(try rehearsal.directory.read("run/report.csv") == report)
            let summary = try rehearsal.directory.readText("run/summary.json")
            try rehearsal.directory.write(
                summary.replacing("\"finished\"", with: "\"interrupted\""), to: "run/summary.json")
            let resumed = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("the journal lacks 42 requests"), "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test(
        "What looks back at a run refuses a journal that lacks requests", arguments: [true, false])
    func shortJournal(isRemoved: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            #expect(try await rehearsal.program(Self.apply).status == 0)
            let text = try rehearsal.directory.readText("run/journal.jsonl")
            let path = rehearsal.directory.file("run/journal.jsonl")
            if isRemoved {
                try FileManager.default.removeItem(atPath: path)
            } else {
                let lines = text.split(separator: "\n").prefix(11)
                try Self.overwrite(path, lines.joined(separator: "\n") + "\n")
            }
            for command in ["undo", "verify", "retry"] {
                let result = try await rehearsal.program(
                    [command, "run"] + (command == "verify" ? [] : ["--dry-run"]))
                #expect(result.status == 6, "\(command): \(result.output)")
                #expect(
                    result.errors.contains("run/journal.jsonl: the journal lacks "),
                    "\(command): \(result.errors)")
            }
            let found = try await rehearsal.program([
                "runs", "find", Rehearsal.firstTicket, "--runs-dir", ".",
            ])
            #expect(
                (found.output + found.errors).contains("the journal lacks "),
                "\(found.output)\(found.errors)")
        }
    }
}
