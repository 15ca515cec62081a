import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Synchronization
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Journal")
struct JournalTests {
    static let header = JournalHeader(
        planID: RunHarness.planID, tool: "mava-bulk test", startedAt: 1_700_000_000_000)

    static let lines: [JournalLine] = [
        .start(row: 1, request: 1, at: 1_700_000_000_001),
        .again(
            JournalLine.Unfinished(
                row: 1, requests: 1, failure: .serverError, mayHaveTakenEffect: true,
                httpStatus: 500, message: "a \"quoted\"\nline\u{2028} and \u{1F600}\u{7}",
                at: 1_700_000_000_002)),
        .done(
            RowOutcome(
                row: 1, outcome: .updated, attempts: 2, httpStatus: 200,
                durationMilliseconds: 143, finishedAtMilliseconds: 1_700_000_000_150)),
        .decided(
            RowOutcome(
                row: 7, outcome: .conflict, finishedAtMilliseconds: 1_700_000_000_151,
                issue: RowIssue(
                    code: .changedSincePlan, message: "changed\\", column: "status"))),
        .settled(RowOutcome(row: 9, outcome: .unknown, attempts: 5, failure: .timedOut)),
        .resumed(at: 1_700_000_009_000),
        .ended(reason: "finished", at: 1_700_000_009_001),
    ]

    /// A journal with these lines, as bytes.
    static func bytes(_ lines: [JournalLine]) -> [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(header)
        for line in lines { buffer.append(line) }
        return buffer.withUnsafeBytes { Array($0) }
    }

    @Test("a line is read as it was written", arguments: lines)
    func roundTrip(line: JournalLine) throws {
        var buffer = OutputBuffer()
        buffer.append(line)
        let text = buffer.withUnsafeBytes { Array($0) }
        #expect(text.count { $0 == 0x0A } == 1)
        let fields = text.dropLast().withUnsafeBytes { JournalFields($0) }
        #expect(JournalLine(try #require(fields)) == line)
    }

    @Test(
        "a line with a time that no calendar has is none, though its checksum is right",
        arguments: [.min, -62_135_596_800_001, 253_402_300_800_000, .max] as [Int64])
    func times(at: Int64) {
        let outcome = RowOutcome(
            row: 1, outcome: .updated, attempts: 1, httpStatus: 200, durationMilliseconds: 1,
            finishedAtMilliseconds: at)
        let lines: [JournalLine] = [
            .start(row: 1, request: 1, at: at), .done(outcome), .decided(outcome),
            .settled(outcome), .resumed(at: at), .ended(reason: "finished", at: at),
            .again(
                JournalLine.Unfinished(
                    row: 1, requests: 1, failure: .serverError, mayHaveTakenEffect: true,
                    httpStatus: 500, message: nil, at: at)),
        ]
        for line in lines {
            var buffer = OutputBuffer()
            buffer.append(line)
            let text = buffer.withUnsafeBytes { Array($0.dropLast()) }
            #expect(text.withUnsafeBytes { JournalLine($0) } == nil, "\(line)")
        }
        var buffer = OutputBuffer()
        buffer.append(
            JournalHeader(planID: RunHarness.planID, tool: "mava-bulk test", startedAt: at))
        let text = buffer.withUnsafeBytes { Array($0.dropLast()) }
        #expect(text.withUnsafeBytes { JournalFields($0) }.flatMap(JournalHeader.init) == nil)
    }

    @Test("no changed byte of a line goes unnoticed")
    func checksum() throws {
        var buffer = OutputBuffer()
        buffer.append(Self.lines[2])
        let text = buffer.withUnsafeBytes { Array($0.dropLast()) }
        for index in text.indices {
            var changed = text
            changed[index] ^= 1
            let fields = changed.withUnsafeBytes { JournalFields($0) }
            #expect(fields.flatMap(JournalLine.init) == nil, "byte \(index)")
        }
    }

    @Test("what was written is what the index says, row by row")
    func index() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.bytes(Self.lines), to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        #expect(index.header == Self.header)
        #expect(index.tornLength == 0)
        #expect(index.requests == 1)
        #expect(index.endReason == "finished")
        let done = try index.outcome(of: .update(1))
        #expect(done.outcome == .updated)
        #expect(done.attempts == 2)
        #expect(done.durationMilliseconds == 143)
        #expect(done.finishedAtMilliseconds == 1_700_000_000_150)
        #expect(done.message == nil)
        #expect(try index.outcome(of: .merged(3, into: 1)).row == 3)
        #expect(try index.outcome(of: .merged(3, into: 1)).outcome == .updated)
        #expect(try index.outcome(of: .update(7)).issue?.column == "status")
        #expect(try index.outcome(of: .update(9)).failure == .timedOut)
        #expect(try index.outcome(of: .update(1000)).outcome == .unsent)
        #expect(try index.outcome(of: .quiet(2, .held)).outcome == .held)
    }

    /// Failed rows with messages of all lengths, some with several lines one after the other.
    private static func failedRows(_ count: Int) -> [JournalLine] {
        (1...count).reversed().map { row in
            let message = String(repeating: "\(row) ", count: row.isMultiple(of: 50) ? 10_000 : 5)
            return .done(
                RowOutcome(
                    row: row, outcome: .failed, attempts: 1, httpStatus: 400, failure: .refused,
                    message: message))
        }
    }

    @Test("texts are read from the journal again, in any order and of any length")
    func texts() throws {
        let directory = try TemporaryDirectory()
        let lines = Self.failedRows(200)
        let path = try directory.write(Self.bytes(lines), to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        for case .done(let expected) in lines + lines.shuffled() {
            #expect(try index.outcome(of: .update(expected.row)) == expected)
        }
        #expect(try index.outcome(of: .merged(300, into: 7)).message?.hasPrefix("7 7 ") == true)
    }

    @Test("a journal that is changed while it is in use is refused, with the line")
    func changedInUse() throws {
        let directory = try TemporaryDirectory()
        let lines = Self.failedRows(3)
        let path = try directory.write(Self.bytes(lines), to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        var bytes = Self.bytes(lines)
        bytes[bytes.count - 30] ^= 1
        let file = try POSIXFileSystem().open(path, flags: O_WRONLY)
        try bytes.withUnsafeBytes { try POSIXFileSystem().writeAll(file, $0) }
        #expect(try index.outcome(of: .update(2)).message == "2 2 2 2 2 ")
        let error = #expect(throws: JournalError.self) { try index.outcome(of: .update(1)) }
        #expect(error?.code == .corrupt)
        #expect(error?.line == 4)
        // A message whose line was cut off is an error, not another row's message.
        try POSIXFileSystem().truncate(file, to: 10)
        POSIXFileSystem().close(file)
        #expect(throws: JournalError.self) {
            try JournalTextReader(path).texts(at: Self.bytes([]).count)
        }
    }

    @Test("a row that was begun and left is unknown only where it may have taken effect")
    func leftRows() throws {
        let directory = try TemporaryDirectory()
        func unfinished(_ row: Int, _ open: Bool) -> JournalLine {
            .again(
                JournalLine.Unfinished(
                    row: row, requests: 1, failure: .rateLimited, mayHaveTakenEffect: open,
                    httpStatus: 429, message: nil, at: 1_700_000_000_001))
        }
        let path = try directory.write(
            Self.bytes([
                .start(row: 1, request: 1, at: 1), .start(row: 2, request: 1, at: 1),
                unfinished(2, false), .start(row: 3, request: 1, at: 1), unfinished(3, true),
                .start(row: 2, request: 2, at: 1), unfinished(2, false),
            ]), to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        #expect(
            try [1, 2, 3].map { try index.outcome(of: .update($0)).outcome } == [
                .unknown, .unsent, .unknown,
            ])
        #expect(try index.outcome(of: .update(2)).failure == .rateLimited)
        #expect(index.endReason == nil)
        #expect(try [1, 2, 3].map { try index.isFinished($0) } == [false, false, false])
        #expect(try [1, 2, 3].map { try index.mayHaveTakenEffect($0) } == [true, false, true])
    }

    @Test("cut anywhere, a journal keeps its whole lines, and goes on after them")
    func tornTail() async throws {
        let directory = try TemporaryDirectory()
        let bytes = Self.bytes(Self.lines)
        let headerLength = Self.bytes([]).count
        for length in headerLength..<bytes.count {
            let cut = Array(bytes[..<length])
            let path = try directory.write(cut, to: "journal.jsonl")
            let index = try JournalIndex.read(path)
            let whole = cut.lastIndex(of: 0x0A)! + 1
            #expect(index.wholeLength == whole)
            #expect(index.tornLength == length - whole)
            let journal = try JournalWriter.open(path, keeping: index)
            journal.append(Self.lines[5])
            try await journal.synced()
            #expect(try JournalIndex.read(path).tornLength == 0)
            let expected =
                Array(cut[..<whole]) + Self.bytes([Self.lines[5]]).dropFirst(headerLength)
            #expect(try directory.read("journal.jsonl") == expected)
        }
    }

    @Test("a tail of zeros, as a power cut leaves it, is cut too")
    func zeroTail() throws {
        let directory = try TemporaryDirectory()
        let whole = Self.bytes(Array(Self.lines[..<2]))
        let path = try directory.write(
            whole + [UInt8](repeating: 0, count: 300) + [0x0A, 0x0A], to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        #expect(index.wholeLength == whole.count)
        #expect(index.tornLength == 302)
    }

    @Test("a damaged line that whole lines follow is refused, by its number")
    func corruption() throws {
        let directory = try TemporaryDirectory()
        var bytes = Self.bytes(Self.lines)
        let newlines = bytes.indices.filter { bytes[$0] == 0x0A }
        bytes[newlines[1] + 5] ^= 0x20
        let path = try directory.write(bytes, to: "journal.jsonl")
        let error = #expect(throws: JournalError.self) { try JournalIndex.read(path) }
        #expect(error?.code == .corrupt)
        #expect(error?.line == 3)
        #expect(error?.description.hasPrefix("\(path):3: ") == true)
    }

    @Test(
        "what is no journal is refused",
        arguments: ["", "\n", "{\"format\":\"mava-bulk-plan\"}\n", "row,line\n1,2\n"])
    func notAJournal(text: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "journal.jsonl")
        let error = #expect(throws: JournalError.self) { try JournalIndex.read(path) }
        #expect(error?.code == .notAJournal)
    }

    @Test("a journal of another plan is refused")
    func otherPlan() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.bytes([]), to: "journal.jsonl")
        let index = try JournalIndex.read(path)
        try index.requirePlan(RunHarness.planID, path: path)
        let error = #expect(throws: JournalError.self) {
            try index.requirePlan("ffff", path: path)
        }
        #expect(error?.code == .otherPlan)
    }

    @Test("a journal that is there already is not replaced")
    func exists() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("x", to: "journal.jsonl")
        #expect(throws: FileError.self) { try JournalWriter.create(path, Self.header) }
        #expect(try directory.readText("journal.jsonl") == "x")
    }

    @Test("lines keep their order, whoever waits, and every line is there after the wait")
    func order() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("journal.jsonl")
        let journal = try JournalWriter.create(
            path, Self.header, fileSystem: FailingFileSystem(longestWrite: 7))
        for row in 1...200 {
            journal.append(.start(row: row, request: 1, at: 1))
            if row % 10 == 0 {
                try await journal.written()
                #expect(try JournalIndex.read(path).requests == row)
            }
        }
        try await journal.synced()
        #expect(
            try directory.read("journal.jsonl")
                == Self.bytes(
                    (1...200).map { .start(row: $0, request: 1, at: 1) }))
    }

    @Test("outcomes that come slowly are synced one by one, quick ones together")
    func syncPolicy() async throws {
        let directory = try TemporaryDirectory()
        let clock = ManualClock()
        let files = FailingFileSystem()
        let timers = Timers()
        let journal = try JournalWriter.create(
            directory.file("journal.jsonl"), Self.header, fileSystem: files,
            clock: { Nanoseconds(clock.now.offset) },
            schedule: { delay, action in timers.waiting.withLock { $0.append((delay, action)) } })
        let atFirst = files.syncs
        for row in 1...6 {
            clock.advance(by: .milliseconds(10))
            journal.append(.done(RowOutcome(row: row, outcome: .updated)))
            try await journal.synced()
        }
        #expect(files.syncs == atFirst + 6)
        for row in 7...50 {
            journal.append(.done(RowOutcome(row: row, outcome: .updated)))
            try await journal.written()
        }
        journal.append(.start(row: 51, request: 1, at: 0))
        try await journal.written()
        // More time has passed since the last sync than between slow outcomes, but another outcome is already
        // expected.
        clock.advance(by: .milliseconds(50))
        journal.append(.done(RowOutcome(row: 52, outcome: .updated)))
        try await journal.written()
        // The waiting timers are removed, because they hold the journal and the journal holds them.
        let waiting = timers.waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        #expect(waiting.map(\.delay) == [100 * .millisecond])
        #expect(files.syncs == atFirst + 6)
        waiting.first?.action()
        try await journal.synced()
        #expect(files.syncs == atFirst + 7)
    }

    private final class Timers: Sendable {
        typealias Timer = (delay: Nanoseconds, action: @Sendable () -> Void)
        let waiting = Mutex<[Timer]>([])
    }
}
