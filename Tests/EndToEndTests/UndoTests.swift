import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A run is undone", .timeLimit(.minutes(20)))
struct UndoTests {
    private typealias Small = SmallWorkspace

    /// Rows that change every ticket whose status can be set again.
    private func rows(_ rehearsal: ExportRehearsal) throws -> (text: String, ids: [String]) {
        let statuses = ["Open", "Resolved", "Pending", "Waiting"]
        var text = "ticketId,status,priority\n"
        var ids: [String] = []
        for (id, values) in try rehearsal.state().sorted(by: { $0.key < $1.key }) {
            guard let place = statuses.firstIndex(of: values[0]) else { continue }
            let isBoth = ids.count % 3 == 0
            text +=
                "\(id),\(statuses[(place + 1) % 4]),\(isBoth ? "\(Int(values[1])! % 3 + 1)" : "")\n"
            ids.append(id)
        }
        return (text, ids)
    }

    @Test("Of 1,200 tickets, 40 of which moved on, the others are restored, and brought back")
    func whole() async throws {
        try await ExportRehearsal.run(tickets: 1220, seed: 8) { rehearsal in
            let (text, all) = try rows(rehearsal)
            let ids = Array(all.prefix(1200))
            try #require(ids.count == 1200)
            let original = try rehearsal.state()
            let wanted = text.split(separator: "\n").prefix(1201).joined(separator: "\n") + "\n"
            try await rehearsal.apply(wanted, as: "first")
            let auditsOfRun = rehearsal.sandbox.stats.auditMessages
            let holding = try await rehearsal.verify(["first"])
            #expect(holding.status == 0, "\(holding.errors)")
            #expect(holding.output == "1,200 rows checked: 1,200 hold\n")
            // Something else changes the status of 40 tickets.
            let moved = ids.enumerated().filter { $0.offset % 30 == 7 }.map(\.element)
            #expect(moved.count == 40)
            let written = try rehearsal.state()
            let others = moved.map { id in
                // Neither what the run wrote nor what it replaced.
                let known = [written[id]![0], original[id]![0]]
                return "\(id),\(["Open", "Pending", "Waiting"].first { !known.contains($0) }!)\n"
            }
            try await rehearsal.apply("ticketId,status\n" + others.joined(), as: "others")
            let applied = try rehearsal.state()
            let auditsBefore = rehearsal.sandbox.stats.auditMessages

            let verified = try await rehearsal.verify(["first", "--csv", "--output", "verify.csv"])
            #expect(verified.status == 3, "\(verified.errors)")
            #expect(verified.rows.count == 1200)
            #expect(
                Set(verified.rows.filter { $0["state"] == "moved" }.map { $0["ticketId"]! })
                    == Set(moved))
            #expect(verified.rows.allSatisfy { ["moved", "holds"].contains($0["state"]) })
            #expect(try rehearsal.directory.readText("verify.csv") == verified.output)
            #expect(try rehearsal.state() == applied)

            let undone = try await rehearsal.undo(["first", "--yes", "--run-dir", "runs/undo"])
            #expect(undone.status == 3, "\(undone.errors)")
            #expect(undone.output.contains("1,200 rows: 1,160 updated, 40 conflict"))
            var expected = original
            for id in moved { expected[id] = applied[id] }
            #expect(try rehearsal.state() == expected)
            let report = try rehearsal.report("runs/undo")
            #expect(
                Set(report.filter { $0["outcome"] == "conflict" }.map { $0["ticketId"]! })
                    == Set(moved))
            // Each field that is put back has one audit message, like the change of it.
            let fields = { (id: String) in
                zip(original[id]!, written[id]!).filter { $0 != $1 }.count
            }
            let restored = ids.filter { !moved.contains($0) }.map(fields).reduce(0, +)
            #expect(rehearsal.sandbox.stats.auditMessages - auditsBefore == restored)
            #expect(auditsOfRun == ids.map(fields).reduce(0, +))
            // The reports say which rows of the run they are about.
            let first = try rehearsal.report("runs/first")
            for row in report {
                let number = try #require(Int(row["input.row"] ?? ""))
                #expect(first[number - 1]["ticketId"] == row["ticketId"])
            }

            let again = try await rehearsal.undo(["undo", "--yes", "--run-dir", "runs/redo"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(try rehearsal.state() == applied)
            let shown = try await rehearsal.shell("mava-bulk runs show first --runs-dir runs")
            #expect(shown.output.contains("undone by undo"), "\(shown.output)")
            let follower = try await rehearsal.shell("mava-bulk runs show redo --runs-dir runs")
            #expect(follower.output.contains("undoes undo"), "\(follower.output)")
        }
    }

    @Test("kill -9 during an undo, and resume, lose nothing")
    func kill() async throws {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<6 {
            try await ExportRehearsal.run(tickets: 100, seed: 8, faults: "only=put,latency=4ms") {
                rehearsal in
                let (text, ids) = try rows(rehearsal)
                let original = try rehearsal.state()
                try await rehearsal.apply(text, as: "first")
                let sandbox = rehearsal.sandbox
                let audits = sandbox.stats.auditMessages
                var arguments = ["undo", "runs/first", "--yes", "--run-dir", "runs/undo"]
                var kills = 0
                while kills < 4 {
                    let process = try rehearsal.start(arguments + ["--concurrency", "2"])
                    let target =
                        rehearsal.updates + Int.random(in: 1...ids.count / 5, using: &generator)
                    try await process.signal(SIGKILL) { sandbox.updates >= target }
                    let ended = try await process.end()
                    kills += 1
                    if ended.status != 128 + SIGKILL { break }
                    arguments = ["resume", "runs/undo", "--yes"]
                }
                let last = try await rehearsal.program(arguments)
                #expect(last.status == 0, "\(last.errors)")
                #expect(try rehearsal.state() == original)
                #expect(rehearsal.sandbox.stats.auditMessages == audits * 2)
                let report = try rehearsal.report("runs/undo")
                #expect(report.count == ids.count)
                #expect(report.allSatisfy { $0["outcome"] == "updated" })
            }
        }
    }

    @Test("Rows are chosen by their numbers in the run, by conditions and by fields")
    func selecting() async throws {
        try await Small.run((1...6).map { Small.ticket($0, priority: $0 % 3 + 1) }) { rehearsal in
            var text = "ticketId,status,assignee\n"
            for number in 1...6 { text += "\(Small.id(number)),Resolved,Grace\n" }
            // A second row for the third ticket goes with the request of the first.
            text += "\(Small.id(3)),Resolved,\n"
            try await rehearsal.apply(text, as: "first")
            func resolved() throws -> [Int] {
                let state = try rehearsal.state()
                return (1...6).filter { state[Small.id($0)]?[0] == "Resolved" }
            }
            let undone = try await rehearsal.undo(["first", "--yes", "--rows", "1,5-6"])
            #expect(undone.status == 0, "\(undone.errors)")
            #expect(undone.output.contains("3 rows: 3 updated"), "\(undone.output)")
            #expect(try resolved() == [2, 3, 4])
            let shared = try await rehearsal.undo(["first", "--yes", "--rows", "3"])
            #expect(shared.status == 6)
            #expect(
                shared.errors.contains("rows 3 and 7 went with one request"), "\(shared.errors)")
            #expect(try resolved() == [2, 3, 4])
            // Of the second row alone the plan says what it asked for.
            let alone = try await rehearsal.undo(["first", "--yes", "--rows", "7"])
            #expect(alone.status == 0, "\(alone.errors)")
            #expect(
                try rehearsal.state()[Small.id(3)] == ["Open", "1", Small.billing, Small.grace])
            let chosen = try await rehearsal.undo(
                ["first", "--yes", "--where", "row > 3 and old.status = Resolved"])
            #expect(chosen.status == 0, "\(chosen.errors)")
            #expect(chosen.output.contains("1 updated"), "\(chosen.output)")
            #expect(try resolved() == [2])
            let missing = try await rehearsal.undo(["first", "--yes", "--rows", "8"])
            #expect(missing.status == 6)
            #expect(
                missing.errors.contains("the run has 7 rows, and no row 8"), "\(missing.errors)")
            let only = try await rehearsal.undo(
                ["first", "--yes", "--rows", "2", "--only", "assignee"])
            #expect(only.status == 0, "\(only.errors)")
            #expect(
                try rehearsal.state()[Small.id(2)] == ["Resolved", "3", Small.billing, Small.ada])
        }
    }

    @Test("Several runs are undone together, whatever the order in which they are named")
    func several() async throws {
        try await Small.run((1...4).map { Small.ticket($0) }) { rehearsal in
            let original = try rehearsal.state()
            func rows(_ numbers: [Int], _ status: String) -> String {
                "ticketId,status\n" + numbers.map { "\(Small.id($0)),\(status)\n" }.joined()
            }
            try await rehearsal.apply(rows([1, 2, 3], "Pending"), as: "one")
            try await rehearsal.apply(rows([1, 3, 4], "Resolved"), as: "two")
            // Something else changes a ticket between two of the runs.
            try await rehearsal.apply(rows([3], "Waiting"), as: "between")
            try await rehearsal.apply(
                "ticketId,status,priority\n\(Small.id(1)),Waiting,3\n\(Small.id(3)),Open,\n",
                as: "three")
            let undone = try await rehearsal.undo(
                ["one", "three", "two", "--yes", "--run-dir", "runs/undo"])
            #expect(undone.status == 3, "\(undone.errors)")
            #expect(undone.output.contains("4 rows: 3 updated, 1 invalid"), "\(undone.output)")
            var expected = original
            expected[Small.id(3)]?[0] = "Open"
            #expect(try rehearsal.state() == expected)
            let report = try rehearsal.report("runs/undo")
            let refused = try #require(report.first { $0["outcome"] == "invalid" })
            #expect(refused["ticketId"] == Small.id(3))
            #expect(refused["errorCode"] == "cannot_be_undone")
            #expect(refused["message"]?.contains("changed between the runs") == true)
            #expect(Set(report.compactMap { $0["run"] }) == ["one", "two", "three"])
            let shown = try await rehearsal.shell("mava-bulk runs show undo --runs-dir runs")
            #expect(shown.output.contains("undoes three, two, one"), "\(shown.output)")
            let rowsOfTwo = try await rehearsal.undo(["one", "two", "--rows", "1", "--dry-run"])
            #expect(rowsOfTwo.status == 6, "\(rowsOfTwo.errors)")
        }
    }

    @Test("An undo goes on from undos of several runs, also of runs that it is not for")
    func afterUndosOfSeveral() async throws {
        try await Small.run((1...3).map { Small.ticket($0) }) { rehearsal in
            func apply(_ number: Int, _ status: String, as name: String) async throws {
                try await rehearsal.apply(
                    "ticketId,status\n\(Small.id(number)),\(status)\n", as: name)
            }
            func undo(_ names: [String], as name: String) async throws -> String? {
                let result = try await rehearsal.undo(
                    names + ["--yes", "--run-dir", "runs/\(name)"])
                #expect(result.status == 0, "\(result.errors)")
                return try rehearsal.report("runs/\(name)").first {
                    $0["ticketId"] == Small.id(1)
                }?[
                    "outcome"]
            }
            func status(_ number: Int) throws -> String? {
                try rehearsal.state()[Small.id(number)]?[0]
            }
            let original = try rehearsal.state()
            try await apply(1, "Resolved", as: "d")
            try await apply(1, "Pending", as: "e")
            #expect(try await undo(["d", "e"], as: "both") == "updated")
            #expect(try rehearsal.state() == original)
            // What both undid is not there any more.
            #expect(try await undo(["e"], as: "again") == "unchanged")
            #expect(try rehearsal.state() == original)
            try await apply(2, "Resolved", as: "a")
            try await apply(3, "Resolved", as: "b")
            #expect(try await undo(["a", "b"], as: "first") == nil)
            try await apply(2, "Pending", as: "c")
            // The first undo put the ticket back for a run that is not named now.
            #expect(try await undo(["b", "c"], as: "second") == nil)
            #expect(try status(2) == "Open")
            #expect(try rehearsal.state() == original)
            // A run that is not named wrote between a named one and the undo of both.
            for (name, wanted) in [("g", "Pending"), ("h", "Resolved"), ("i", "Waiting")] {
                try await apply(1, wanted, as: name)
            }
            #expect(try await undo(["h", "i"], as: "third") == "updated")
            #expect(try status(1) == "Pending")
            #expect(try await undo(["g", "h"], as: "fourth") == "updated")
            #expect(try rehearsal.state() == original)
            // What followed a run is found in the directory of runs, too, wherever the run itself is.
            let shown = try await rehearsal.shell("mava-bulk runs show runs/c --runs-dir runs")
            #expect(shown.output.contains("second"), "\(shown.output)")
        }
    }

    @Test("Runs of two profiles are not undone with one key")
    func profiles() async throws {
        try await Small.run([Small.ticket(1), Small.ticket(2)]) { rehearsal in
            for (number, name) in [(1, "acme"), (2, "globex")] {
                try await rehearsal.apply(
                    "ticketId,status\n\(Small.id(number)),Resolved\n", as: name)
                let settings = try rehearsal.directory.readText("runs/\(name)/run.json")
                let place = try #require(settings.firstIndex(of: "{"))
                try rehearsal.directory.write(
                    "{\n  \"profile\" : \"\(name)\"," + settings[settings.index(after: place)...],
                    to: "runs/\(name)/run.json")
            }
            let refused = try await rehearsal.undo(["acme", "globex", "--yes"])
            #expect(refused.status == 2, "\(refused.errors)")
            #expect(
                refused.errors.contains("was a run of the profile acme")
                    || refused.errors.contains("was a run of the profile globex"),
                "\(refused.errors)")
            #expect(rehearsal.updates == 2)
        }
    }

    @Test("An undo that is saved is applied like any plan, and only for the API of its run")
    func saved() async throws {
        try await Small.run([Small.ticket(1), Small.ticket(2)]) { rehearsal in
            let original = try rehearsal.state()
            try await rehearsal.apply(
                "ticketId,status\n\(Small.id(1)),Resolved\n\(Small.id(2)),Open\n", as: "first")
            let saved = try await rehearsal.undo(["first", "--output", "undo.jsonl"])
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(rehearsal.updates == 1)
            let applied = try await rehearsal.program(
                ["apply", "undo.jsonl", "--yes", "--run-dir", "runs/undo"])
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(try rehearsal.state() == original)
            let again = try await rehearsal.undo(["first", "--yes"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("first was undone already by undo"), "\(again.output)")
            #expect(again.output.contains("1 row: 1 unchanged"), "\(again.output)")
            let nothing = try await rehearsal.undo(["last", "--yes", "-q"])
            #expect(nothing.status == 0)
            #expect(nothing.errors.contains("there is nothing to undo"), "\(nothing.errors)")
            let settings = try rehearsal.directory.readText("runs/first/run.json")
            try rehearsal.directory.write(
                settings.replacing(rehearsal.sandbox.address, with: "https://mava.example"),
                to: "runs/first/run.json")
            let unverified = try await rehearsal.verify([
                "first", "--base-url", "https://mava.example",
            ])
            #expect(unverified.status == 6, "\(unverified.errors)")
            let elsewhere = try await rehearsal.undo([
                "first", "--yes", "--base-url", "https://mava.example",
            ])
            #expect(elsewhere.status == 6, "\(elsewhere.errors)")
            #expect(elsewhere.errors.contains("made against"), "\(elsewhere.errors)")
        }
    }

    @Test("A run at work is not undone, and one that stopped is undone as far as it got")
    func running() async throws {
        try await ExportRehearsal.run(tickets: 60, seed: 8, faults: "only=put,latency=40ms") {
            rehearsal in
            let (text, _) = try rows(rehearsal)
            let original = try rehearsal.state()
            try rehearsal.directory.write(text, to: "rows.csv")
            let sandbox = rehearsal.sandbox
            let process = try rehearsal.start([
                "apply", "rows.csv", "--yes", "--run-dir", "runs/first", "--concurrency", "2",
            ])
            try await process.signal(SIGSTOP) { sandbox.updates >= 5 }
            let refused = try await rehearsal.undo(["first", "--yes"])
            #expect(refused.status == 8, "\(refused.errors)")
            process.signal(SIGTERM)
            process.signal(SIGCONT)
            _ = try await process.end()
            let done = rehearsal.updates
            let verified = try await rehearsal.verify(["first"])
            #expect(verified.status == 0, "\(verified.errors)")
            #expect(verified.output == "\(done) rows checked: \(done) hold\n")
            let undone = try await rehearsal.undo(["first", "--yes"])
            #expect(undone.status == 0, "\(undone.errors)")
            #expect(undone.output.contains("undone as far as it got"), "\(undone.output)")
            #expect(rehearsal.updates == done * 2)
            #expect(try rehearsal.state() == original)
        }
    }

    @Test("A run that was undone in part is undone as a whole")
    func inParts() async throws {
        try await Small.run((1...3).map { Small.ticket($0) }) { rehearsal in
            let original = try rehearsal.state()
            let rows = (1...3).map { "\(Small.id($0)),Resolved,3\n" }
            try await rehearsal.apply("ticketId,status,priority\n" + rows.joined(), as: "part")
            let status = try await rehearsal.undo([
                "part", "--only", "status", "--yes", "--run-dir", "runs/a-status",
            ])
            #expect(status.status == 0, "\(status.errors)")
            // Something else changes what was put back.
            try await rehearsal.apply("ticketId,status\n\(Small.id(3)),Waiting\n", as: "other")
            let before = rehearsal.updates
            let whole = try await rehearsal.undo(["part", "--yes", "--run-dir", "runs/whole"])
            #expect(whole.status == 3, "\(whole.errors)")
            #expect(whole.output.contains("3 rows: 2 updated, 1 conflict"), "\(whole.output)")
            #expect(rehearsal.updates == before + 2)
            var expected = original
            expected[Small.id(3)]?[0] = "Waiting"
            expected[Small.id(3)]?[1] = "3"
            #expect(try rehearsal.state() == expected)
            // An undo of the first undo brings back what that one put back, and nothing else.
            let redo = try await rehearsal.undo([
                "a-status", "--rows", "1", "--yes", "--run-dir", "runs/redo",
            ])
            #expect(redo.status == 0, "\(redo.errors)")
            #expect(try rehearsal.state()[Small.id(1)]?.prefix(2) == ["Resolved", "1"])
            // It is taken into account as well.
            let again = try await rehearsal.undo(["part", "--rows", "1-2", "--yes"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("2 rows: 1 updated, 1 unchanged"), "\(again.output)")
            expected = original
            for number in 1...2 {
                #expect(try rehearsal.state()[Small.id(number)] == original[Small.id(number)])
            }
        }
    }
}
