import BulkPlanning
import BulkTestSupport
import Testing

@testable import BulkExecution

@Suite("Row records in few bytes")
struct RowRecordTableTests {
    /// A record as a journal's lines make it; now and then one that fits into no 8 bytes.
    static func record(_ random: inout SeededGenerator) -> RowRecord {
        var record = RowRecord()
        record.stage = [.untouched, .started, .unfinished, .finished].randomElement(using: &random)!
        record.mayHaveTakenEffect = .random(using: &random)
        record.hasTexts = .random(using: &random)
        record.requests =
            .random(in: 0...70_000, using: &random) % [3, 70_000].randomElement(using: &random)!
        record.outcome = Outcome.allCases.randomElement(using: &random)!
        record.failure = FailureCode.allCases.randomElement(using: &random)
        record.status = [nil, 200, 400, 503].randomElement(using: &random)!
        record.durationMilliseconds =
            [nil, 0, 20, 1 << 24 - 1, 1 << 24, .max].randomElement(using: &random)!
        record.setFinished(
            at: [nil, 0, 1_000, 1 << 40].randomElement(using: &random)!, since: 0)
        return record
    }

    @Test("each row is what it was last set to, however many kinds of rows there are")
    func sameAsDictionary() {
        var random = SeededGenerator(seed: 9)
        var table = RowRecordTable()
        var expected: [Int: RowRecord] = [:]
        var near = 0
        for turn in 0..<5_000 {
            // Segments are packed and opened again at every jump.
            if turn.isMultiple(of: 25) { near = Int.random(in: 0..<50_000, using: &random) }
            let row = near + Int.random(in: 0..<200, using: &random)
            let record = Self.record(&random)
            table[row] = record
            expected[row] = record
            let other = Int.random(in: 0..<60_000, using: &random)
            #expect(table[other] == expected[other] ?? RowRecord())
        }
        for row in 0..<60_000 where table[row] != expected[row] ?? RowRecord() {
            Issue.record("row \(row)")
        }
        #expect(table[-1] == RowRecord())
        #expect(table[.max] == RowRecord())
    }

    @Test(
        "rows that are written nearly in their order, and some again later, are what they were last set to"
    )
    func nearlyInOrder() {
        var random = SeededGenerator(seed: 11)
        var table = RowRecordTable()
        let count = 100_000
        var expected = Array(repeating: RowRecord(), count: count)
        func set(_ row: Int) {
            var record = RowRecord()
            record.stage = .finished
            record.requests = 1
            record.status = 200
            record.durationMilliseconds = .random(in: 20...400, using: &random)
            record.setFinished(at: Int64(row / 3), since: 0)
            table[row] = record
            expected[row] = record
        }
        for row in 0..<count where !row.isMultiple(of: 7) {
            set(max(0, row - .random(in: 0..<64, using: &random)))
            if row.isMultiple(of: 1_000) { set(.random(in: 0...row, using: &random)) }
        }
        for row in 0..<count where table[row] != expected[row] { Issue.record("row \(row)") }
    }

    @Test("words are packed without loss, at any length")
    func packing() {
        var random = SeededGenerator(seed: 12)
        for count in Array(0...100) + [4_096] {
            let words = (0..<count).map { _ in
                PackedRows.Word(
                    code: [0, 1, 255].randomElement(using: &random)!,
                    duration: [0, 1, 127, 128, .max].randomElement(using: &random)!,
                    offset: [0, 1, 1_000, 1 << 31, .max].randomElement(using: &random)!)
            }
            let packed = PackedRows(words)
            #expect(packed.words == words)
            #expect(words.indices.allSatisfy { packed[$0] == words[$0] })
        }
    }

    @Test("rows of an ordinary run take less than four bytes each")
    func size() {
        var random = SeededGenerator(seed: 13)
        let words = (0..<4_096).map { row in
            PackedRows.Word(
                code: 1, duration: .random(in: 20...400, using: &random),
                offset: UInt32(row * 333 + .random(in: 0..<100, using: &random)))
        }
        #expect(PackedRows(words).bytes.count < 4 * words.count)
        let blank = PackedRows(Array(repeating: PackedRows.Word(), count: 4_096))
        #expect(blank.bytes.count == 4_096)
    }

    @Test("a record is put together from its shape and its times")
    func shape() {
        var random = SeededGenerator(seed: 10)
        for _ in 0..<1_000 {
            let record = Self.record(&random)
            let again = RowRecord(
                shape: record.shape, duration: record.duration, offset: record.offset)
            #expect(again == record)
        }
    }
}
