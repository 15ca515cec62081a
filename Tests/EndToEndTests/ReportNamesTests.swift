import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Reports have the names of agents and categories")
struct ReportNamesTests {
    private struct Line: Decodable {
        var row: Int
        var changed: [String]
        var beforeNames: [String: String]?
        var afterNames: [String: String]?

        /// The names as report.csv has them.
        func words(_ names: [String: String]?) -> String {
            let fields = ["assignedTo": "assignee", "categoryId": "category"]
            return changed.compactMap { field in
                names?[field].map { "\(fields[field] ?? field): \($0)" }
            }.joined(separator: ", ")
        }
    }

    @Test(
        "JSON Lines have the words of report.csv by field, and none for a row that changes nothing")
    func words() async throws {
        try await Rehearsal.run { rehearsal in
            let ids = rehearsal.sandbox.workspace.ticketIDs
            try rehearsal.directory.write(
                "ticketId,status,priority,category,assignee\n\(ids[0]),Pending,3,Billing,Grace\n"
                    + "\(ids[1]),,,,unassigned\n\(ids[2]),Pending,1,,Ben\nwrong,Open,,,\n",
                to: "rows.csv")
            let done = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(done.status == 3, "\(done.errors)")
            let report = try await rehearsal.program(["report", "run", "--format", "jsonl"])
            let lines = try report.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            let rows = try rehearsal.report()
            #expect(lines.map(\.row) == [1, 2, 3, 4])
            for (line, row) in zip(lines, rows) {
                #expect(line.words(line.beforeNames) == row["beforeNames"])
                #expect(line.words(line.afterNames) == row["afterNames"])
            }
            #expect(lines[0].afterNames?["assignedTo"] == "Grace")
            #expect(lines[1].afterNames == ["assignedTo": "nobody"])
            #expect(lines[3].beforeNames == nil && lines[3].afterNames == nil)
        }
    }
}
