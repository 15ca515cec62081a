import BulkTestSupport
import Testing

@Suite("What cannot be undone", .timeLimit(.minutes(20)))
struct UndoRefusalTests {
    private typealias Small = SmallWorkspace

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
            // A name alone would mean what is put back, and people ask for what tickets hold.
            for (condition, message) in [
                ("status = Resolved", "write old.status for what the ticket holds"),
                ("not (Priority = 3)", "new.Priority for what is put back"),
                ("row = abc", "a row is a number"),
            ] {
                let result = try await rehearsal.undo(["first", "--dry-run", "--where", condition])
                #expect(result.status == 2 && result.errors.contains(message), "\(result.errors)")
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
}
