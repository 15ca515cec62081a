import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Exported rows are planned and applied", .timeLimit(.minutes(20)))
struct ExportedRowsTests {
    @Test(
        "Exported, not edited and planned, nothing changes; and it serves as a snapshot",
        arguments: [
            [], ["--format", "jsonl"], ["--columns", "ticketId,status,priority,category,assignee"],
            ["--delimiter", ";", "--bom"],
        ])
    func roundTrip(options: [String]) async throws {
        try await ExportRehearsal.run { rehearsal in
            let export = try await rehearsal.program(["export"] + options)
            #expect(export.status == 0)
            try rehearsal.directory.write(export.output, to: "tickets")
            try rehearsal.directory.write(
                try await rehearsal.program(["export"]).output, to: "snapshot")
            let live = try await rehearsal.program(["plan", "tickets"])
            #expect(live.status == 0, "\(live.output)")
            #expect(live.output.contains("0 update, 3,000 unchanged, 0 invalid"))
            #expect(!live.output.contains("is not known"))
            let before = rehearsal.pages
            let offline = try await rehearsal.program(["plan", "tickets", "--snapshot", "snapshot"])
            #expect(offline.output.contains("0 update, 3,000 unchanged, 0 invalid"))
            #expect(rehearsal.pages == before)
        }
    }

    @Test("A value that no update can write is right only for a ticket that holds it")
    func heldValues() async throws {
        try await ExportRehearsal.run { rehearsal in
            let spam = try #require(rehearsal.ids { $0["status"] as? String == "Spam" }.min())
            let open = try #require(rehearsal.ids { $0["status"] as? String == "Open" }.min())
            let listed = Set(rehearsal.agents.values)
            let departed = try #require(
                rehearsal.tickets.first {
                    ($0["assignedTo"] as? String).map { !listed.contains($0) } ?? false
                })
            let id = try #require(departed["_id"] as? String)
            let agent = try #require(departed["assignedTo"] as? String)
            let rows = """
                ticketId,status,assignedTo
                \(spam),Spam,
                \(open),Spam,
                \(id),,\(agent)
                \(open),,\(agent)

                """
            let result = try await rehearsal.program(["plan", "-", "--rows"], input: rows)
            #expect(result.status == 3)
            #expect(result.output.contains("0 update, 2 unchanged, 2 invalid"), "\(result.output)")
            #expect(result.output.contains("\"Spam\" is not a status of Mava"))
            #expect(result.output.contains("no listed agent has the id"))
        }
    }

    @Test("Names with commas, quotes and the start of a formula come back as they are")
    func oddNames() async throws {
        let names = [
            #"Ada, \"the\" first"#, "=SUM(A1)", "+49 team", "-Eve", "@home", "＝Ben", "'＠home",
        ]
        let agents = names.enumerated().map {
            "{\"id\":\"6630a1f4c2b9e4a1d8f00b2\($0)\",\"username\":\"\($1)\"}"
        }
        let tickets = names.indices.map {
            "{\"_id\":\"665f1c0ac2b9e4a1d8f1000\($0)\",\"assignedTo\":\"6630a1f4c2b9e4a1d8f00b2\($0)\",\"subject\":\"\(names[$0])\"}"
        }
        let json = """
            {"organisations":[{"apiKeys":["k"],"agents":[\(agents.joined(separator: ","))],
            "tickets":[\(tickets.joined(separator: ","))]}]}
            """
        try await ExportRehearsal.run(json: json) { rehearsal in
            let export = try await rehearsal.program(
                ["export", "--columns", "ticketId,assignee,subject"])
            let guarded = [
                "Ada, \"the\" first", "'=SUM(A1)", "'+49 team", "'-Eve", "'@home", "'＝Ben",
                "''＠home",
            ]
            #expect(export.rows.map { $0["assignee"] } == guarded)
            #expect(export.rows.map { $0["subject"] } == guarded)
            let plan = try await rehearsal.program(["plan", "-"], input: export.output)
            #expect(plan.output.contains("0 update, 7 unchanged, 0 invalid"), "\(plan.output)")
            let one = try await rehearsal.program(["export", "--assignee", "=sum(a1)"])
            #expect(one.ids == ["665f1c0ac2b9e4a1d8f10001"])
        }
    }

    @Test("Wanted values are written for the tickets that do not hold them, and applied")
    func wanted() async throws {
        try await ExportRehearsal.run { rehearsal in
            let waiting = rehearsal.ids { $0["status"] as? String == "Waiting" }
            let export = [
                "export", "--status", "Waiting", "--idle", "14d", "--set", "status=resolved",
                "--unset", "assignee",
            ]
            let first = try await rehearsal.program(export)
            #expect(Set(first.ids) == waiting)
            #expect(
                first.output.hasPrefix(
                    "ticketId,status,assignedTo,expectStatus,expectAssignedTo,expectUpdatedAt,"))
            let applied = try await rehearsal.program(
                ["apply", "-", "--yes", "--run-dir", "run"], input: first.output)
            #expect(applied.status == 0, "\(applied.output)\(applied.errors)")
            for id in waiting {
                let ticket = try #require(rehearsal.sandbox.workspace.ticket(id))
                #expect((ticket.status, ticket.assignedTo) == ("Resolved", nil))
            }
            let again = try await rehearsal.program(
                ["apply", "-", "--yes", "--allow-empty", "--run-dir", "again"],
                input: try await rehearsal.program(export).output)
            #expect(again.status == 0, "\(again.errors)")
            #expect(
                rehearsal.sandbox.stats.count(route: "/api/ticket", method: "PUT") == waiting.count)
            let held = try await rehearsal.program(
                ["export", "--set", "status=Resolved", "--format", "jsonl"])
            #expect(!held.output.contains("\"expectStatus\":\"Resolved\""))
        }
    }

    @Test("Tickets that change while they are read are neither lost nor doubled, nor overwritten")
    func moving() async throws {
        let start = try Workspace.generate(tickets: 4000, seed: 3)
        let (exported, later) = try await ExportRehearsal.run(start, faults: "moving=25") {
            rehearsal in
            let result = try await rehearsal.program(["export", "--set", "status=Resolved"])
            #expect(result.status == 0, "\(result.errors)")
            let whole = try await rehearsal.program(["export", "--columns", "ticketId"])
            #expect(Set(whole.ids).count == whole.ids.count)
            let left = Set(rehearsal.sandbox.workspace.ticketIDs)
            let lost = rehearsal.ids { _ in true }.intersection(left).subtracting(whole.ids)
            #expect(lost.isEmpty, "there all the time, and lost")
            return (result, rehearsal.sandbox.workspace)
        }
        #expect(Set(exported.ids).count == exported.ids.count)
        // The file is applied to the tickets as they have become.
        try await ExportRehearsal.run(later) { rehearsal in
            let result = try await rehearsal.program(
                ["apply", "-", "--yes", "--run-dir", "run"], input: exported.output)
            #expect(result.status == 3, "\(result.errors)")
            let seen = Dictionary(
                uniqueKeysWithValues: exported.rows.map { ($0["ticketId"] ?? "", $0) })
            var moved = 0
            for (id, row) in seen {
                guard let before = later.ticket(id),
                    let after = rehearsal.sandbox.workspace.ticket(id)
                else { continue }
                let wasTouched =
                    rehearsal.tickets.first { $0["_id"] as? String == id }?["updatedAt"] as? String
                    != row["expectUpdatedAt"]
                guard wasTouched else { continue }
                moved += 1
                #expect((after.status, after.updatedAt) == (before.status, before.updatedAt))
                #expect(after.requests == 0)
            }
            #expect(moved > 20)
            #expect(result.output.contains("conflict"))
        }
    }

    @Test("With look-ups and a snapshot, names are found without a key")
    func lookups() async throws {
        try await ExportRehearsal.run { rehearsal in
            let export = [
                "export", "--output", "snapshot.csv", "--columns", "ticketId,assignedTo,status",
                "--lookups", "names.json",
            ]
            #expect(try await rehearsal.program(export).status == 0)
            let written = try rehearsal.directory.readText("names.json")
            #expect(
                try await rehearsal.program(["lookups"]).output.split(separator: "\n").count
                    == written.split(separator: "\n").count)
            let ada = try #require(rehearsal.agents["Ada"])
            let grace = try #require(
                rehearsal.ids { $0["assignedTo"] as? String == rehearsal.agents["Grace"] }.min())
            try rehearsal.directory.write(
                "ticketId,assignee\n\(grace),ada@generated.example\n", to: "rows.csv")
            let plan = ["plan", "rows.csv", "--snapshot", "snapshot.csv", "--rows"]
            let folder = URL(filePath: rehearsal.directory.path)
            let result = try await BuiltProgram.run(plan + ["--lookups", "names.json"], in: folder)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.output.contains("Grace → Ada"))
            #expect(!ada.isEmpty)
            let without = try await BuiltProgram.run(plan, in: folder)
            #expect(without.status == 3)
            let wrong = try await BuiltProgram.run(plan + ["--lookups", "rows.csv"], in: folder)
            #expect(wrong.status == 6)
            #expect(wrong.errors.contains("cannot serve as look-ups"))
        }
    }
}
