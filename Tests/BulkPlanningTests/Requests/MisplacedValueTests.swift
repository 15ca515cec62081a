import BulkPlan
import BulkPlanning
import BulkRecords
import Testing

private let a = "695c76afd0e42018b77a9c2d"
private let b = "695cd34fa4b07254adddf65b"
private let c = "695cf17c3d932d852cd0c7d1"
private let link = "https://dashboard.mava.app/dashboard/ticket?id="

@Suite("Rows whose values are in another row or column than intended")
struct MisplacedValueTests {
    /// What the first reading makes of each row: the ticket's last digits, or the cause of its first issue.
    private func rows(
        _ text: String, format: RecordFormat = .csv, choices: ColumnChoices = ColumnChoices()
    ) throws -> [String] {
        let records = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: format)
        var reader = try RequestReader(records, choices: choices)
        var rows: [String] = []
        while let batch = try reader.next() {
            for row in 0..<batch.count {
                rows.append(
                    batch.issueCode(row)?.rawValue
                        ?? String(reader.mapper.ticketID(batch.requests[row].ticket).suffix(2)))
            }
        }
        return rows
    }

    /// The words of the issues of each row that has any.
    private func messages(_ text: String) throws -> [String] {
        var reader = try RecordReader(ByteSource(bytes: Array(text.utf8)), format: .csv)
        var mapper = try RequestMapper(columns: reader.columns, format: .csv)
        var messages: [String] = []
        while try reader.next({ record in
            if !mapper.map(record) { messages += mapper.issues.map(\.message) }
        }) {}
        return messages
    }

    @Test(
        "A quoted value that holds a line like a row makes its row invalid",
        arguments: [
            "id,note,status\n\(a),\"oops,Resolved\n\(b),fine\",Open\n\(c),x,Open\n",
            "id,status,note\n\(a),Open,\"oops\n\(b),Open,\"\n\(c),Open,x\n",
            "id,status,note\r\n\(a),Open,\"oops\r\n\(b),Open,\"\r\n\(c),Open,x\r\n",
            "id;status;note\n\(a);Open;\"oops\n'\(b);Open;\"\n\(c);Open;x\n",
            "id,status,note\n\(a),Open,\"oops\n\"\"\(link)\(b)\"\",Open,\"\n\(c),Open,x\n",
            "note,id,status\n\"oops,\(b),Open\nfine\",\(a),Open\nx,\(c),Open\n",
            "note,id,status\n\"oops\nmore,\(b),\",\(a),Open\nx,\(c),Open\n",
            "id,note,status\n\(a),\"abc,Open\n#\(b),x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\n\(b)/,x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\n“\(b)”,x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\n\u{200B}\(b),x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\n[\(b)],x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\nObjectId(\(b)),x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\nTicket \(b),x\",Open\n\(c),x,Open\n",
            "id,note,status\n\(a),\"abc,Open\nhttps://x.example/t/\(b),x\",Open\n\(c),x,Open\n",
        ])
    func swallowed(text: String) throws {
        #expect(try rows(text) == ["malformed_record", "d1"])
    }

    @Test(
        "A value of several lines without such a line is a value",
        arguments: [
            "two\nlines", "see\n\(b)\nand \(c)", "see \(b), please\nand more",
            "one,two\nthree,four", "one\nsee https://x.example/t/\(b), please",
            "\n,\(b)",
        ])
    func severalLines(note: String) throws {
        #expect(try rows("id,status,note\n\(a),Open,\"\(note)\"\n\(c),Open,x\n") == ["2d", "d1"])
    }

    @Test("The line is named by its number, and an ignored column may hold anything")
    func position() throws {
        let text =
            "id,first,status,note\n\(c),x,Open,x\n\(a),\"1\n2\",Open,\"oops\n\(b),x,Open,y\"\n"
        let message = try #require(try messages(text).first)
        #expect(message.hasPrefix("line 5 is a part of this row's value of \"note\""))
        var choices = ColumnChoices()
        choices.ignored = ["note"]
        #expect(try rows(text, choices: choices) == ["d1", "2d"])
    }

    @Test("Text behind the last column with a name makes its row invalid, and blanks do not")
    func nameless() throws {
        for header in ["id,note,status,", "id,note,status,, "] {
            let end = header.hasSuffix(" ") ? "," : ""
            let text =
                "\(header)\n\(a),please ask, Open,Resolved\(end)\n\(b),fine,Open,\(end)\n\(c),fine,Open, \(end)\n"
            #expect(try rows(text) == ["malformed_record", "5b", "d1"])
            #expect(
                try messages(text)[0].hasPrefix("\"Resolved\" is in column 4, which has no"))
        }
        #expect(try rows(",id,status\n0,\(a),Open\n1,\(b),Open\n") == ["2d", "5b"])
    }

    @Test("Two columns that name different tickets make their row invalid")
    func twoTickets() throws {
        let text = "Ticket URL,Ticket ID,status,Ticket number\n"
        let good = ["\(link)\(a),\(a),Open,1", ",\(a),Open,", "\(a.uppercased()),\(a),Open,17"]
        let bad = ["\(link)\(b),\(a),Open,1", "\(b),\(a),Open,", "'\(b),\(a),Open,"]
        let rest = (good + bad).map { $0 + "\n" }.joined()
        #expect(
            try rows(text + rest) == ["2d", "2d", "2d"]
                + Array(repeating: "ticket_id_invalid", count: 3))
        let objects = [a, b].map {
            #"{"ticketId":"\#(a)","ticketUrl":"\#(link)\#($0)","status":"Open"}"# + "\n"
        }
        #expect(try rows(objects.joined(), format: .jsonLines) == ["2d", "ticket_id_invalid"])
    }
}
