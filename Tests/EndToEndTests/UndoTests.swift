import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

extension ExportRehearsal {
    /// The four fields of each ticket as the sandbox holds them now, by the ticket's id.
    func state() throws -> [String: [String]] {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.workspace.encoded()))
                as? [String: [[String: Any]]])
        let tickets = try #require(object["organisations"]?.first?["tickets"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: tickets.map { ticket in
                (
                    ticket["_id"] as? String ?? "",
                    ["status", "priority", "category", "assignedTo"].map { key in
                        ticket[key].map { $0 is NSNull ? "-" : "\($0)" } ?? "-"
                    }
                )
            })
    }

    /// The rows of a run's report as dictionaries by column.
    func report(_ run: String) throws -> [[String: String]] {
        BuiltProgram.Result(
            status: 0, output: try directory.readText("\(run)/report.csv"), errors: ""
        ).rows
    }

    /// Applies rows and expects that all of them succeed.
    @discardableResult
    func apply(_ rows: String, as run: String, _ options: [String] = []) async throws
        -> BuiltProgram.Result
    {
        try directory.write(rows, to: "\(run).csv")
        let result = try await program(
            ["apply", "\(run).csv", "--yes", "--run-dir", "runs/\(run)", "--runs-dir", "runs"]
                + options)
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    func undo(_ arguments: [String]) async throws -> BuiltProgram.Result {
        try await program(["undo", "--runs-dir", "runs"] + arguments)
    }

    func verify(_ arguments: [String]) async throws -> BuiltProgram.Result {
        try await program(["verify", "--runs-dir", "runs"] + arguments)
    }

    /// Updates that the sandbox accepted.
    var updates: Int { sandbox.updates }
}

extension Sandbox {
    /// Updates that were accepted.
    fileprivate var updates: Int { stats.count(route: "/api/ticket", method: "PUT", status: 200) }
}

/// A small workspace, whose tickets are numbered.
enum SmallWorkspace {
    static let ada = "6630a1f4c2b9e4a1d8f00b21"
    static let grace = "6630a1f4c2b9e4a1d8f00b22"
    /// An agent who has left.
    static let robin = "6630a1f4c2b9e4a1d8f00b23"
    static let billing = "65f000000000000000000001"
    static let shipping = "65f000000000000000000002"
    /// A category that is archived.
    static let archived = "65f000000000000000000003"

    /// The id of a ticket.
    static func id(_ number: Int) -> String { "6955b9000000000000000\(100 + number)" }

    /// A ticket of the workspace as JSON.
    static func ticket(
        _ number: Int, status: String = "Open", priority: Int = 1, category: String? = billing,
        assignedTo: String? = ada, aiStatus: String? = nil
    ) -> String {
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        return """
            {"_id": "\(id(number))", "status": "\(status)", "priority": \(priority),
            "category": \(text(category)), "assignedTo": \(text(assignedTo)),
            "aiStatus": \(text(aiStatus)), "sourceType": "web", "tags": [],
            "customer": {"name": "C"}, "createdAt": "2026-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z"}
            """
    }

    /// A workspace of tickets.
    static func json(_ tickets: [String]) -> String {
        """
        {"organisations": [{"name": "Small", "apiKeys": ["small-key"], "agents": [
        {"id": "\(ada)", "email": "ada@acme.example", "username": "Ada", "walletAddress": null},
        {"id": "\(grace)", "email": "grace@acme.example", "username": "Grace", "walletAddress": null},
        {"id": "\(robin)", "email": null, "username": "Robin", "walletAddress": null, "archived": true}],
        "categories": [{"id": "\(billing)", "name": "Billing"}, {"id": "\(shipping)", "name": "Shipping"},
        {"id": "\(archived)", "name": "Returns", "archived": true}],
        "tickets": [\(tickets.joined(separator: ",\n"))]}]}
        """
    }

    static func run<R>(
        _ tickets: [String], faults: String = "", _ body: (ExportRehearsal) async throws -> R
    ) async throws -> R {
        try await ExportRehearsal.run(faults: faults, json: json(tickets), body)
    }
}

@Suite("A run is verified and undone", .timeLimit(.minutes(5)))
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

    @Test("What cannot be undone is said before, when it is done and when it is undone")
    func final() async throws {
        let tickets = [
            Small.ticket(1), Small.ticket(2, status: "Spam"), Small.ticket(3, category: nil),
            Small.ticket(4, assignedTo: Small.robin),
            Small.ticket(5, assignedTo: nil, aiStatus: "Active"), Small.ticket(6, category: nil),
        ]
        try await Small.run(tickets) { rehearsal in
            let rows = (1...6).map { "\(Small.id($0)),Resolved,Shipping,Grace\n" }
            let text = "ticketId,status,category,assignee\n" + rows.joined()
            try rehearsal.directory.write(text, to: "rows.csv")
            let plan = try await rehearsal.program(["plan", "rows.csv", "--allow-ai-handoff"])
            #expect(plan.status == 0, "\(plan.errors)")
            let line =
                "4 of these changes cannot be undone: 2 set a category where none was, "
                + "1 replaces a status that cannot be set, 1 replaces an agent who is not listed"
            #expect(plan.output.contains(line), "\(plan.output)")
            for form in ["--json", "--markdown"] {
                let other = try await rehearsal.program(
                    ["plan", "rows.csv", "--allow-ai-handoff", form])
                #expect(other.output.contains(line), "\(other.output)")
            }
            let original = try rehearsal.state()
            try await rehearsal.apply(text, as: "first", ["--allow-ai-handoff"])
            let preview = try await rehearsal.undo(["first", "--dry-run"])
            #expect(preview.status == 3, "\(preview.errors)")
            for said in [
                "4 rows cannot be undone: 2 had no category before, 1 had a status or priority before "
                    + "that no update sets, 1 had an agent before who is not listed",
                "first row 2 of the run",
                "1 ticket that the AI was handling is not handed back to it",
                "the audit entries of what is undone stay, and the undo adds its own",
                "3 cannot_be_undone", "1 agent_unknown",
            ] {
                #expect(preview.output.contains(said), "\(preview.output)")
            }
            #expect(rehearsal.updates == 6, "a dry run sends nothing")
            let undone = try await rehearsal.undo(["first", "--yes", "--run-dir", "runs/undo"])
            #expect(undone.status == 3, "\(undone.errors)")
            #expect(undone.output.contains("6 rows: 2 updated, 4 invalid"), "\(undone.output)")
            var state = try rehearsal.state()
            for number in [1, 5] { #expect(state[Small.id(number)] == original[Small.id(number)]) }
            // What can be put back of the others is put back by name.
            let partly = try await rehearsal.undo(
                ["first", "--yes", "--only", "status", "--rows", "3-4,6"])
            #expect(partly.status == 0, "\(partly.errors)")
            state = try rehearsal.state()
            for number in [3, 4, 6] {
                #expect(state[Small.id(number)] == ["Open", "1", Small.shipping, Small.grace])
            }
            // What was not read before it was changed cannot be put back at all.
            let blind = "ticketId,status\n\(Small.id(1)),Waiting\n"
            try rehearsal.directory.write(blind, to: "blind.csv")
            let unread = try await rehearsal.program(["plan", "blind.csv", "--no-read"])
            #expect(
                unread.output.contains("1 of these changes cannot be undone: 1 was not read"),
                "\(unread.output)")
            try await rehearsal.apply(blind, as: "blind", ["--no-read"])
            let refused = try await rehearsal.undo(["blind", "--yes"])
            #expect(refused.status == 3)
            #expect(
                refused.errors.contains("1 row cannot be undone: 1 was not read before")
                    || refused.output.contains("1 row cannot be undone: 1 was not read before"))
            #expect(try rehearsal.state()[Small.id(1)]?[0] == "Waiting")
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

    @Test("A verification names what moved and what is gone, for people and for programs")
    func forms() async throws {
        let tickets = (1...4).map { Small.ticket($0) }
        try await Small.run(tickets) { rehearsal in
            let rows = (1...4).map { "\(Small.id($0)),Resolved,Grace\n" }
            try await rehearsal.apply("ticketId,status,assignee\n" + rows.joined(), as: "first")
            try await rehearsal.apply(
                "ticketId,status,assignee\n\(Small.id(1)),Open,\n\(Small.id(2)),Open,Ada\n"
                    + "\(Small.id(3)),Open,\n", as: "others")
            // The same run against a workspace without the fourth ticket.
            try await Small.run((1...3).map { Small.ticket($0) }) { other in
                let result = try await rehearsal.program([
                    "verify", "first", "--runs-dir", "runs", "--base-url", other.sandbox.address,
                ])
                #expect(result.status == 3, "\(result.errors)")
                #expect(result.output.contains("4 rows checked: 3 moved, 1 gone"))
            }
            let text = try await rehearsal.verify(["first"])
            #expect(text.status == 3, "\(text.errors)")
            #expect(
                text.output == """
                    4 rows checked: 1 holds, 3 moved
                    2 moved: status Resolved -> Open
                    1 moved: status Resolved -> Open, assignedTo Grace -> Ada
                      row 1  \(Small.id(1))  status Resolved -> Open
                      row 2  \(Small.id(2))  status Resolved -> Open, assignedTo Grace -> Ada
                      row 3  \(Small.id(3))  status Resolved -> Open

                    """)
            let json = try await rehearsal.verify(["first", "--json"])
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            #expect(object["format"] as? String == "mava-bulk-verification")
            #expect(object["moved"] as? Int == 3)
            #expect(object["holds"] as? Int == 1)
            let listed = try #require(object["notHolding"] as? [[String: Any]])
            #expect(listed.compactMap { $0["row"] as? Int } == [1, 2, 3])
            #expect((listed[1]["is"] as? [String: String])?["assignedTo"] == Small.ada)
            try rehearsal.directory.write("keep", to: "notes.txt")
            let kept = try await rehearsal.verify(["first", "--output", "notes.txt"])
            #expect(kept.status == 2)
            #expect(try rehearsal.directory.readText("notes.txt") == "keep")
            for _ in 0..<2 {
                let written = try await rehearsal.verify(["first", "--output", "verify.csv"])
                #expect(written.status == 3, "\(written.errors)")
            }
            #expect(rehearsal.updates == 7, "a verification changes nothing")
        }
    }

    @Test("Rows that could not be checked do not hold")
    func unchecked() async throws {
        // Ids that say nothing about the tickets' age, so that no listing finds them.
        let tickets = (1...2).map {
            Small.ticket($0).replacing(Small.id($0), with: "T-\($0)")
        }
        try await Small.run(tickets) { rehearsal in
            try await rehearsal.apply(
                "ticketId,status\nT-1,Resolved\nT-2,Resolved\n", as: "first")
            let verified = try await rehearsal.verify(["first"])
            #expect(verified.status == 3, "\(verified.output)")
            #expect(
                verified.output.hasPrefix(
                    "2 rows could not be checked: their ids are not in Mava's form (24 hexadecimal digits)"
                ),
                "\(verified.output)")
        }
    }

    @Test("Archived categories, and agents taken off tickets of the AI, are counted before")
    func finalByOthers() async throws {
        let tickets = [
            Small.ticket(1, category: Small.archived),
            Small.ticket(2, aiStatus: "Pending"), Small.ticket(3),
        ]
        try await Small.run(tickets) { rehearsal in
            let text =
                "ticketId,category,assignee\n\(Small.id(1)),Shipping,\n\(Small.id(2)),,unassigned\n"
                + "\(Small.id(3)),Shipping,unassigned\n"
            try rehearsal.directory.write(text, to: "rows.csv")
            let line =
                "2 of these changes cannot be undone: 1 replaces a category that is not listed, "
                + "1 takes an agent off a ticket that the AI is handling"
            for form in [[], ["--json"], ["--markdown"]] {
                let plan = try await rehearsal.program(["plan", "rows.csv"] + form)
                #expect(plan.output.contains(line), "\(plan.output)")
            }
            _ = try await rehearsal.program(["plan", "rows.csv", "--output", "plan.jsonl"])
            let shown = try await rehearsal.shell("mava-bulk plan show plan.jsonl")
            #expect(shown.output.contains(line), "\(shown.output)")
            try await rehearsal.apply(text, as: "first")
            let undo = try await rehearsal.undo(["first", "--dry-run"])
            #expect(
                undo.output.contains("  1 update, 0 unchanged, 1 invalid, 0 conflict, 1 held"),
                "\(undo.output)")
            #expect(
                undo.output.contains(
                    "1 row cannot be undone: 1 had a category before that is not listed"),
                "\(undo.output)")
        }
    }

    @Test("Conditions leave out rows that cannot be undone, and the second look counts the others")
    func conditionsOnRefusedRows() async throws {
        let tickets = [
            Small.ticket(1), Small.ticket(2, category: nil), Small.ticket(3, status: "Spam"),
            Small.ticket(4, status: "Pending", category: nil),
        ]
        try await Small.run(tickets) { rehearsal in
            let rows = (1...4).map { "\(Small.id($0)),Resolved,Shipping,3\n" }
            try await rehearsal.apply(
                "ticketId,status,category,priority\n" + rows.joined(), as: "first")
            func counts(_ condition: String) async throws -> String {
                let result = try await rehearsal.undo(["first", "--dry-run", "--where", condition])
                return result.output
            }
            let pending = try await counts("new.status = Pending")
            #expect(
                pending.contains(
                    "0 update, 0 unchanged, 1 invalid, 0 conflict, 0 held, 3 excluded"),
                "\(pending)")
            #expect(
                pending.contains("1 row cannot be undone: 1 had no category before"), "\(pending)")
            let spam = try await counts("new.status = Spam")
            #expect(spam.contains("1 invalid, 0 conflict, 0 held, 3 excluded"), "\(spam)")
            let open = try await counts("new.status = Open and new.category = Billing")
            #expect(open.contains("1 update, 0 unchanged, 0 invalid"), "\(open)")
            #expect(!open.contains("cannot be undone: "), "\(open)")
            let none = try await counts("old.status = Open")
            #expect(none.contains("0 invalid, 0 conflict, 0 held, 4 excluded"), "\(none)")
            // The values of refused rows are known where they are to be corrected.
            _ = try await rehearsal.undo(["first", "--yes", "--run-dir", "runs/undo"])
            let failed = try rehearsal.directory.readText("runs/undo/failed.jsonl")
            #expect(failed.split(separator: "\n").count == 3, "\(failed)")
            #expect(failed.contains(#""status":"Pending","expectStatus":"Resolved""#), "\(failed)")
            #expect(failed.contains(#""categoryId":null"#), "\(failed)")
            #expect(!failed.contains("mavaBulkRefusal"), "\(failed)")
        }
    }

    @Test("Refused rows without a known value are left out of the failed rows")
    func failedRowsOfUnread() async throws {
        try await Small.run([Small.ticket(1)]) { rehearsal in
            try await rehearsal.apply(
                "ticketId,status\n\(Small.id(1)),Waiting\n", as: "blind", ["--no-read"])
            let undone = try await rehearsal.undo(["blind", "--yes", "--run-dir", "runs/undo"])
            #expect(undone.status == 3)
            #expect(try rehearsal.report("runs/undo").map { $0["outcome"] } == ["invalid"])
            let failed = try? rehearsal.directory.readText("runs/undo/failed.jsonl")
            #expect(failed ?? "" == "")
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
