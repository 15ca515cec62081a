import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("An export holds exactly the tickets that were asked for", .timeLimit(.minutes(5)))
struct ExportTests {
    @Test(
        "A tag that no ticket has is a warning with the closest one, also with --set and for counts",
        arguments: [["export"], ["export", "--set", "status=Resolved"], ["agents", "--count"]])
    func missingTag(command: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(command + ["--tag", "androd"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(
                result.errors.contains(
                    "warning: none of the tickets that were read has the tag `androd`; did you mean `android`?"
                ),
                "\(result.errors)")
            let far = try await rehearsal.program(command + ["--tag", "zzzzzz"])
            #expect(far.errors.contains("`zzzzzz`; the API has no list of tags"), "\(far.errors)")
            let right = try await rehearsal.program(command + ["--tag", "Android"])
            #expect(!right.errors.contains("warning"), "\(right.errors)")
        }
    }

    @Test("Every filter gives exactly its tickets, each once")
    func filters() async throws {
        try await ExportRehearsal.run { rehearsal in
            let ada = try #require(rehearsal.agents["Ada"])
            func text(_ ticket: [String: Any], _ key: String) -> String? { ticket[key] as? String }
            let cases: [([String], ([String: Any]) -> Bool)] = [
                ([], { _ in true }),
                (
                    ["--status", "waiting", "--status", "Spam"],
                    { ticket in
                        ["Waiting", "Spam"].contains(text(ticket, "status"))
                    }
                ),
                (["--status", "Open"], { text($0, "status") == "Open" }),
                (["--assignee", "ada@generated.example"], { text($0, "assignedTo") == ada }),
                (
                    ["--assignee", "Ada", "--assignee", "unassigned"],
                    { [ada, nil].contains(text($0, "assignedTo")) }
                ),
                (["--tag", "VIP"], { ($0["tags"] as? [String])?.contains("vip") == true }),
                (["--origin", "email"], { text($0, "sourceType") == "email" }),
                (
                    ["--csat", "5", "--csat", "no-rating"],
                    { [nil, 5].contains($0["csat"] as? Int) }
                ),
                (
                    ["--since", "2025-03-01", "--until", "2025-06-01T12:00:00+02:00"],
                    { ticket in
                        let created = text(ticket, "createdAt") ?? ""
                        return created >= "2025-03-01" && created < "2025-06-01T10"
                    }
                ),
                (
                    ["--status", "Resolved", "--assignee", "Ada", "--origin", "web"],
                    { ticket in
                        text(ticket, "status") == "Resolved" && text(ticket, "assignedTo") == ada
                            && text(ticket, "sourceType") == "web"
                    }
                ),
            ]
            for (options, condition) in cases {
                let result = try await rehearsal.program(
                    ["export", "--columns", "ticketId,subject"] + options)
                #expect(result.status == 0, "\(result.errors)")
                let ids = result.ids
                #expect(Set(ids).count == ids.count, "\(options)")
                #expect(Set(ids) == rehearsal.ids(condition), "\(options)")
                #expect(!ids.isEmpty)
            }
        }
    }

    @Test("Idle and old tickets are found by their ages")
    func ages() async throws {
        let now = ISO8601DateFormatter()
        func time(_ days: Double) -> String {
            now.string(from: Date(timeIntervalSinceNow: -86_400 * days))
        }
        func id(_ number: Int, _ days: Double) -> String {
            let seconds = Int(Date(timeIntervalSinceNow: -86_400 * days).timeIntervalSince1970)
            return String(seconds, radix: 16) + "c2b9e4a1d8f1000\(number)"
        }
        let tickets = [(id(1, 100), 30.0), (id(2, 100), 5), (id(3, 20), 16), (id(4, 3), 1)].map {
            "{\"_id\":\"\($0)\",\"status\":\"Waiting\",\"updatedAt\":\"\(time($1))\"}"
        }
        let json =
            "{\"organisations\":[{\"apiKeys\":[\"k\"],\"tickets\":[\(tickets.joined(separator: ","))]}]}"
        try await ExportRehearsal.run(json: json) { rehearsal in
            for (options, numbers) in [
                (["--idle", "14d"], [1, 3]), (["--older", "10d"], [1, 2, 3]),
                (["--older", "90d", "--idle", "2w"], [1]), (["--since", "30d"], [3, 4]),
            ] {
                let result = try await rehearsal.program(["export"] + options)
                #expect(result.ids.compactMap { $0.last?.wholeNumberValue } == numbers)
            }
        }
    }

    @Test("A number of tickets, a sample and a list of ids")
    func parts() async throws {
        try await ExportRehearsal.run { rehearsal in
            let all = try await rehearsal.program(["export"]).ids
            #expect(
                try await rehearsal.program(["export", "--limit", "7"]).ids == Array(all.prefix(7)))
            let sample = try await rehearsal.program(["export", "--sample", "20", "--seed", "4"])
                .ids
            #expect(sample.count == 20)
            #expect(
                try await rehearsal.program(["export", "--sample", "20", "--seed", "4"]).ids
                    == sample)
            let wanted = [all[5], all[1500], all[2999]]
            try rehearsal.directory.write(
                (wanted + ["66881679b3466f8a7bffffff"]).joined(separator: "\n"), to: "ids.txt")
            let before = rehearsal.pages
            let result = try await rehearsal.program(["export", "--id-file", "ids.txt"])
            #expect(Set(result.ids) == Set(wanted))
            #expect(result.errors.contains("66881679b3466f8a7bffffff"))
            #expect(rehearsal.pages - before < 20)
        }
    }

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
        let names = [#"Ada, \"the\" first"#, "=SUM(A1)", "+49 team", "-Eve", "@home"]
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
            let guarded = ["Ada, \"the\" first", "'=SUM(A1)", "'+49 team", "'-Eve", "'@home"]
            #expect(export.rows.map { $0["assignee"] } == guarded)
            #expect(export.rows.map { $0["subject"] } == guarded)
            let plan = try await rehearsal.program(["plan", "-"], input: export.output)
            #expect(plan.output.contains("0 update, 5 unchanged, 0 invalid"), "\(plan.output)")
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

    @Test("An export that ends early leaves no file", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await ExportRehearsal.run(faults: "latency=40ms") { rehearsal in
            let program = try rehearsal.start(["export", "--output", "tickets.csv"])
            let sandbox = rehearsal.sandbox
            try await program.signal(signal) {
                sandbox.stats.count(route: "/api/tickets", method: "GET") > 5
            }
            let result = try await program.end()
            #expect(result.status == 128 + signal)
            let said = String(decoding: result.errors, as: UTF8.self)
            #expect(said.contains("interrupted: the export is not complete"), "\(said)")
            let left = try rehearsal.leftovers()
            #expect(!left.contains { $0.contains("tickets.csv") }, "\(left)")
        }
    }

    @Test("A full disk is an error, and a reader that has seen enough is none")
    func outputs() async throws {
        try await ExportRehearsal.run { rehearsal in
            let full = try await rehearsal.shell("mava-bulk export --quota 1000000/1s > /dev/full")
            #expect(full.status == 1)
            #expect(full.errors.contains("standard output"))
            let small = try await rehearsal.shell(
                "ulimit -f 16; mava-bulk export --quota 1000000/1s --output tickets.csv")
            #expect(small.status == 1)
            #expect(try !rehearsal.leftovers().contains { $0.contains("tickets.csv") })
            let before = rehearsal.pages
            let head = try await rehearsal.shell(
                "mava-bulk export --quota 1000000/1s | head -1")
            #expect(head.status == 0, "\(head.errors)")
            #expect(head.errors.isEmpty)
            #expect(head.output.hasPrefix("ticketId,status"))
            #expect(rehearsal.pages - before < 42, "it stops to read")
            #expect(try await rehearsal.program(["export", "--output", "x.csv"]).status == 0)
            let again = try await rehearsal.program(["export", "--output", "x.csv"])
            #expect(again.status == 2)
            #expect(again.errors.contains("x.csv exists"))
            #expect(
                try await rehearsal.program(["export", "--output", "x.csv", "--force"]).status == 0)
        }
    }

    @Test("Counts are those of the tickets, and agents who have left are named")
    func counts() async throws {
        try await ExportRehearsal.run { rehearsal in
            let counted = try await rehearsal.program(["agents", "--count", "--csv"])
            #expect(counted.status == 0)
            #expect(counted.errors.contains("counting reads the tickets"))
            for row in counted.rows {
                let id = try #require(row["id"])
                let all = rehearsal.ids { $0["assignedTo"] as? String == id }
                let open = rehearsal.ids {
                    $0["assignedTo"] as? String == id && $0["status"] as? String != "Resolved"
                }
                #expect(row["tickets"] == "\(all.count)")
                #expect(row["unresolved"] == "\(open.count)")
            }
            let holders = Set(rehearsal.tickets.compactMap { $0["assignedTo"] as? String })
            #expect(Set(counted.rows.compactMap { $0["id"] }).isSuperset(of: holders))
            #expect(counted.rows.contains { $0["username"] == "not listed" })
            let none = rehearsal.ids { $0["assignedTo"] is NSNull }
            #expect(counted.errors.contains("\(none.count) tickets have no agent"))
            let json = try await rehearsal.program(["categories", "--count", "--json"])
            #expect(json.output.contains("\"listed\":false"))
            let total = rehearsal.ids { $0["category"] is String }.count
            let sum = json.output.split(separator: "\n").reduce(0) { sum, line in
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                return sum + ((object as? [String: Any])?["tickets"] as? Int ?? 0)
            }
            #expect(sum == total)
            let open = try await rehearsal.program([
                "agents", "--count", "--csv", "--status", "Open",
            ])
            let openSum = open.rows.reduce(0) { $0 + (Int($1["tickets"] ?? "") ?? 0) }
            let assigned = rehearsal.ids {
                $0["status"] as? String == "Open" && $0["assignedTo"] is String
            }
            #expect(openSum == assigned.count)
        }
    }

    @Test("A map template has every agent and an empty column to fill in")
    func map() async throws {
        try await ExportRehearsal.run { rehearsal in
            let map = try await rehearsal.program(["agents", "--map"])
            #expect(map.output.hasPrefix("from,to,name,email,tickets,unresolved\n"))
            #expect(map.rows.allSatisfy { $0["to"] == "" })
            let ids = Set(map.rows.compactMap { $0["from"] })
            #expect(ids.isSuperset(of: rehearsal.agents.values))
            #expect(map.rows.contains { $0["name"] == "not listed" })
            let tickets = map.rows.compactMap { Int($0["tickets"] ?? "") }
            #expect(tickets == tickets.sorted(by: >) && tickets.reduce(0, +) > 1000)
            for (options, said) in [
                (["--map", "--json"], "contradict"), (["--status", "Open"], "give --count"),
            ] {
                let result = try await rehearsal.program(["agents"] + options)
                #expect(result.status == 2)
                #expect(result.errors.contains(said))
            }
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

    @Test("Every command on the page about exports runs as it stands")
    func page() async throws {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/export.md"), encoding: .utf8)
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("    mava-bulk ") }
        #expect(lines.count >= 9)
        let workspace = try Workspace.load(path: Rehearsal.sample("workspace.json"))
        try await ExportRehearsal.run(workspace) { rehearsal in
            for line in lines {
                let result = try await rehearsal.shell("export MAVA_BULK_QUOTA=10000/1s;" + line)
                #expect(result.status == 0, "\(line): \(result.errors)")
            }
            #expect(try rehearsal.directory.readText("theirs.csv").contains(",Ada,"))
        }
    }

    @Test(
        "What cannot be meant ends with 2 before a ticket is read, and says what was meant",
        arguments: [
            (["--assignee", "Adda"], "did you mean Ada?"),
            (["--category", "Biling"], "did you mean Billing?"),
            (["--status", "Wating"], "did you mean Waiting?"),
            (["--origin", "mail"], "did you mean email?"),
            (["--csat", "6"], "no-rating"), (["--idle", "soon"], "--idle takes a time such as"),
            (["--since", "2026-02-30"], "a time such as"),
            (["--since", "2026-03-01", "--until", "2026-03-01"], "no ticket can match"),
            (["--columns", "ticketId,asignee"], "did you mean assignee?"),
            (["--columns", "subject"], "needs ticketId"),
            (["--columns", "ticketId,status,status"], "twice"),
            (["--set", "status"], "status=Resolved"),
            (["--set", "statsu=Open"], "did you mean status?"),
            (["--set", "status=Spam"], "--set takes Open"),
            (["--set", "assignee=Adda"], "did you mean Ada?"),
            (["--set", "priority=urgent"], "1 to 3"), (["--unset", "status"], "takes assignee"),
            (["--set", "assignee=Ada", "--unset", "assignee"], "set twice"),
            (["--limit", "3", "--sample", "3"], "contradict"), (["--seed", "3"], "--sample"),
            (["--format", "jsonl", "--bom"], "--bom is for CSV"),
            (["--delimiter", "x"], "takes , ; | or tab"),
        ])
    func usage(options: [String], said: String) async throws {
        try await ExportRehearsal.run(tickets: 10) { rehearsal in
            let result = try await rehearsal.program(["export"] + options)
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(rehearsal.pages == 0)
        }
    }
}
