import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Testing

@testable import BulkExecution

@Suite("Frequent lines of a journal")
struct PlainLineTests {
    /// A line's bytes before its checksum.
    static func body(_ line: JournalLine) -> [UInt8] {
        var buffer = OutputBuffer()
        buffer.append(line)
        return buffer.withUnsafeBytes { Array($0.dropLast(17)) }
    }

    static func general(_ body: [UInt8]) -> JournalLine? {
        body.withUnsafeBytes { JournalFields(body: $0) }.flatMap(JournalLine.init)
    }

    static func plain(_ body: [UInt8]) -> JournalLine? {
        body.withUnsafeBytes { JournalLine.plain($0) }
    }

    @Test("the lines of an undisturbed run are read byte by byte")
    func frequent() {
        let start = JournalLine.start(row: 12, request: 1, at: 1_764_000_001_200)
        let done = JournalLine.done(
            RowOutcome(
                row: 12, outcome: .updated, attempts: 1, httpStatus: 200,
                durationMilliseconds: 0, finishedAtMilliseconds: 1_764_000_001_201))
        for line in [start, done] { #expect(Self.plain(Self.body(line)) == line) }
        for line in JournalTests.lines.dropFirst(3) { #expect(Self.plain(Self.body(line)) == nil) }
    }

    @Test("what is read byte by byte is what the general reader says, for changed lines too")
    func sameAsGeneral() {
        var random = SeededGenerator(seed: 4)
        var taken = 0
        let spare = Array(#"0123456789{}[]:,"\-+. erowndatsm"#.utf8)
        for round in 0..<20_000 {
            let row = Int.random(in: 1...(1 << Int.random(in: 1...62)), using: &random)
            let number = Int.random(in: 0...5, using: &random)
            var body = Self.body(
                .random(using: &random)
                    ? .start(row: row, request: number, at: 1_764_000_001_200)
                    : .done(
                        RowOutcome(
                            row: row, outcome: .updated, attempts: number, httpStatus: 200,
                            durationMilliseconds: row % 5000,
                            finishedAtMilliseconds: 1_764_000_001_201)))
            for _ in 0..<(round % 4) {
                let index = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[index] = spare.randomElement(using: &random)!
                case 1: body.insert(spare.randomElement(using: &random)!, at: index)
                default: body.remove(at: index)
                }
            }
            guard let line = Self.plain(body) else { continue }
            taken += 1
            #expect(line == Self.general(body), "\(String(decoding: body, as: UTF8.self))")
        }
        #expect(taken > 5_000)
    }

    @Test("only outcomes about which a ticket can tell more make a run settle")
    func openOutcomes() {
        func index(_ lines: [JournalLine]) -> JournalIndex {
            JournalIndex(JournalTests.header, lines)
        }
        #expect(!index(Array(JournalTests.lines[..<4])).hasOpenOutcomes)
        #expect(index(JournalTests.lines).hasOpenOutcomes)
        let refused = RowOutcome(row: 1, outcome: .failed, failure: .ticketNotFound)
        #expect(!index([.done(refused)]).hasOpenOutcomes)
        let open = RowOutcome(row: 1, outcome: .unknown, failure: .serverError)
        let settled = RowOutcome(row: 1, outcome: .updated)
        #expect(index([.done(open), .settled(settled)]).hasOpenOutcomes)
    }
}
