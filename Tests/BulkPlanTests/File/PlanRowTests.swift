import BulkSystem
import Testing

@testable import BulkPlan

@Suite("Rows of a plan")
struct PlanRowTests {
    static let entries: [PlanEntry] = [
        PlanEntry(row: 1, line: 2, ticketID: "t", disposition: .update),
        PlanEntry(
            row: .max, line: 1, ticketID: "a\"\\\n\u{2028}é", disposition: .update,
            changes: [
                FieldChange(field: .status, before: .text("Open"), after: .text("Resolved")),
                FieldChange(field: .priority, before: .number(-3), after: .number(0)),
                FieldChange(field: .categoryID, before: .null, after: .text("")),
                FieldChange(field: .assignedTo, before: nil, after: .null),
            ], cells: ["a", "", "\"", "\u{1F600}"]),
        PlanEntry(
            row: 3, line: 4, ticketID: "t", disposition: .update,
            changes: [FieldChange(field: .priority, before: nil, after: .number(1))],
            mergedInto: 1, isUndiffed: true, cells: []),
        PlanEntry(row: 4, line: 5, ticketID: "t", disposition: .unchanged, mergedInto: 1),
        PlanEntry(
            row: 5, line: 6, ticketID: nil, disposition: .invalid,
            issue: RowIssue(code: .malformedRecord, message: "m\"", column: nil), cells: ["raw"]),
        PlanEntry(
            row: 6, line: 7, ticketID: "t", disposition: .conflict,
            issue: RowIssue(code: .changedSincePlan, message: "", column: "status")),
        PlanEntry(row: 7, line: 8, ticketID: "t", disposition: .held),
        {
            var entry = PlanEntry(
                row: 8, line: 9, ticketID: "t", disposition: .held, cells: ["a", "1", "", ""])
            entry.forms = [.string, .json, .null, .absent]
            return entry
        }(),
    ]

    private static func line(_ entry: PlanEntry) -> [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(entry)
        return buffer.withUnsafeBytes { Array($0.dropLast()) }
    }

    @Test("a row is read as it was written, with its cells or without", arguments: entries)
    func roundTrip(entry: PlanEntry) {
        var withCells = PlanRowDecoder(readsCells: true)
        var without = PlanRowDecoder(readsCells: false)
        var bare = entry
        bare.cells = nil
        bare.forms = nil
        Self.line(entry).withUnsafeBytes { line in
            #expect(withCells.entry(line) == entry)
            #expect(without.entry(line) == bare)
        }
    }

    @Test("what is cut, goes on, or has another member is no row", arguments: entries)
    func refusals(entry: PlanEntry) {
        var decoder = PlanRowDecoder(readsCells: true)
        let line = Self.line(entry)
        for length in 0..<line.count {
            #expect(line[..<length].withUnsafeBytes { decoder.entry($0) } == nil, "\(length)")
        }
        let others = [line + [UInt8(ascii: " ")], line.dropLast() + Array(#","x":1}"#.utf8)]
        for other in others {
            #expect(other.withUnsafeBytes { decoder.entry($0) } == nil)
        }
    }
}
