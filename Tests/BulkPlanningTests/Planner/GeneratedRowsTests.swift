import BulkPlan
import BulkPlanningTestSupport
import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkPlanning

@Suite("Rows in a file without a name are planned as rows of a file are")
struct GeneratedRowsTests {
    @Test(
        "both readings begin at its start, and only its name is shown",
        arguments: ["rows.csv", "rows.csv.gz"])
    func rows(name: String) async throws {
        let fixture = try PlanFixture()
        let text =
            "ticketId,status,Note\n\(PlanFixture.id(1)),Resolved,a\n\(PlanFixture.id(2)),,b\n"
        let scratch = try ScratchFile(in: fixture.directory.path)
        let bytes = Array(text.utf8)
        try bytes.withUnsafeBytes { try scratch.write($0, at: 0) }
        let rows = GeneratedRows(scratch, size: bytes.count)
        let input = PlanHeader.Input(
            name: name, sha256: "", format: "csv", columns: ["ticketId", "status", "Note"])
        let plan = try await Planner(options: fixture.options, listing: nil).plan(
            PlanInput(name: name, rows: rows, like: input), now: 1_767_225_600)
        #expect(plan.header.input.name == name)
        #expect(plan.header.input.sha256 == SHA256.hexDigest(of: bytes))
        let entries = try PlanFixture.entries(of: plan.path!)
        #expect(entries.map(\.disposition) == [.update, .invalid])
        #expect(
            entries.map(\.cells) == [
                [PlanFixture.id(1), "Resolved", "a"], [PlanFixture.id(2), "", "b"],
            ])
        // The file is whole, so another plan can be made from it.
        let again = try await Planner(options: fixture.options, listing: nil).plan(
            PlanInput(name: name, rows: rows, like: input), now: 1_767_225_600)
        #expect(again.header.id == plan.header.id)
    }
}
