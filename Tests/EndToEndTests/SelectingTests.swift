import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("From a question to a plan, without a script", .timeLimit(.minutes(20)))
struct SelectingTests {
    /// Who holds a ticket in the workspace as it was.
    private static func assignee(_ ticket: [String: Any]) -> String? {
        ticket["assignedTo"] as? String
    }

    @Test("A migration: export, map template, plan with the map, apply; nothing else changes")
    func migration() async throws {
        try await ExportRehearsal.run(tickets: 20_000, seed: 3) { rehearsal in
            let ada = try #require(rehearsal.agents["Ada"])
            let linus = try #require(rehearsal.agents["Linus"])
            let grace = try #require(rehearsal.agents["Grace"])
            let made = try await rehearsal.shell(
                "mava-bulk export --quota 1000000/1s --assignee Ada --assignee Linus "
                    + "--columns ticketId,status,assignee,subject > theirs.csv && "
                    + "mava-bulk agents --quota 1000000/1s --map > map.csv && "
                    + "sed -i 's/^\\(\(ada)\\|\(linus)\\),,/\\1,Grace,/' map.csv")
            #expect(made.status == 0, "\(made.errors)")
            let plan = try await rehearsal.program([
                "plan", "theirs.csv", "--only", "assignee", "--map", "assignee=map.csv",
                "--output", "plan.jsonl",
            ])
            #expect(plan.status == 0, "\(plan.errors)")
            let theirs = rehearsal.ids { [ada, linus].contains(Self.assignee($0)) }
            #expect(
                plan.output.contains("assignedTo Ada → Grace  [map.csv:2]"), "\(plan.output)")
            #expect(plan.output.contains("assignedTo Linus → Grace  [map.csv:4]"))
            let before = rehearsal.sandbox.audit().count
            let applied = try await rehearsal.program([
                "apply", "plan.jsonl", "--yes", "--allow-ai-handoff", "--run-dir", "run",
            ])
            // The option shapes plans, and this one is made already.
            #expect(applied.status == 2, "\(applied.errors)")
            let run = try await rehearsal.program([
                "apply", "plan.jsonl", "--yes", "--run-dir", "run",
            ])
            let held = rehearsal.ids { ticket in
                theirs.contains(ticket["_id"] as? String ?? "")
                    && !["HandedOff", "Resolved", nil].contains(ticket["aiStatus"] as? String)
            }
            #expect(run.status == (held.isEmpty ? 0 : 3), "\(run.errors)")
            let moved = theirs.subtracting(held)
            #expect(
                rehearsal.sandbox.stats.count(route: "/api/ticket", method: "PUT", status: 200)
                    == moved.count)
            #expect(rehearsal.sandbox.audit().count - before == moved.count)
            for ticket in rehearsal.tickets {
                let id = try #require(ticket["_id"] as? String)
                let now = try #require(rehearsal.sandbox.workspace.ticket(id))
                #expect(now.assignedTo == (moved.contains(id) ? grace : Self.assignee(ticket)))
                #expect(now.status == ticket["status"] as? String)
            }
        }
    }

    @Test("A preview by condition and number, whose suggested command does the same")
    func preview() async throws {
        try await ExportRehearsal.run { rehearsal in
            let export = try await rehearsal.program(["export", "--output", "tickets.csv"])
            #expect(export.status == 0)
            let plan = try await rehearsal.program([
                "plan", "tickets.csv", "--where", "priority = 3", "--where",
                "old.status in (Open, Waiting)", "--limit", "20", "--set", "priority=low",
                "--markdown",
            ])
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.output.contains("| 20 | 0 | 0 | 0 | 0 | 2,980 |"), "\(plan.output)")
            let command = try #require(
                plan.output.split(separator: "\n").first { $0.hasPrefix("mava-bulk apply") })
            let applied = try await rehearsal.shell(command + " --yes --run-dir run")
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(applied.output.contains("20 updated, 2,980 excluded"), "\(applied.output)")
            let wanted = rehearsal.tickets.filter {
                $0["priority"] as? Int == 3
                    && ["Open", "Waiting"].contains($0["status"] as? String)
            }
            #expect(wanted.count > 20)
            var changed = 0
            for ticket in rehearsal.tickets {
                let id = try #require(ticket["_id"] as? String)
                let now = try #require(rehearsal.sandbox.workspace.ticket(id))
                guard now.priority != ticket["priority"] as? Int else { continue }
                changed += 1
                #expect(wanted.contains { $0["_id"] as? String == id })
                #expect(now.priority == 1)
            }
            #expect(changed == 20)
            let report = try String(
                contentsOfFile: rehearsal.directory.file("run/report.csv"), encoding: .utf8)
            #expect(CSVLines.split(report).count == 3001)
            let left = try FileManager.default.contentsOfDirectory(
                atPath: rehearsal.directory.file("run"))
            #expect(!left.contains("failed.csv"), "excluded rows are no rows to apply again")
        }
    }

    @Test(
        "An export chooses by a condition exactly as the tickets say",
        arguments: [
            "status = waiting and priority >= 2", "assignee = Ada or assignee = unassigned",
            "not (origin in (web, email)) and tags contains vip", "csat = '' and priority != 3",
            "createdAt >= 2025-03-01 and createdAt < 2025-06-01",
            "category = Login and old.status != Resolved",
        ])
    func exported(condition: String) async throws {
        try await ExportRehearsal.run { rehearsal in
            let result = try await rehearsal.program(["export", "--where", condition])
            #expect(result.status == 0, "\(result.errors)")
            let ada = try #require(rehearsal.agents["Ada"])
            func text(_ ticket: [String: Any], _ key: String) -> String? { ticket[key] as? String }
            func priority(_ ticket: [String: Any]) -> Int { ticket["priority"] as? Int ?? 0 }
            let expected: Set<String>
            switch condition.prefix(6) {
            case "status":
                expected = rehearsal.ids { text($0, "status") == "Waiting" && priority($0) >= 2 }
            case "assign": expected = rehearsal.ids { [ada, nil].contains(text($0, "assignedTo")) }
            case "not (o":
                expected = rehearsal.ids { ticket in
                    !["web", "email"].contains(text(ticket, "sourceType"))
                        && (ticket["tags"] as? [String] ?? []).contains { $0.contains("vip") }
                }
            case "csat =":
                expected = rehearsal.ids { $0["csat"] as? Int == nil && priority($0) != 3 }
            case "create":
                expected = rehearsal.ids { ticket in
                    let created = text(ticket, "createdAt") ?? ""
                    return created >= "2025-03-01" && created < "2025-06-01"
                }
            default:
                // The rows say the name beside the id.
                expected = Set(
                    result.rows.filter { $0["category"] == "Login" && $0["status"] != "Resolved" }
                        .compactMap { $0["ticketId"] })
            }
            #expect(!expected.isEmpty)
            #expect(Set(result.ids) == expected)
        }
    }

    @Test(
        "A mistake in a condition is shown over its place, and nothing is read",
        arguments: [
            (["export", "--where", "assignee = Adda"], "                   ^"),
            (["plan", "rows.csv", "--where", "prio = 3"], "  ^"),
            (["plan", "rows.csv", "--where", "status = (Open"], "           ^"),
        ])
    func mistakes(arguments: [String], caret: String) async throws {
        try await ExportRehearsal.run(tickets: 10) { rehearsal in
            try rehearsal.directory.write("ticketId,status\nx1,Open\n", to: "rows.csv")
            let result = try await rehearsal.program(arguments)
            #expect(result.status == 2)
            let lines = result.errors.split(separator: "\n")
            #expect(lines.count == 3, "\(result.errors)")
            #expect(lines.last?.hasSuffix("^") == true)
            #expect(lines[1] == "  " + arguments.last!)
            #expect(rehearsal.pages == 0)
        }
    }

    @Test("The file of failed rows means the same without the options of its plan")
    func failedRows() async throws {
        try await ExportRehearsal.run { rehearsal in
            let open = rehearsal.ids { $0["status"] as? String == "Open" }.sorted()
            let id = open[0]
            try rehearsal.directory.write(
                """
                Ticket #,Agent,New Agent,Status
                \(id),Ada,Zoe,Nonsense
                \(open[1]),Ada,Grace,
                """, to: "rows.csv")
            let first = try await rehearsal.program([
                "apply", "rows.csv", "--yes", "--column", "New Agent=assignee", "--ignore",
                "status",
                "--default", "priority=3", "--run-dir", "run",
            ])
            #expect(first.status == 3, "\(first.errors)")
            let path = rehearsal.directory.file("run/failed.csv")
            var failed = try String(contentsOfFile: path, encoding: .utf8)
            #expect(CSVLines.split(failed).count == 2)
            failed = failed.replacingOccurrences(of: "Zoe", with: "Grace")
            let again = try await rehearsal.program(
                ["apply", "-", "--yes", "--allow-ai-handoff", "--run-dir", "again"], input: failed)
            #expect(again.status == 0, "\(failed)\(again.errors)\(again.output)")
            let ticket = try #require(rehearsal.sandbox.workspace.ticket(id))
            #expect(ticket.assignedTo == rehearsal.agents["Grace"])
            #expect(ticket.status == "Open")
        }
    }

    @Test("A sample without a seed is the same again, and look-ups replace no file")
    func repeated() async throws {
        try await ExportRehearsal.run(tickets: 300) { rehearsal in
            let export = ["export", "--output", "tickets.csv"]
            #expect(try await rehearsal.program(export).status == 0)
            let plan = ["plan", "tickets.csv", "--set", "priority=2", "--sample", "5", "--rows"]
            let first = try await rehearsal.program(plan)
            let again = try await rehearsal.program(plan)
            func rows(_ result: BuiltProgram.Result) -> [Substring] {
                result.output.split(separator: "\n").filter { $0.hasPrefix("row ") }
            }
            #expect(rows(first).count == 300)
            #expect(rows(first) == rows(again))
            let over = try await rehearsal.program(["export", "--lookups", "tickets.csv"])
            #expect(over.status == 2, "\(over.errors)")
            let both = try await rehearsal.program([
                "export", "--output", "x.csv", "--lookups", "x.csv",
            ])
            #expect(both.status == 2)
            #expect(try rehearsal.directory.readText("tickets.csv").hasPrefix("ticketId,"))
        }
    }
}
