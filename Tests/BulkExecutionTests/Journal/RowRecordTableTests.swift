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
        for _ in 0..<20_000 {
            let row = Int.random(in: 0..<50_000, using: &random)
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
