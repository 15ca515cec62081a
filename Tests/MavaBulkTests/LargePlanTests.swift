import BulkPlan
import BulkTestSupport
import MavaBulk
import Testing

@Suite("Plans of several blocks")
struct LargePlanTests {
    @Test("a plan that two threads write has every row in its place")
    func rows() async throws {
        let directory = try TemporaryDirectory()
        let statuses = ["Open", "Solved", "Resolved"]
        let count = 9_000
        let note = String(repeating: "é", count: 40)
        let ids = (0..<count).map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 24 - digits.count) + digits
        }
        let rows = ids.enumerated().map { "\($1),\(statuses[$0 % 3]),\(note)\n" }
        let path = try directory.write("ticketId,status,note\n" + rows.joined(), to: "rows.csv")
        var options = PlanOptions()
        options.source = .none
        options.output = directory.file("plan.jsonl")
        let plan = try await Planner(options: options).plan(PlanInput(path: path))
        #expect(plan.summary.header.counts.rows == count)
        #expect(plan.summary.problems.map(\.rows) == [count / 3])
        var reader = try PlanReader(path: directory.file("plan.jsonl"))
        for row in 0..<count {
            let entry = try #require(try reader.next())
            #expect(entry.row == row + 1 && entry.line == row + 2)
            #expect(entry.disposition == (row % 3 == 1 ? .invalid : .update))
            #expect(entry.cells == [ids[row], statuses[row % 3], note])
        }
        #expect(try reader.next() == nil)
    }
}
