import BulkTestSupport
import MavaSandbox
import Testing

@Suite("What is said of earlier undos")
struct UndoNoteTests {
    @Test("All undos of a run are named, and those that were undone themselves")
    func earlier() async throws {
        try await Rehearsal.run { rehearsal in
            let id = "695c76afd0e42018b77a9c2d"
            let priority = try #require(rehearsal.sandbox.ticket(id)?.priority) % 3 + 1
            let rows = "ticketId,priority\n\(id),\(priority)\n"
            try rehearsal.directory.write(rows, to: "rows.csv")
            for words in [
                ["apply", "rows.csv", "--run-dir", "runs/first"],
                ["undo", "runs/first", "--run-dir", "runs/one"],
                ["undo", "runs/one", "--run-dir", "runs/back"],
                ["undo", "runs/first", "--run-dir", "runs/two"],
            ] {
                let result = try await rehearsal.program(words + ["--yes"] + Rehearsal.wideQuota)
                #expect(result.status == 0, "\(result.errors)")
            }
            let last = try await rehearsal.program(["undo", "runs/first", "--dry-run"])
            #expect(
                last.output.contains("first was undone already by two, one (undone by back): "),
                "\(last.output)")
        }
    }
}
