import BulkSystem
import BulkPlan
import MavaAPI
@testable import BulkPlanning
import BulkTestSupport
import Testing

@Suite("Columns and their roles")
struct ColumnMapTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "Names are matched without case, spaces, _ and -",
        arguments: [
            ("ticketId", ColumnRole.ticketID), ("Ticket ID", .ticketID), ("TICKET_ID", .ticketID),
            ("_id", .ticketID), ("ticket", .ticketID), ("Assigned-To", .assignee),
            ("OWNER", .assignee), ("category id", .categoryID), ("Category", .categoryName),
            ("expect_updated_at", .expectUpdatedAt), ("Mava Bulk Error", .reserved),
            ("mava_bulk_row", .reserved), ("subject", .unknown), ("", .unknown),
        ])
    func roles(name: String, role: ColumnRole) {
        #expect(ColumnRole(columnName: name) == role)
    }

    @Test("Unknown columns of one name all travel, each under a name of its own")
    func repeated() throws {
        let map = try ColumnMap(
            header: [
                "id", "status", "Note", "Note", "Note.2", "Note", "", "", "e\u{301}", "\u{E9}",
            ])
        #expect(
            map.names.map { Array($0.utf8) }
                == [
                    "id", "status", "Note", "Note.3", "Note.2", "Note.4", "", "", "e\u{301}",
                    "\u{E9}",
                ]
                .map { Array($0.utf8) })
    }

    @Test("Thousands of unknown columns of one name are numbered in one pass")
    func repeatedOften() throws {
        let count = 100_000
        let map = try ColumnMap(
            header: ["id", "status"] + Array(repeating: "Note", count: count))
        #expect(map.names.last == "Note.\(count)")
    }

    @Test(
        "Headers that cannot serve are refused",
        arguments: [
            (["status"], ColumnError.Code.ticketIDColumnMissing),
            ([], .ticketIDColumnMissing),
            (["ticketId"], .nothingToChange),
            (["ticketId", "subject", "expectStatus"], .nothingToChange),
            (["ticketId", "id", "status"], .columnDoubled),
            (["ticketId", "status", "Status"], .columnDoubled),
            (["ticketId", "agent", "owner"], .columnDoubled),
        ])
    func refused(header: [String], code: ColumnError.Code) {
        #expect { try ColumnMap(header: header) } throws: { ($0 as? ColumnError)?.code == code }
    }

    @Test("Unknown columns are named with the closest known name")
    func unknown() throws {
        let map = try ColumnMap(header: [
            "ticketId", "status", "asignedTo", "pritority", "remark", "subject", "", "",
        ])
        #expect(
            map.unknown == [
                UnknownColumn(name: "asignedTo", closest: "assignedTo"),
                UnknownColumn(name: "pritority", closest: "priority"),
                UnknownColumn(name: "remark", closest: nil),
            ])
        #expect(map.hasUnknown)
    }

    @Test("Names are matched without case, blanks, `_` and `-`, in ASCII as in other text")
    func plainNames() {
        for byte in UInt8.min..<0x80 {
            for rest in ["Id", "\n", "É", ""] {
                let name = "A" + String(Unicode.Scalar(byte)) + rest
                let plain = name.lowercased().filter {
                    !$0.isWhitespace && $0 != "_" && $0 != "-"
                }
                #expect(ColumnRole.plain(name) == plain, "\(byte)")
            }
        }
    }

    @Test("A misspelt ticket column is pointed at")
    func misspelt() {
        #expect {
            try ColumnMap(header: ["tiketId", "status"])
        } throws: { error in
            (error as? ColumnError)?.message.contains("\"tiketId\"") == true
        }
    }

    @Test(
        "The distance counts inserted, removed, replaced and swapped letters",
        arguments: [
            ("", "", 0), ("abc", "", 3), ("abc", "abd", 1), ("abc", "acb", 1),
            ("kitten", "sitting", 3),
        ])
    func distance(one: String, other: String, expected: Int) {
        #expect(editDistance(one, other) == expected)
        #expect(editDistance(other, one) == expected)
    }

    @Test(
        "Names that look like a precondition, or like a known name, are refused, and others are not",
        arguments: [
            ("expectTicketStatus", ColumnError.Code.expectationUnknown),
            ("expect", .expectationUnknown),
            ("expected", .expectationUnknown), ("Expects status", .expectationUnknown),
            ("expectation", .expectationUnknown), ("expect status (before)", .expectationUnknown),
            ("expectTags", .expectationUnknown), ("expectedAgentName", .expectationUnknown),
            ("expectStauts", .expectationUnknown), ("St\u{430}tus", .columnLookalike),
            ("Status\u{AD}", .columnLookalike), ("\u{FF33}tatus", .columnLookalike),
            ("Expected Close Date", nil), ("St\u{E4}tus", nil), ("Статус", nil),
        ])
    func refusedUnknown(name: String, code: ColumnError.Code?) async throws {
        let input = PlanInput(
            path: try directory.write(
                "id,priority,\(name)\n\(String(repeating: "a", count: 24)),1,x\n", to: "i.csv"))
        var options = PlanOptions()
        options.source = .none
        do {
            _ = try await Planner(options: options).plan(input)
            #expect(code == nil)
        } catch let error as ColumnError {
            #expect(error.code == code, "\(error)")
        }
    }

    @Test(
        "A name with foreign letters is named where without it no ticket or no change is left",
        arguments: [["ticke\u{442}Id", "status"], ["ticketId", "st\u{430}tus"]])
    func lookalikeAlone(header: [String]) {
        let error = #expect(throws: ColumnError.self) { _ = try ColumnMap(header: header) }
        #expect(error?.code == .columnLookalike)
        #expect(error?.message.contains("U+04") == true)
    }

    @Test("An option means the column with its very name, else all that differ in case")
    func exactNames() throws {
        var choices = ColumnChoices()
        choices.ignored = ["status"]
        let exact = try ColumnMap(header: ["id", "Status", "status"], choices: choices)
        #expect(exact.roles == [.ticketID, .status, .ignored] && exact.notes.isEmpty)
        choices.ignored = ["note"]
        let several = try ColumnMap(header: ["id", "status", "Note", "NOTE"], choices: choices)
        #expect(several.roles == [.ticketID, .status, .ignored, .ignored])
        #expect(
            several.notes == [#"\#(SettingName.ignoredColumns) note leaves out "NOTE" and "Note""#])
    }

    @Test("Advice about two columns that say the same works")
    func doubledAdvice() throws {
        #expect {
            try ColumnMap(header: ["id", "status", "status"])
        } throws: { !"\($0)".contains("ignore") }
        #expect {
            try ColumnMap(header: ["id", "status", "Status"])
        } throws: { "\($0)".contains("ignore") }
        #expect {
            try ColumnMap(header: ["id", "Old Status", "Status to"])
        } throws: { "\($0)".contains(#"column "Status to": did you mean status?"#) }
    }
}
