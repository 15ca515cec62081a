import BulkTestSupport
import Foundation
import Testing

/// Inputs whose columns say one thing in several ways, or in a way that CSV writers would change.
@Suite("A refused row is refused again until it is corrected", .timeLimit(.minutes(20)))
struct FailedLayoutTests {
    private static let ada = "695c76afd0e42018b77a9c2d"
    private static let other = "695cd34fa4b07254adddf65b"
    private static let handledByAI = "695db749ef7f42bba550868a"
    private static let adasID = "666029109448cf3066ddb126"
    private static let link = "https://dashboard.mava.app/dashboard/ticket?id="

    /// An input with one row that is refused, and a correction of it.
    struct Layout: Sendable, CustomTestStringConvertible {
        var input: String
        var code: String
        /// What is replaced, in the file of failed rows as in the input.
        var wrong: String
        var right: String
        var options: [String] = []
        /// The name of the input, which says its format.
        var name = "rows.csv"

        var testDescription: String {
            (options + [input.replacing("\n", with: "⏎")]).joined(separator: " ")
        }
    }

    private static let layouts: [Layout] = [
        // An agent's id, e-mail and name.
        Layout(
            input: "Ticket ID,Assignee,Assignee Email\n\(ada),Mei,grace@lumenpay.example\n",
            code: "value_invalid", wrong: "Mei", right: "Grace"),
        Layout(
            input: "ticketId,assignedTo,assignee\n\(ada),\(adasID),Grace\n",
            code: "value_invalid", wrong: adasID, right: ""),
        Layout(
            input: "Ticket ID,Agent ID,Agent,Agent Email\n\(ada),unassigned,Grace,\n",
            code: "value_invalid", wrong: "unassigned", right: ""),
        // The ticket's id, link and number.
        Layout(
            input: "Ticket ID,Ticket URL,Status\n\(ada),\(link)\(other),Resolved\n",
            code: "ticket_id_invalid", wrong: link + other, right: link + ada),
        Layout(
            input: "Ticket ID,Ticket URL,Ticket Number,Status\n,\(link)\(other),77,Resolved\n",
            code: "ticket_id_missing", wrong: "\n,", right: "\n\(other),"),
        // What is not read does not become a request.
        Layout(
            input: "Ticket ID,Status,State,Assignee,expectPriority\n\(ada),,open,Grace,1\n",
            code: "precondition_failed", wrong: "Grace,1", right: "Grace,3"),
        Layout(
            input: "Ticket ID,Priority,Ticket Priority,Status\n\(ada),,1,Opne\n",
            code: "status_invalid", wrong: "Opne", right: "Open"),
        Layout(
            input: "Ticket ID,Status,State,Assignee,Priority\n\(handledByAI),,open,Grace,3\n",
            code: "ai_handling", wrong: "Grace", right: ""),
        Layout(
            input: "Ticket ID,Status,Priority,,\n\(ada),Open,1,,x\n",
            code: "malformed_record", wrong: "x", right: ""),
        // With options, which the file of failed rows is applied without.
        Layout(
            input: "Ticket ID,Assignee,Assignee Email\n\(ada),Mei,grace@lumenpay.example\n",
            code: "value_invalid", wrong: "Mei", right: "Grace",
            options: ["--default", "priority=1"]),
        Layout(
            input: "Ticket ID,Agent ID,Agent\n\(ada),unassigned,Mei\n",
            code: "value_invalid", wrong: "unassigned", right: "",
            options: ["--default", "priority=1"]),
        Layout(
            input: "Ticket ID,Ticket URL,Status,State\n\(ada),\(link)\(other),Resolved,resolved\n",
            code: "ticket_id_invalid", wrong: link + other, right: link + ada,
            options: ["--default", "priority=1"]),
        Layout(
            input: "Ticket ID,Status,State\n\(ada),Resolved,open\n",
            code: "value_invalid", wrong: "Resolved", right: "Open",
            options: ["--default", "priority=1"]),
        Layout(
            input: "Ticket ID,Category ID,Category,Note\n\(ada),none,Billing,n\n",
            code: "value_invalid", wrong: "none", right: "", options: ["--ignore", "Note"]),
        Layout(
            input: "Ticket ID,Status,Priority,,\n\(ada),Open,1,,x\n",
            code: "malformed_record", wrong: "x", right: "",
            options: ["--default", "assignee=Mei"]),
        Layout(
            input: #"{"id":"\#(ada)","state":"Open","ticketStatus":"Pending"}"# + "\n",
            code: "value_invalid", wrong: #","ticketStatus":"Pending""#, right: "",
            name: "rows.jsonl"),
        Layout(
            input: #"{"id":"\#(ada)","agent":"Mei","owner":"Mei"}"# + "\n",
            code: "value_invalid", wrong: #","owner":"Mei""#, right: "",
            options: ["--default", "priority=1"], name: "rows.jsonl"),
        Layout(
            input: #"{"id":"\#(ada)","ticketUrl":"\#(link)\#(other)","agent":"Mei"}"# + "\n",
            code: "ticket_id_invalid", wrong: link + other, right: link + ada,
            options: ["--default", "priority=1"], name: "rows.jsonl"),
        // Texts that look like formulas.
        Layout(
            input: "Ticket ID,Assignee,Status\n\(ada),\"=\"\"Grace\"\"\",Opne\n",
            code: "status_invalid", wrong: "Opne", right: "Open"),
        Layout(
            input: "Ticket ID,Category,expectAssignee,Status\n"
                + "\(ada),\"=\"\"Billing\"\"\",\"=\"\"Ada\"\"\",Opne\n",
            code: "status_invalid", wrong: "Opne", right: "Open"),
        Layout(
            input: "Ticket ID,Assignee,Status\n\(ada),\"\tGrace\",Opne\n",
            code: "status_invalid", wrong: "Opne", right: "Open"),
        Layout(
            input: "Ticket ID,\"\tPriority\",-Status\n\(ada),1,Opne\n",
            code: "status_invalid", wrong: "Opne", right: "Open"),
        // Delimiters that are not found without being named.
        Layout(
            input: "sep=^\nTicket ID^Status\n\(ada)^Opne\n", code: "status_invalid",
            wrong: "Opne", right: "Open"),
        Layout(
            input: "\u{FEFF}sep=:\r\nTicket ID:Status\r\n\(ada):Opne\r\n", code: "status_invalid",
            wrong: "Opne", right: "Open"),
        Layout(
            input: "sep= \n\"Ticket ID\" Status\n\(ada) Opne\n", code: "status_invalid",
            wrong: "Opne", right: "Open"),
        Layout(
            input: "sep=;\nTicket ID;Status;id,x,y,z,v,w\n\(ada);Opne;\n", code: "status_invalid",
            wrong: "Opne", right: "Open"),
    ]

    @Test("with the same code, and a correction means the same as in the input", arguments: layouts)
    func rounds(layout: Layout) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(layout.input, to: layout.name)
            let failed = layout.name.replacing("rows", with: "failed")
            var (input, options) = (layout.name, layout.options)
            var texts: [String] = []
            for round in 1...3 {
                let run = "run\(round)"
                let result = try await rehearsal.program(
                    ["apply", input, "--yes", "--run-dir", run] + options + Rehearsal.wideQuota)
                #expect(result.status == 3, "\(result.errors)\(result.output)")
                let report = try await rehearsal.program(["report", run, "--format", "jsonl"])
                #expect(report.output.contains(#""errorCode":"\#(layout.code)""#), "\(report)")
                let again = try await rehearsal.program(["report", run, "--format", "failed"])
                texts.append(try rehearsal.directory.readText("\(run)/\(failed)"))
                #expect(again.output == texts.last)
                (input, options) = ("\(run)/\(failed)", [])
            }
            #expect(texts[1] == texts[2], "\(texts)")
            let headers = texts.map { $0.split { $0.isNewline }.prefix(1) }
            #expect(headers[0] == headers[1] || layout.name.hasSuffix("l"), "\(texts)")
            #expect(rehearsal.updates == 0)
            try await compareCorrected(layout, texts[0], rehearsal)
        }
    }

    private func compareCorrected(
        _ layout: Layout, _ failed: String, _ rehearsal: Rehearsal
    ) async throws {
        var changes: [String] = []
        for (text, options) in [(layout.input, layout.options), (failed, [])] {
            let corrected =
                text == failed
                ? try correction(of: text, layout)
                : text.replacing(layout.wrong, with: layout.right)
            #expect(corrected != text, "\(text)")
            let name = "corrected" + layout.name
            try rehearsal.directory.write(corrected, to: name)
            let result = try await rehearsal.program(
                ["plan", name, "--output", "corrected.plan", "--force"] + options
                    + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)\(corrected)")
            let plan = try rehearsal.directory.readText("corrected.plan")
            let row = try #require(plan.split(separator: "\n").dropFirst().first)
            let start = try #require(row.firstRange(of: #""do":"#)).lowerBound
            let end = row.firstRange(of: #","forms":"#) ?? row.firstRange(of: #","cells":"#)
            changes.append(String(row[start..<(end?.lowerBound ?? row.endIndex)]))
        }
        #expect(changes[0] == changes[1])
    }

    /// The file of failed rows with the correction, but not in what an earlier input's column said.
    private func correction(of failed: String, _ layout: Layout) throws -> String {
        let error = try #require(
            failed.firstRange(of: layout.name.hasSuffix("l") ? #""mavaBulkRow":"# : "invalid: ")
                ?? failed.firstRange(of: "conflict: ") ?? failed.firstRange(of: "held: "))
        let rest = failed[error.lowerBound...]
        var row = String(failed[..<error.lowerBound])
        // Of several places the last one is meant.
        let places = row.ranges(of: layout.wrong)
        if let place = places.last {
            row.replaceSubrange(place, with: layout.right)
            return row + rest
        }
        return row + rest.replacing(layout.wrong, with: layout.right)
    }
}
