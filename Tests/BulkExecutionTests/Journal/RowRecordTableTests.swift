import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Row records on disk")
struct RowRecordTableTests {
    /// A record as a journal's lines make it.
    static func record(_ random: inout SeededGenerator) -> RowRecord {
        var record = RowRecord()
        record.stage = [.untouched, .started, .unfinished, .finished].randomElement(using: &random)!
        record.mayHaveTakenEffect = .random(using: &random)
        record.requests = .random(in: 0...70_000, using: &random)
        record.outcome = Outcome.allCases.randomElement(using: &random)!
        record.failure = FailureCode.allCases.randomElement(using: &random)
        record.status = [nil, 200, 400, 503].randomElement(using: &random)!
        record.durationMilliseconds = [nil, 0, 20, .max].randomElement(using: &random)!
        record.setFinished(
            at: [nil, 0, 1_000, 1 << 40].randomElement(using: &random)!, since: 0)
        record.textsAt = [0, 1, .max].randomElement(using: &random)!
        return record
    }

    @Test("a row's time is exact after months, in any century, and with a clock that was set back")
    func times() {
        let starts: [Int64] = [-1000, 0, 1_795_784_724_725, 32_503_680_000_000]
        let distances: [Int64] = [
            0, 1, -1, 1000, -3_600_000, 50 * 86_400_000, 400 * 86_400_000, 1 << 33, -(1 << 33),
            1 << 46,
            -(1 << 46),
        ]
        for start in starts {
            for distance in distances {
                var record = RowRecord()
                record.textsAt = 123_456_789_012
                record.durationMilliseconds = 7
                record.setFinished(at: start + distance, since: start)
                #expect(record.finishedAt(since: start) == start + distance)
                #expect(record.textsAt == 123_456_789_012)
                #expect(record.durationMilliseconds == 7)
                record.textsAt = 5
                #expect(record.finishedAt(since: start) == start + distance)
                record.setFinished(at: nil, since: start)
                #expect(record.finishedAt(since: start) == nil)
                #expect(record.textsAt == 5)
            }
        }
        #expect(MemoryLayout<RowRecord>.stride == 24)
    }

    @Test("journal lines keep times before 1970 and after 2262")
    func lines() throws {
        for time in [-62_135_596_800_000, -1, 0, 9_300_000_000_000, 253_402_300_799_999] as [Int64]
        {
            var buffer = OutputBuffer(capacity: 256)
            buffer.append(JournalLine.start(row: 3, request: 1, at: time))
            let bytes = buffer.withUnsafeBytes { Array($0.dropLast()) }
            let line = try #require(bytes.withUnsafeBytes { JournalLine($0) })
            #expect(line == .start(row: 3, request: 1, at: time))
        }
    }

    @Test("the time of day is one for every year that a calendar has")
    func timeOfDay() {
        #expect(
            SystemTime.milliseconds(seconds: 32_503_680_000, nanoseconds: 250_999_999)
                == 32_503_680_000_250)
        #expect(SystemTime.milliseconds(seconds: -1, nanoseconds: 999_000_000) == -1)
        #expect(SystemTime.milliseconds(seconds: .max, nanoseconds: 0) == 253_402_300_799_000)
        #expect(SystemTime.milliseconds(seconds: .min, nanoseconds: 0) == -62_135_596_800_000)
    }

    /// Sets rows near each other and far apart, and compares them with the values that were set.
    static func checkSameAsDictionary(_ table: RowRecordTable) throws {
        var random = SeededGenerator(seed: 9)
        var expected: [Int: RowRecord] = [:]
        var near = 0
        for turn in 0..<5_000 {
            if turn.isMultiple(of: 25) { near = Int.random(in: 0..<50_000, using: &random) }
            let row = near + Int.random(in: 0..<200, using: &random)
            let record = Self.record(&random)
            try table.change(row) { $0 = record }
            expected[row] = record
            let other = Int.random(in: 0..<60_000, using: &random)
            #expect(try table.record(of: other) == expected[other] ?? RowRecord())
        }
        for row in 0..<60_000 where try table.record(of: row) != expected[row] ?? RowRecord() {
            Issue.record("row \(row)")
        }
        #expect(try table.record(of: -1) == RowRecord())
        #expect(try table.record(of: .max) == RowRecord())
    }

    #if DEBUG
        @Test("A run in which every row failed reads its records back page by page, once each")
        func pagesOfFailedRows() async throws {
            func steps(_ count: Int) async throws -> Int {
                let directory = try TemporaryDirectory()
                return try await StepCount.during {
                    let table = RowRecordTable(spillingTo: directory.path)
                    for row in 0..<count {
                        try table.change(row) {
                            $0.stage = .finished
                            $0.outcome = .failed
                        }
                    }
                    for row in 0..<count {
                        #expect(try table.record(of: row).outcome == .failed)
                    }
                }
            }
            // A page has 2048 rows. Six pages stay in memory, and the others are brought back.
            let small = try await steps(16 << 11)
            let large = try await steps(64 << 11)
            #expect(small == 32 && large == 128)
        }
    #endif

    @Test("each row is what it was last set to, wherever its page is; the file has no name")
    func sameAsDictionary() throws {
        let directory = try TemporaryDirectory()
        let fileSystem = FailingFileSystem(longestWrite: 10_000)
        try Self.checkSameAsDictionary(
            RowRecordTable(spillingTo: directory.path, fileSystem: fileSystem))
        #expect(fileSystem.writes > 100)
        #expect(try directory.names().isEmpty)
        try Self.checkSameAsDictionary(RowRecordTable(spillingTo: nil))
    }

    @Test("a disk that takes no more loses nothing, whichever write it is", arguments: 1...12)
    func diskFull(write: Int) throws {
        let directory = try TemporaryDirectory()
        let fileSystem = FailingFileSystem(.write(write, errorNumber: ENOSPC))
        try Self.checkSameAsDictionary(
            RowRecordTable(spillingTo: directory.path, fileSystem: fileSystem))
        #expect(fileSystem.writes == write)
        #expect(fileSystem.openFiles == 0, "its room is given back")
    }

    @Test(
        "a disk with little left is left alone, and given back what was taken",
        arguments: [0, 1, 5, 12])
    func diskNearlyFull(writes: Int) throws {
        let directory = try TemporaryDirectory()
        let page = 24 * 2048
        let fileSystem = FailingFileSystem { done in
            // Exactly enough space for each page up to the given number of writes, then one byte too little.
            (64 << 20) + 16 * page * (done + 1) - (done < writes ? 0 : 1)
        }
        let table = RowRecordTable(spillingTo: directory.path, fileSystem: fileSystem)
        // In order, so that each page takes a new place.
        for row in 0..<60_000 { try table.change(row) { $0.textsAt = row } }
        for row in 0..<60_000 where try table.record(of: row).textsAt != row {
            Issue.record("row \(row)")
        }
        #expect(fileSystem.writes == writes)
        #expect(fileSystem.openFiles == 0)
        try Self.checkSameAsDictionary(
            RowRecordTable(
                spillingTo: directory.path,
                fileSystem: FailingFileSystem(bytesLeft: { $0 < writes ? .max : 0 })))
    }

    @Test("a disk that does not say what it has left is taken to have enough")
    func unknownRoom() throws {
        let directory = try TemporaryDirectory()
        let fileSystem = FailingFileSystem(bytesLeft: { _ in nil })
        let table = RowRecordTable(spillingTo: directory.path, fileSystem: fileSystem)
        try Self.checkSameAsDictionary(table)
        #expect(fileSystem.writes > 100)
        withExtendedLifetime(table) { #expect(fileSystem.openFiles == 1) }
        let file = try POSIXFileSystem().open(directory.file("file"), flags: O_RDWR | O_CREAT)
        defer { POSIXFileSystem().close(file) }
        #expect(try #require(POSIXFileSystem().bytesLeft(file)) > 0)
    }

    @Test("where there can be no file, the rows stay in memory")
    func noDirectory() throws {
        let directory = try TemporaryDirectory()
        let fileSystem = FailingFileSystem()
        try Self.checkSameAsDictionary(
            RowRecordTable(spillingTo: directory.file("none"), fileSystem: fileSystem))
        #expect(fileSystem.writes == 0)
    }

    @Test("few rows need no file, and rows in their order are written once")
    func writes() throws {
        let directory = try TemporaryDirectory()
        let fileSystem = FailingFileSystem()
        let table = RowRecordTable(spillingTo: directory.path, fileSystem: fileSystem)
        for row in 1...12_000 { try table.change(row) { $0.stage = .finished } }
        #expect(fileSystem.writes == 0)
        for row in 12_001...60_000 { try table.change(row) { $0.stage = .finished } }
        for row in 1...60_000 where try table.record(of: row).stage != .finished {
            Issue.record("row \(row)")
        }
        #expect(fileSystem.writes == 30)
    }
}
