import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("What is wrong with an input is said by the built program")
struct WrongValueRehearsals {
    private static let ids = [
        "695c76afd0e42018b77a9c2d", "695cd34fa4b07254adddf65b", "695cf17c3d932d852cd0c7d1",
        "695e43e427d04d68fe18325c",
    ]

    @Test("Links and decorated ids change nothing, and the ids that are meant are named")
    func links() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try rehearsal.directory.write(
                """
                Ticket,Status
                https://dashboard.mava.example/inbox/\(Self.ids[0]),Resolved
                #\(Self.ids[1]),Resolved
                Ticket \(Self.ids[2]),Resolved
                \(Self.ids[3])/,Resolved
                12345,Resolved

                """, to: "links.csv")
            let plan = try await rehearsal.program(["plan", "links.csv"])
            #expect(plan.output.contains("0 update, 0 unchanged, 5 invalid"))
            for id in Self.ids { #expect(plan.output.contains("→ \(id)?")) }
            let lines = plan.output.split(separator: "\n")
            #expect(lines[2].contains("no ticket id in the input has the form of Mava's"))
            let apply = try await rehearsal.program(["apply", "links.csv", "--yes"])
            #expect(apply.status != 0 && rehearsal.puts == 0)
        }
    }

    @Test("Dashboard links are the tickets they lead to, from the preview to the update")
    func dashboard() async throws {
        try await Rehearsal.run { rehearsal in
            let link = "https://dashboard.mava.app/dashboard/ticket?view=open&id=\(Self.ids[0])"
            _ = try rehearsal.directory.write(
                "Ticket,Status\n\(link),Resolved\n", to: "links.csv")
            let plan = try await rehearsal.program(["plan", "links.csv"])
            #expect(plan.output.contains("values were unwrapped: 1 out of dashboard links"))
            let apply = try await rehearsal.program(
                ["apply", "links.csv", "--yes", "--run-dir", "run"])
            #expect(apply.status == 0 && rehearsal.updates == 1)
            #expect(try rehearsal.report()[0]["ticketId"] == Self.ids[0])
        }
    }

    @Test("Words of another help desk are grouped and explained in every form")
    func words() async throws {
        try await Rehearsal.run { rehearsal in
            let text =
                "Ticket ID,Status\n"
                + ["Solved", "On-hold", "Solved", "New"].enumerated()
                .map { "\(Self.ids[$0.offset]),\($0.element)\n" }.joined()
            _ = try rehearsal.directory.write(text, to: "words.csv")
            let shown = try await rehearsal.program(["plan", "words.csv"]).output
            #expect(shown.contains("2 × \"Solved\" → Resolved?"))
            #expect(shown.contains("1 × \"On-hold\" → Pending or Waiting?"))
            let markdown = try await rehearsal.program(["plan", "words.csv", "--markdown"]).output
            #expect(markdown.contains("2 × \"Solved\" → Resolved?<br>"))
            let json = try await rehearsal.program(["plan", "words.csv", "--json"]).output
            #expect(
                json.contains(
                    #"{"value":"Solved","column":"Status","count":2,"suggestion":"Resolved"}"#))
        }
    }

    @Test("A CSV snapshot with names is enough to plan, and its names are looked up in Mava")
    func snapshot() async throws {
        try await Rehearsal.run { rehearsal in
            _ = try rehearsal.directory.write(
                """
                Ticket ID;Status;Assignee;AI Status
                \(Self.ids[0]);pending;mei;
                \(Self.ids[1]);Open;;

                """, to: "tickets.csv")
            _ = try rehearsal.directory.write(
                "Ticket ID,Status,Assignee\n\(Self.ids[0]),Pending,Mei\n\(Self.ids[1]),,Mei\n",
                to: "rows.csv")
            let plan = try await rehearsal.program(
                ["plan", "rows.csv", "--snapshot", "tickets.csv"])
            #expect(plan.output.contains("1 update, 1 unchanged, 0 invalid"))
            #expect(plan.output.contains("assignedTo nobody → Mei"))
            #expect(rehearsal.sandbox.stats.count(route: "/api/tickets", method: "GET") == 0)
        }
    }

    @Test("Without a key, names beside ids in the snapshot serve, and every form says so")
    func withoutKey() async throws {
        let directory = try TemporaryDirectory()
        let agent =
            "{\"_id\":\"6630a1f4c2b9e4a1d8f00b21\",\"name\":\"Mei\",\"email\":\"mei@a.example\"}"
        _ = try directory.write(
            "{\"_id\":\"\(Self.ids[0])\",\"status\":\"Open\",\"assignedTo\":\(agent)}\n"
                + "{\"tickets\":[{\"_id\":\"\(Self.ids[1])\",\"status\":\"Open\"}]}\n",
            to: "tickets.jsonl")
        _ = try directory.write(
            "id,agent\n\(Self.ids[0]),mei@a.example\n\(Self.ids[1]),Mei\n", to: "rows.csv")
        for form in [[], ["--markdown"], ["--json"]] {
            let plan = try await BuiltProgram.run(
                ["plan", "rows.csv", "--snapshot", "tickets.jsonl"] + form,
                in: URL(filePath: directory.path))
            #expect(plan.output.contains("names were looked up in the snapshot"))
            #expect(plan.output.contains("Mei") && !plan.output.contains("agent_unknown"))
        }
    }
}
