import BulkPlanning
import Testing

@testable import mava_bulk

@Suite("How far planning is, in a line")
struct ProgressTextTests {
    @Test(
        "Each of its stages",
        arguments: [
            (PlanProgress.readingRows(65_536), "reading the rows: 65,536"),
            (
                .readingTickets(pages: 12, found: 1140, wanted: 9000),
                "reading the tickets: 12 pages, 1,140 of 9,000 found"
            ), (.writingRows(131_072), "writing the plan: 131,072 rows"),
        ])
    func stages(progress: PlanProgress, line: String) {
        #expect(ProgressText.line(progress) == line)
    }
}
