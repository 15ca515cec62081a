import BulkTestSupport
import Foundation
import Testing

@testable import BulkRecords

@Suite("Texts with escapes or doubled quotes")
struct DecodedTextTests {
    private static let pieces = [
        "a", "\"", "\\", "\n", "é", "😀", "\u{1}", "plan and city", "0123456789abcdef",
    ]

    /// An input of rows that hold these texts, in the form of one format.
    private func input(_ rows: [[String]], _ format: RecordFormat) throws -> [UInt8] {
        switch format {
        case .csv:
            let lines = rows.map { row in
                row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
            }
            return Array((["a,b,c,d"] + lines).map { $0 + "\n" }.joined().utf8)
        case .jsonLines:
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try rows.flatMap { row in
                let members = Dictionary(uniqueKeysWithValues: zip(["a", "b", "c", "d"], row))
                return Array(try encoder.encode(members)) + [0x0A]
            }
        }
    }

    @Test(
        "each is the same in any order and again, and stays where it is while its record is read",
        arguments: [RecordFormat.csv, .jsonLines])
    func anyOrder(format: RecordFormat) throws {
        var random = SeededGenerator(seed: 11)
        let rows = (0..<RandomInputs.count(5000)).map { _ in
            (0..<4).map { _ in
                // Some are longer than what a reader holds for them at first.
                let length = random.below(200) == 0 ? 400 : random.below(6)
                return (0..<length).map { _ in random.pick(Self.pieces) }.joined()
            }
        }
        var reader = try RecordReader(
            ByteSource(bytes: try input(rows, format)), format: format)
        for row in rows {
            let isThere = try reader.advance()
            #expect(isThere && reader.record.count == 4)
            var seen: [(index: Int, bytes: UnsafeBufferPointer<UInt8>)] = []
            for _ in 0..<6 {
                let index = random.below(4)
                let bytes =
                    random.below(2) == 0
                    ? reader.record.bytes(of: index) : reader.record.value(index).bytes
                seen.append((index, bytes))
            }
            for (index, bytes) in seen {
                #expect(String(decoding: bytes, as: UTF8.self) == row[index])
            }
        }
        let isMore = try reader.advance()
        #expect(!isMore)
    }
}
