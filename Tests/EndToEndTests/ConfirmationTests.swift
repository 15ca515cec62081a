import BulkTestSupport
import MavaSandbox
import Testing

@Suite("Updates that need their number", .timeLimit(.minutes(20)))
struct ConfirmationTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    @Test("Production needs the number of updates, and a project's file cannot switch that off")
    func production() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(user: #"{"version":1,"production":true}"#)
            try rehearsal.configure(project: #"{"version":1,"production":false}"#)
            let apply = ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota
            let yes = try await rehearsal.program(apply + ["--yes"])
            #expect(yes.status == 2)
            #expect(yes.errors.contains("--confirm N, or add --expect-plan ID"))
            #expect(rehearsal.sandbox.stats.total == 0)
            let wrong = try await rehearsal.program(apply + ["--confirm", "46"])
            #expect(wrong.status == 7)
            #expect(wrong.errors.contains("47 updates would be sent, and --confirm says 46"))
            #expect(wrong.errors.contains("PRODUCTION: \(rehearsal.sandbox.address)"))
            let dry = try await rehearsal.program(
                ["apply", Self.file, "--yes", "--dry-run"] + Rehearsal.wideQuota)
            #expect(dry.status == 0, "\(dry.errors)")
            let lines = (dry.output + dry.errors).split(separator: "\n")
            let next = try #require(lines.first { $0.hasPrefix("Next: mava-bulk apply ") })
            #expect(!next.contains("--yes"), "\(next)")
            for answer in ["y", "46"] {
                let asked = try await PseudoTerminal.run(
                    apply,
                    [
                        .wait("PRODUCTION"),
                        .wait("Send 47 updates? This is production: type 47 to go on: "),
                        .keys("\(answer)\n"),
                    ], in: rehearsal)
                #expect(asked.status == 7, "\(asked.output)")
            }
            #expect(rehearsal.puts == 0)
            let typed = try await PseudoTerminal.run(
                apply, [.wait("type 47 to go on: "), .keys("47\n")], in: rehearsal)
            #expect(typed.status == 0, "\(typed.output)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("Documents that are approved say that they are for production")
    func documents() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(user: #"{"version":1,"production":true}"#)
            let plan = ["plan", Self.file] + Rehearsal.wideQuota
            let saved = try await rehearsal.program(
                plan + ["--output", "plan.jsonl", "--html", "plan.html", "--markdown"])
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(saved.output.contains("\n\n**PRODUCTION**: `\(rehearsal.sandbox.address)`\n\n"))
            #expect(
                try rehearsal.directory.readText("plan.html").contains(
                    "<strong>PRODUCTION</strong>: <bdi>\(rehearsal.sandbox.address)</bdi>"))
            let json = try await rehearsal.program(["plan", "plan.jsonl", "--json"])
            #expect(
                json.output.contains(#""production":{"baseURL":"\#(rehearsal.sandbox.address)"}"#))
            // A command that calls no organisation goes by the configuration.
            let shown = try await rehearsal.program(["plan", "show", "plan.jsonl", "--markdown"])
            #expect(shown.errors.contains("PRODUCTION: "), "\(shown.errors)")
            #expect(shown.output.contains("**PRODUCTION**: "), "\(shown.output)")
            try rehearsal.configure(
                user:
                    #"{"version":1,"profiles":{"acme":{"production":true,"baseURL":"https://acme.example"},"own":{"production":true}}}"#
            )
            for (profile, address) in [
                ("acme", "https://acme.example"), ("own", rehearsal.sandbox.address),
            ] {
                let of = try await rehearsal.program([
                    "plan", "show", "plan.jsonl", "--profile", profile, "--json",
                ])
                let said = #""production":{"profile":"\#(profile)","baseURL":"\#(address)"}"#
                #expect(of.output.contains(said), "\(of.output)")
                #expect(of.errors.contains(address), "\(of.errors)")
            }
        }
    }

    @Test("--confirm N sends N updates without a question, and no other number")
    func confirm() async throws {
        try await Rehearsal.run { rehearsal in
            let apply = ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota
            let wrong = try await rehearsal.program(apply + ["--confirm", "48", "--no-input"])
            #expect(wrong.status == 7)
            #expect(rehearsal.puts == 0)
            let right = try await rehearsal.program(apply + ["--confirm", "47", "--no-input"])
            #expect(right.status == 0, "\(right.errors)")
            #expect(rehearsal.updates == 47)
            let undo = try await rehearsal.program(
                ["undo", "run", "--confirm", "1"] + Rehearsal.wideQuota)
            #expect(undo.status == 7)
            let text = try await rehearsal.program(apply + ["--confirm", "many"])
            #expect(text.status == 2)
        }
    }

    @Test("Tickets that are opened again need the number of updates")
    func reopened() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,status\n695bcceb7807fc7b43c25a95,Open\n", to: "rows.csv")
            let result = try await PseudoTerminal.run(
                ["apply", "rows.csv", "--run-dir", "run"] + Rehearsal.wideQuota,
                [
                    .wait("Send 1 update? 1 ticket reopens: type 1 to go on: "), .keys("1\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 1)
        }
    }

    @Test("A resumed run asks the same of the tickets that are left to be opened again")
    func reopenedByResume() async throws {
        try await Rehearsal.run(faults: "only=put,401@1") { rehearsal in
            try rehearsal.directory.write(
                "ticketId,status\n695bcceb7807fc7b43c25a95,Open\n"
                    + "\(rehearsal.sandbox.workspace.ticketIDs[0]),Pending\n", to: "rows.csv")
            let early = try await rehearsal.program(
                ["apply", "rows.csv", "--run-dir", "run", "--yes", "--concurrency", "1"]
                    + Rehearsal.wideQuota)
            #expect(early.status == 4, "\(early.errors)")
            #expect(rehearsal.updates == 0)
            let result = try await PseudoTerminal.run(
                ["resume", "run"],
                [
                    .wait("Send 2 updates? 1 ticket reopens: type 2 to go on: "), .keys("2\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 2)
        }
    }

    @Test("Where nothing is to be retried or undone, no question is asked")
    func nothing() async throws {
        try await Rehearsal.run { rehearsal in
            let id = "695c76afd0e42018b77a9c2d"
            let priority = try #require(rehearsal.sandbox.ticket(id)?.priority) % 3 + 1
            try rehearsal.directory.write(
                "ticketId,priority\n\(id),\(priority)\n", to: "one.csv")
            let first = try await rehearsal.program(
                ["apply", "one.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(first.status == 0, "\(first.errors)")
            let total = rehearsal.sandbox.stats.total
            for (command, said) in [
                (["retry", "run"], "nothing to retry: no row of run is failed or unknown"),
                (["undo", "run", "--only", "status"], "that ended updated wrote status"),
            ] {
                let result = try await rehearsal.program(command)
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains(said), "\(result.errors)")
            }
            #expect(rehearsal.sandbox.stats.total == total)
            let asks = try await rehearsal.program(["undo", "run"])
            #expect(asks.status == 2)
            #expect(asks.errors.contains("there is no terminal to ask on"), "\(asks.errors)")
        }
    }
}
