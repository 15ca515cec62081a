import BulkPlan
import BulkPlanning
import BulkRecords
import Testing

@Suite("All that is wrong, by cause")
struct IssueSummaryTests {
    private func position(_ number: Int) -> RecordPosition {
        RecordPosition(number: number, line: number + 1, byteOffset: number * 10)
    }

    @Test(
        "Issues are grouped by cause and column, the largest group first, with the first positions")
    func groups() {
        var summary = IssueSummary(positionsKept: 2)
        #expect(summary.isEmpty)
        let status = RowIssue(code: .statusInvalid, message: "no status", column: "status")
        summary.add(RowIssue(code: .ticketIDMissing, message: "no id"), at: position(1))
        for number in 2...5 { summary.add(status, at: position(number)) }
        let malformed = RowIssue(code: .malformedRecord, message: "ragged")
        summary.add(malformed, at: position(6), problem: .raggedRow)
        summary.add(malformed, at: position(7), problem: .raggedRow)
        summary.add(malformed, at: position(8), problem: .nulByte)

        let groups = summary.groups
        #expect(
            groups.map(\.code) == [
                .statusInvalid, .malformedRecord, .ticketIDMissing, .malformedRecord,
            ])
        #expect(groups.map(\.count) == [4, 2, 1, 1])
        #expect(groups.map(\.problem) == [nil, .raggedRow, nil, .nulByte])
        #expect(groups[0].positions == [position(2), position(3)])
        #expect(groups[0].message == "no status")
        #expect(groups[0].column == "status")
        #expect(!summary.isEmpty)
    }
}
