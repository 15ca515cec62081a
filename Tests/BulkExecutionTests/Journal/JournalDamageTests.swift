import BulkPlan
import BulkSystem
import BulkTestSupport
import Testing

import CLibrary

@testable import BulkExecution

@Suite("A journal that another program changes while it is written")
struct JournalDamageTests {
    /// A change to the journal's file.
    enum Harm: String, CaseIterable, CustomTestStringConvertible {
        case none, foreignLine, foreignBytes, edited, cut, emptied, replaced, removed

        var testDescription: String { rawValue }

        func happen(to path: String) throws {
            let bytes = try Bytes.read(path)
            switch self {
            case .none: break
            case .foreignLine: try Bytes.append(Array("not ours\n".utf8), to: path)
            case .foreignBytes: try Bytes.append(Array("not ours".utf8), to: path)
            case .edited:
                // The outcome of row 2.
                let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
                try Bytes.overwrite(path, at: newlines[3] + 5)
            case .cut: #expect(truncate(path, off_t(bytes.count - 20)) == 0)
            case .emptied: #expect(truncate(path, 0) == 0)
            case .replaced:
                try Bytes.append(bytes, to: path + ".2")
                #expect(rename(path + ".2", path) == 0)
            case .removed: #expect(unlink(path) == 0)
            }
        }

        /// How rows 1 to 5 end: 1 to 3 are done before the damage, 4 after it, 5 is never sent.
        var outcomes: [Outcome] {
            switch self {
            case .none, .foreignLine, .replaced, .removed:
                [.updated, .updated, .updated, .updated, .unsent]
            case .edited: [.updated, .unknown, .updated, .updated, .unsent]
            // The line after the foreign bytes is the start of row 4; the outcome of row 4 is whole.
            case .foreignBytes: [.updated, .updated, .updated, .updated, .unsent]
            // The outcome of row 3 is cut, and the start of row 4 is joined to the remainder.
            case .cut: [.updated, .updated, .unknown, .updated, .unsent]
            case .emptied: [.unknown, .unknown, .unknown, .updated, .unsent]
            }
        }

        /// Whether a line of this process is lost.
        var loses: Bool {
            switch self {
            case .none, .foreignLine, .replaced, .removed: false
            case .foreignBytes, .edited, .cut, .emptied: true
            }
        }
    }

    @Test(
        "Its writer reads what is left, and no row counts as unsent that may have been sent",
        arguments: Harm.allCases)
    func reads(harm: Harm) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("journal.jsonl")
        // The clock stops after the first sync, so the next sync, which would detect the damage, is not due.
        let journal = try JournalWriter.create(
            path, JournalTests.header, clock: { 0 }, schedule: { _, _ in })
        func send(_ row: Int) throws {
            journal.append(.start(row: row, request: 1, at: 1))
            journal.append(.done(RowOutcome(row: row, outcome: .updated, attempts: 1)))
            try journal.writeNow()
        }
        for row in 1...3 { try send(row) }
        try await journal.synced()
        try harm.happen(to: path)
        try send(4)
        let index = try journal.index()
        let outcomes = try (1...5).map { try index.outcome(of: .update($0)).outcome }
        #expect(outcomes == harm.outcomes)
        #expect((index.damage.map { !$0.isComplete } ?? false) == harm.loses)
        #expect((index.damage != nil) == (harm.loses || harm == .foreignLine))
        #expect(index.requests == 4)
        let merged = try index.outcome(of: .merged(6, into: 2)).outcome
        #expect(merged == harm.outcomes[1])
    }

    @Test("Lines of the run's earlier parts count as its own")
    func earlierParts() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("journal.jsonl")
        let first = try JournalWriter.create(path, JournalTests.header)
        for row in 1...3 { first.append(.start(row: row, request: 1, at: 1)) }
        try first.writeNow()
        let journal = try JournalWriter.open(path, keeping: JournalIndex.read(path))
        #expect(try journal.index().damage == nil)
        #expect(truncate(path, 0) == 0)
        let index = try journal.index()
        #expect(index.requests == 3)
        #expect(
            try (1...4).map { try index.outcome(of: .update($0)).outcome }
                == [.unknown, .unknown, .unknown, .unsent])
    }
}

/// Changes files that another descriptor has open.
private enum Bytes {
    static func read(_ path: String) throws -> [UInt8] {
        var reader = try FileReader(path)
        return try reader.read(upTo: 1 << 20)
    }

    static func append(_ bytes: [UInt8], to path: String) throws {
        let files = POSIXFileSystem()
        let file = try files.open(path, flags: O_WRONLY | O_APPEND | O_CREAT)
        defer { files.close(file) }
        try bytes.withUnsafeBytes { try files.writeAll(file, $0) }
    }

    static func overwrite(_ path: String, at offset: Int) throws {
        let files = POSIXFileSystem()
        let file = try files.open(path, flags: O_WRONLY)
        defer { files.close(file) }
        _ = try [UInt8(ascii: "~")].withUnsafeBytes { try files.write(file, $0, at: offset) }
    }
}
