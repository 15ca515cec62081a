import Foundation
import Testing

@Suite("Headers, delimiters and quotes that people have")
struct InputLayoutTests {
    private static let first = Rehearsal.firstTicket
    private static let second = Rehearsal.secondTicket

    @Test(
        "trouble with the header names the file, the columns, the line and the cause",
        arguments: [
            ("Handover\nby ops\nTicket ID,Status\n", "line 3 looks like the header"),
            ("# export\n# of today\nTicket ID;Status\n", "delete the comments above it"),
            ("\(first),Open\n", "line 1 holds a ticket id"),
            ("https://dashboard.mava.app/tickets/\(first)/x;Open\n", "line 1 holds a ticket id"),
            ("Ticket: Status\n1: Open\n", "is the delimiter right?"),
            (
                "Report for ticket,\(first)\nTicket ID,Status\n\(first),Open\n",
                "line 2 looks like the header"
            ),
            ("'\(first),Open\n", "line 1 holds a ticket id"),
            ("\"Ticket ID;Status\";;\n\"\(first);Open\";;\n", "whole lines are in quotes"),
            ("\"Ticket ID,Status\"\n\"x,Open\"\n", "whole lines are in quotes"),
            ("Number,Status\n1,Open\n", "the columns read are \"Number\", \"Status\""),
        ])
    func headers(text: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 6)
            #expect(result.errors.contains("rows.csv: "))
            #expect(result.errors.contains(said), "\(result.errors)")
            let asksForDelimiter = result.errors.contains("is the delimiter right?")
            #expect(asksForDelimiter == said.contains("delimiter"), "\(result.errors)")
        }
    }

    @Test(
        "what is said of rows in quotes as a whole, and of long fields without quotes",
        arguments: [
            ("Ticket ID,Status\n\"\(first),Pending\"\n", "without quotes around whole lines"),
            (
                "Ticket ID,Status,Note\n\(first),Pending,\(String(repeating: "x", count: 1_100_000))\n",
                "shorten the value: it is longer"
            ),
        ])
    func rowAdvice(text: String, said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 3, "\(result.errors)")
            #expect(result.output.contains(said), "\(result.output)")
            #expect(!result.output.contains("close the quote"))
        }
    }

    @Test("the message about a row with a delimiter too many says to drop it, not to use quotes")
    func someTrailingDelimiters() async throws {
        try await Rehearsal.run { rehearsal in
            let text = "Ticket ID,Status\n\(Self.first),Pending\n\(Self.second),Pending,\n"
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 3)
            #expect(
                result.output.contains("remove the delimiter at the row's end"), "\(result.output)")
        }
    }

    @Test(
        "the delimiter under which a ticket column exists wins",
        arguments: [
            "Ticket ID\tStatus\tNote (a, b, c, d, e)\nID\tResolved\tx\n",
            "Ticket ID;Status;Note a,b,c,d\nID;Resolved;x\n",
            "Ticket ID|Status|a;b;c;d|\nID|Resolved|x|\n",
            "\"sep=;\"\r\nTicket ID;Status\r\nID;Resolved\r\n",
            "\"Ticket ID\", \"Status\"\n\"ID\", \"Resolved\"\n",
            "Ticket ID,Status\nID,Resolved,\n", "Ticket ID,Status,\nID,Resolved\n",
            "Ticket ID,Status\n,\nID,Resolved\n,\n,\n",
            ",,,\nTicket ID;Status\nID;Resolved\n",
            ",\nTicket ID,Status\(String(repeating: ",note", count: 3000))\nID,Resolved"
                + "\(String(repeating: ",x", count: 3000))\n",
        ])
    func delimiters(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let text = text.replacing("\nID", with: "\n\(Self.second)")
                .replacing("\"ID\"", with: "\"\(Self.second)\"")
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 0, "\(result.errors)\(result.output)")
            #expect(result.output.contains("1 row"))
            #expect(result.output.contains("→ Resolved"))
        }
    }

    @Test(
        "an unquoted delimiter in one row is not taken for a delimiter at the end of every row",
        arguments: [
            "Ticket ID,Assignee,Note\n\(first),Mei,x\n\(second),Grace, Jane,\n",
            "Ticket ID,Assignee,Note\n\(second),Grace, Jane,\n\(first),Mei,x\n",
            "Ticket ID,Assignee,Note\n\(first),Mei,x,\n\(second),Grace, Jane,,\n",
        ])
    func shiftedRow(text: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.plan(Array(text.utf8), name: "rows.csv")
            #expect(result.status == 3, "\(result.errors)\(result.output)")
            #expect(result.output.contains("1 malformed_record"), "\(result.output)")
            #expect(!result.output.contains("→ Grace"))
        }
    }
}
