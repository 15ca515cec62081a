import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkPlan

import CLibrary

@Suite("A large plan on a failing disk")
struct PlanWriterTests {
    /// Writes a plan of about 35 MB, parts of which are synced before the end.
    static func write(_ path: String, _ files: FailingFileSystem) throws {
        let header = PlanHeader(
            tool: "test", createdAt: "2026-01-01T00:00:00Z",
            input: .init(name: "rows.csv", sha256: "", format: "csv", columns: ["ticketId"]),
            source: .none,
            price: PlanPrice(
                reads: 0, writes: 0, auditEntries: 0, quotaLimit: 90, quotaSeconds: 30))
        var writer = try PlanWriter(path, draft: header, fileSystem: files)
        let cell = String(repeating: "x", count: 64 << 10)
        for row in 1...550 {
            var entry = PlanEntry(row: row, line: row, ticketID: nil, disposition: .unchanged)
            entry.cells = [cell]
            try writer.write(entry)
        }
        _ = try writer.finish(header)
    }

    @Test("whichever sync fails, there is no plan; parts are synced while more is written")
    func syncs() throws {
        let directory = try TemporaryDirectory()
        let files = FailingFileSystem()
        try Self.write(directory.file("rows.plan"), files)
        // Two parts, the rest, and the directory.
        #expect(files.syncs == 4)
        for number in 1...3 {
            let directory = try TemporaryDirectory()
            #expect(throws: FileError.self) {
                try Self.write(
                    directory.file("rows.plan"),
                    FailingFileSystem(.sync(number, errorNumber: EIO)))
            }
            #expect(try directory.names() == [], "sync \(number)")
        }
    }
}
