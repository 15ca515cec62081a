import BulkPlan
import BulkPlanning
import BulkRecords
import MavaAPI
import Testing

private let ada = "6630a1f4c2b9e4a1d8f00b21"
private let ticket = "6630a1f4c2b9e4a1d8f00b99"

/// The change requested by every record of an input, one line each; an issue as its code and column.
private func mapped(_ text: String, format: RecordFormat) throws -> [String] {
    var reader = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: format)
    var mapper = try RequestMapper(columns: reader.columns, format: format)
    var lines: [String] = []
    while try reader.next({ record in
        guard mapper.map(record) else {
            lines.append(
                mapper.issues.map { "\($0.code.rawValue)@\($0.column ?? "-")" }
                    .joined(separator: " "))
            return
        }
        let request = mapper.request
        var parts = [mapper.ticketID(request.ticket)]
        if let status = request.status { parts.append("status=\(status.rawValue)") }
        if let priority = request.priority { parts.append("priority=\(priority.rawValue)") }
        if let category = request.category.index {
            parts.append(
                "\(request.categoryIsName ? "category" : "categoryId")="
                    + mapper.categories.name(category))
        }
        if request.assignee == .null { parts.append("assignee=nobody") }
        if let agent = request.assignee.index {
            parts.append("assignee=\(mapper.agents.name(agent))")
        }
        let expected = mapper.preconditions
        if let status = expected.status.index {
            parts.append("if status=\(mapper.statuses.name(status))")
        }
        if expected.priority != 0 { parts.append("if priority=\(expected.priority)") }
        if expected.assignee == .null { parts.append("if assignee=nobody") }
        if let agent = expected.assignee.index {
            parts.append("if assignee=\(mapper.agents.name(agent))")
        }
        if expected.category == .null { parts.append("if category=none") }
        if let category = expected.category.index {
            parts.append("if category=\(mapper.categories.name(category))")
        }
        if let time = expected.updatedAt { parts.append("if updatedAt=\(time)") }
        #expect(request.hasPreconditions == parts.contains { $0.hasPrefix("if ") })
        lines.append(parts.joined(separator: ", "))
    }) {}
    return lines
}

/// The change requested by one CSV row.
private func mappedRow(_ header: String, _ row: String) throws -> String {
    try #require(try mapped("\(header)\n\(row)\n", format: .csv).first)
}

@Suite("Records become requested changes")
struct RequestMapperTests {
    @Test(
        "Values are taken in any case, with blanks around them, or as words",
        arguments: [
            ("status", " resolved ", "status=Resolved"), ("STATUS", "OPEN", "status=Open"),
            ("status", "pending", "status=Pending"), ("status", "Waiting", "status=Waiting"),
            ("Priority", "low", "priority=1"), ("priority", "MEDIUM", "priority=2"),
            ("priority", " High", "priority=3"), ("priority", "1.0", "priority=1"),
            ("priority", "1e0", "priority=1"), ("priority", "01", "priority=1"),
            ("priority", "30E-1", "priority=3"), ("priority", "0.02e+2", "priority=2"),
            ("category_id", "c1", "categoryId=c1"), ("Category", "Billing", "category=Billing"),
            ("assigned to", "ada@acme.com", "assignee=ada@acme.com"),
            ("Assignee", "Ada Lovelace", "assignee=Ada Lovelace"),
            ("agent", "Unassigned", "assignee=nobody"), ("owner", "NULL", "assignee=nobody"),
            ("assigned-to", "\u{A0}\(ada)\u{A0}", "assignee=\(ada)"),
            ("owner", "'@ada", "assignee=@ada"),
        ])
    func values(column: String, value: String, expected: String) throws {
        #expect(
            try mappedRow("ticketId,\(column)", "\(ticket),\(value)") == "\(ticket), \(expected)")
    }

    @Test(
        "Values that have no meaning are refused by column",
        arguments: [
            ("status", "Junk", "status_invalid@status"),
            ("status", "null", "not_clearable@status"),
            ("status", "unassigned", "status_invalid@status"),
            ("priority", "5", "priority_invalid@priority"),
            ("priority", "0", "priority_invalid@priority"),
            ("priority", "1.5", "priority_invalid@priority"),
            ("priority", "11", "priority_invalid@priority"),
            ("priority", "1.", "priority_invalid@priority"),
            ("priority", ".1e1", "priority_invalid@priority"),
            ("priority", "1e", "priority_invalid@priority"),
            ("priority", "1e999999999999", "priority_invalid@priority"),
            ("priority", "-1", "priority_invalid@priority"),
            ("priority", "1.0000000000000000001", "priority_invalid@priority"),
            ("priority", "9007199254740993", "priority_invalid@priority"),
            ("priority", "null", "not_clearable@priority"),
            ("category", "null", "not_clearable@category"),
            ("categoryId", "Null", "not_clearable@categoryId"),
            ("expectUpdatedAt", "yesterday", "value_invalid@expectUpdatedAt"),
            ("expectPriority", "9", "priority_invalid@expectPriority"),
            ("expectStatus", "null", "not_clearable@expectStatus"),
        ])
    func refused(column: String, value: String, expected: String) throws {
        let other = column == "status" ? "owner" : column.hasPrefix("expect") ? "status" : "status"
        let row = try mappedRow(
            "ticketId,\(column),\(other)", "\(ticket),\(value),\(other == "owner" ? "ada" : "Open")"
        )
        #expect(row == expected)
    }

    @Test("Blank leaves a field as it is, and a row of blanks asks for nothing")
    func blanks() throws {
        let header = "ticketId,status,priority,category,assignedTo"
        #expect(try mappedRow(header, "\(ticket),, ,\"\",ada") == "\(ticket), assignee=ada")
        #expect(try mappedRow(header, "\(ticket),,,,") == "nothing_to_change@-")
        #expect(try mappedRow(header, ",Open,,,") == "ticket_id_missing@ticketId")
        #expect(try mappedRow(header, ", ,,,") == "ticket_id_missing@ticketId")
    }

    @Test("Preconditions are read beside the change")
    func preconditions() throws {
        let row = try mappedRow(
            "id,status,expectStatus,expectPriority,expectCategoryId,expectAssignedTo,expectUpdatedAt",
            "\(ticket),Open,spam,high,null,unassigned,2026-03-01T09:30:00.5+02:00")
        #expect(
            row
                == "\(ticket), status=Open, if status=spam, if priority=3, if assignee=nobody, "
                + "if category=none, if updatedAt=1772350200500000")
        #expect(
            try mappedRow("id,status,expectStatus,expectAssignedTo", "\(ticket),Open,PENDING,ada")
                == "\(ticket), status=Open, if status=Pending, if assignee=ada")
    }

    @Test(
        "Ids are keys, and what a spreadsheet did to them is named",
        arguments: [
            ("6630A1F4C2B9E4A1D8F00B99", "6630a1f4c2b9e4a1d8f00b99, status=Open"),
            ("'6630a1f4c2b9e4a1d8f00b99", "6630a1f4c2b9e4a1d8f00b99, status=Open"),
            ("T-42", "T-42, status=Open"), ("1234", "ticket_id_invalid@id"),
            ("6.63E+23", "ticket_id_invalid@id"), ("\"6,63E+23\"", "ticket_id_invalid@id"),
            ("6E+23", "ticket_id_invalid@id"),
            ("66301234567890123456789", "ticket_id_invalid@id"),
            ("a b", "ticket_id_invalid@id"), ("a\u{202E}b", "ticket_id_invalid@id"),
            (String(repeating: "x", count: 129), "ticket_id_invalid@id"),
            (
                String(repeating: "x", count: 128),
                String(repeating: "x", count: 128) + ", status=Open"
            ),
        ])
    func ids(written: String, expected: String) throws {
        #expect(try mappedRow("id,status", "\(written),Open") == expected)
    }

    @Test(
        "In JSON, absent leaves a field and null clears the assignee only",
        arguments: [
            ("{\"ticketId\":\"t\",\"status\":\"open\"}", "t, status=Open"),
            ("{\"ticketId\":\"t\",\"assignedTo\":null}", "t, assignee=nobody"),
            ("{\"ticketId\":\"t\",\"assignedTo\":\"\",\"status\":\"Open\"}", "t, status=Open"),
            ("{\"ticketId\":\"t\",\"priority\":2}", "t, priority=2"),
            ("{\"ticketId\":\"t\",\"priority\":2.0e0}", "t, priority=2"),
            ("{\"ticketId\":\"t\",\"priority\":\"high\"}", "t, priority=3"),
            ("{\"ticketId\":\"t\",\"status\":null}", "not_clearable@status"),
            ("{\"ticketId\":\"t\",\"priority\":null}", "not_clearable@priority"),
            ("{\"ticketId\":\"t\",\"category\":null}", "not_clearable@category"),
            ("{\"ticketId\":\"t\",\"status\":1}", "status_invalid@status"),
            ("{\"ticketId\":\"t\",\"priority\":true}", "priority_invalid@priority"),
            ("{\"ticketId\":\"t\",\"assignedTo\":{\"_id\":\"a\"}}", "value_invalid@assignedTo"),
            ("{\"ticketId\":17,\"status\":\"Open\"}", "ticket_id_invalid@ticketId"),
            ("{\"ticketId\":null,\"status\":\"Open\"}", "ticket_id_missing@ticketId"),
            ("{\"status\":\"Open\"}", "ticket_id_missing@-"),
            ("{\"ticketId\":\"t\"}", "nothing_to_change@-"),
            // Only rows that the program made say why they are refused.
            ("{\"ticketId\":\"t\",\"mavaBulkRefusal\":\"x\"}", "nothing_to_change@-"),
            ("{\"id\":\"t\",\"ticketId\":\"t\",\"status\":\"Open\"}", "value_invalid@ticketId"),
            (
                "{\"id\":\"t\",\"expectAssignedTo\":null,\"status\":\"Open\"}",
                "t, status=Open, if assignee=nobody"
            ),
            ("{\"id\":\"\\u0074\",\"status\":\"Op\\u0065n\",\"note\":[1,{}]}", "t, status=Open"),
            ("{\"id\":", "malformed_record@-"),
            (
                "{\"id\":\"a\",\"status\":\"x\",\"priority\":9}",
                "status_invalid@status priority_invalid@priority"
            ),
        ])
    func json(line: String, expected: String) throws {
        #expect(try mapped(line, format: .jsonLines) == [expected])
    }

    @Test("Keys of JSON Lines are learnt as they come")
    func growing() throws {
        let text = "{\"id\":\"a\",\"status\":\"Open\"}\n{\"x\":1,\"priority\":1,\"ticket\":\"b\"}\n"
        #expect(try mapped(text, format: .jsonLines) == ["a, status=Open", "b, priority=1"])
    }
}
