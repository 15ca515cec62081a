import BulkPlan
import BulkPlanningTestSupport
import BulkRecords
import BulkTestSupport
import Testing

@testable import BulkPlanning

@Suite("Files of rows to leave out")
struct DropListTests {
    private static let id = "695c76afd0e42018b77a9c2d"

    private static func list(_ text: String) throws -> DropList {
        try DropList(Array(text.utf8), path: "drop.txt")
    }

    @Test("a line is a row, an id or a link")
    func lines() throws {
        let list = try Self.list(
            "\u{FEFF}5\r\n\n 12 \n\(Self.id.uppercased())\n"
                + "https://dashboard.mava.app/dashboard/ticket?id=\(PlanFixture.id(1))\n")
        #expect(list.rows.keys.sorted() == [5, 12])
        #expect(list.tickets == [Self.id: 4, PlanFixture.id(1): 5])
        #expect(try Self.list("T-17\r7\rT-18").tickets == ["T-17": 1, "T-18": 3])
    }

    @Test("quotes around a row's number are no part of it")
    func quotedRows() throws {
        let list = try Self.list("\"2\"\n\"5-6\"\n\"\(Self.id)\"\n")
        #expect(list.rows.keys.sorted() == [2, 5, 6])
        #expect(list.tickets == [Self.id: 3])
    }

    @Test("a list is decoded as an input is")
    func encodings() throws {
        for text in ["2\n\(Self.id)\n", "row,note\n2,é\n"] {
            let units = Array("\u{FEFF}\(text)".utf16)
            let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            for bytes in [little, big] {
                #expect(try DropList(bytes, path: "drop.txt").rows.keys.sorted() == [2])
            }
            let error = #expect(throws: ReadError.self) {
                try DropList(Array(big.dropFirst(2)), path: "drop.txt")
            }
            #expect(error?.message.contains("UTF-16") == true)
        }
    }

    @Test(
        "an id may have around it what an input's may have, and quotes as jq writes them",
        arguments: ["\"\(id)\"", "'\(id)", "=\"\(id)\"", "\"'\(id)\"", "\"=\"\"\(id)\"\"\""])
    func wrapped(text: String) throws {
        #expect(try Self.list("\(text)\n").tickets == [Self.id: 1])
    }

    @Test(
        "what is no id by the rules of an input is refused with its line and value",
        arguments: [
            "#\(id)", "6.95E+23", "{\"ticketId\":\"\(id)\"}", "-1", "#N/A", "1.0", "\(id),\(id)",
            "T-17",
        ])
    func unusableIDs(text: String) {
        for file in ["\(Self.id)\n\(text)\n", "ticketId\n\(quotedCell(text))\n\(Self.id)\n"] {
            let error = #expect(throws: PlanError.self) { try Self.list(file) }
            #expect(error?.code == .listUnusable)
            #expect(error?.line == 2)
            #expect(
                error?.message.contains(text.replacing("\"", with: "\\\"")) == true
                    || error?.message.contains(text) == true, "\(error?.message ?? "")")
        }
    }

    private func quotedCell(_ text: String) -> String {
        "\"\(text.replacing("\"", with: "\"\""))\""
    }

    @Test(
        "a CSV file has rows or tickets in a column",
        arguments: [
            ("note,row\nx,3\ny,\n", [3], []), ("Ticket ID;note\n\(id);\"a;b\"\n", [], [id]),
            ("row,line,ticketId\n7,8,\(id)\n", [7], []),
            ("ticketId,mavaBulkRow,mavaBulkError\n\(id),2,x\n", [2], []),
        ])
    func columns(text: String, rows: [Int], tickets: [String]) throws {
        let list = try Self.list(text)
        #expect(list.rows.keys.sorted() == rows)
        #expect(list.tickets.keys.sorted() == tickets)
    }

    @Test(
        "what is neither is refused with its line",
        arguments: [
            ("5\n5 6\n", 2), ("row\n1\nx\n", 3), ("ticketId\nhttps://example.org/1\n", 2),
            ("0\n5\n", 1), ("5\n1.5 x\n", 2), ("\"5\"\n\"x y\"\n", 2),
        ])
    func unusable(text: String, line: Int) throws {
        let error = #expect(throws: PlanError.self) { try Self.list(text) }
        #expect(error?.code == .listUnusable)
        #expect(error?.line == line)
    }

    @Test("an empty file is refused")
    func empty() {
        for text in ["", "\n\n", "row\n"] {
            let error = #expect(throws: PlanError.self) { try Self.list(text) }
            #expect(error?.message.contains("lists no row") == true)
        }
    }

    @Test("a report of another input is refused, and tickets that have no row are counted")
    func otherReport() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1), PlanFixture.ticket(2))
        let plan = try await fixture.plan(
            "ticketId,status\n\(PlanFixture.id(1)),Resolved\n\(PlanFixture.id(2)),Resolved\n")
        let output = fixture.directory.file("new.jsonl")
        var edit = PlanEdit()
        edit.lists = [try Self.list("row,ticketId\n1,\(PlanFixture.id(2))\n")]
        let error = #expect(throws: PlanError.self) {
            try edit.apply(to: plan.path!, writing: output)
        }
        #expect(error?.code == .listUnusable)
        #expect(error?.line == 2)
        edit.lists = [try Self.list("row\n3\n")]
        let missing = #expect(throws: PlanError.self) {
            try edit.apply(to: plan.path!, writing: output)
        }
        #expect(missing?.code == .rowMissing)
        edit.lists = [try Self.list("\(PlanFixture.id(2))\n\(PlanFixture.id(9))\n")]
        let result = try edit.apply(to: plan.path!, writing: output)
        #expect((result.dropped, result.ticketsNotInPlan) == (1, 1))
        #expect(
            result.firstTicketsNotInPlan
                == [.init(id: PlanFixture.id(9), path: "drop.txt", line: 2)])
    }

    @Test(
        "row numbers are numbers from 1 and ranges",
        arguments: [
            ("5", [5...5]), ("5,7-9", [5...5, 7...9]), (" 1 , 2 ", [1...1, 2...2]), ("", nil),
            ("0", nil), ("5-", nil), ("9-7", nil), ("1-2-3", nil), ("a", nil), ("+1", nil),
            ("1,,2", nil),
        ] as [(String, [ClosedRange<Int>]?)])
    func numbers(text: String, rows: [ClosedRange<Int>]?) {
        #expect(PlanEdit.rows(text) == rows)
    }
}
