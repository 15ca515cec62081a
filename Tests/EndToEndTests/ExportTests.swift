import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("An export holds exactly the tickets that were asked for", .timeLimit(.minutes(20)))
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
            (
                ["--set", "status=Spam"],
                "--set status=Spam: use Open, Resolved, Pending or Waiting"
            ),
            (
                ["--set", "assignee=Adda"],
                "--set assignee=Adda: it is not listed; did you mean Ada?"
            ),
            (["--set", "category=Leagl"], "--set category=Leagl: it is not listed"),
            (["--set", "priority=urgent"], "--set priority=urgent: did you mean 3 (high)?"),
            (["--unset", "status"], "takes assignee"),
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
