import BulkRecords
import BulkTestSupport
import Testing

@Suite("CSV against a plain parser")
struct CSVOracleTests {
    private static let letters: [[UInt8]] =
        [[0x22], [0x22], [0x22, 0x22], [0x2C], [0x2C], [0x0A], [0x0D, 0x0A], [0x0D]]
        + ["x", "yz", " ", "é", "漢", "😀", ";", "\t", "0123456789abcdef"].map { Array($0.utf8) }
        + [[0x00], [0xFF], [0xC3], [0xE2, 0x82]]

    /// Beginnings of the only unquoted fields that may contain quotes, and complete ones.
    private static let formulas = ["=\"", "=\"x\"", ",=\"é\",", "=\"1\"\n"].map { Array($0.utf8) }

    /// A document of special bytes in random order.
    static func noise(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        // The rarest letters are last. Otherwise they would cause almost only encoding problems.
        let kinds = random.chance(30) ? letters.count : letters.count - 4
        for _ in 0..<random.below(30) {
            bytes += random.chance(8) ? random.pick(formulas) : letters[random.below(kinds)]
        }
        return bytes
    }

    /// A header followed by some documents of either kind.
    static func mixture(_ random: inout SeededGenerator) -> [UInt8] {
        let columns = 1 + random.below(3)
        var bytes = Array((0..<columns).map { "c\($0)" }.joined(separator: ",").utf8) + [0x0A]
        for _ in 0...random.below(3) {
            bytes += random.chance(50) ? noise(&random) : table(&random, columns: columns)
        }
        return bytes
    }

    /// A well-formed document, except that one of its bytes may be changed.
    static func table(_ random: inout SeededGenerator, columns: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<random.below(5) {
            for column in 0..<columns {
                if column > 0 { bytes.append(0x2C) }
                var field: [UInt8] = []
                for _ in 0..<random.below(5) { field += letters[random.below(17)] }
                let isQuoted =
                    random.chance(20) || field.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
                if isQuoted {
                    bytes.append(0x22)
                    for byte in field { bytes += byte == 0x22 ? [0x22, 0x22] : [byte] }
                    bytes.append(0x22)
                } else {
                    bytes += field
                }
            }
            bytes += random.pick([[0x0A], [0x0D, 0x0A], [0x0D]])
        }
        if random.chance(50), !bytes.isEmpty {
            bytes[random.below(bytes.count)] = random.pick([
                0x22, 0x2C, 0x0A, 0x0D, 0x78, 0x00, 0xFF,
            ])
        }
        return bytes
    }

    @Test("Random documents give the same records, however they are cut into chunks")
    func documents() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        var problems: Set<RecordProblem.Code?> = []
        let small = RecordLimits(fieldBytes: 8, recordBytes: 24)
        for number in 0..<RandomDocuments.count {
            let columns = 1 + random.below(3)
            let header = Array((0..<columns).map { "c\($0)" }.joined(separator: ",").utf8) + [0x0A]
            let bytes =
                header
                + (random.chance(50)
                    ? Self.noise(&random) : Self.table(&random, columns: columns))
            let chunkSize = random.pick([1, 2, 3, 5, 8, 13, 21, 34, 4096])
            let seen = try SeenInput(bytes, format: .csv, chunkSize: chunkSize)
            var plain = PlainCSV(
                bytes, from: header.count, line: 2, fieldCount: columns, delimiter: 0x2C)
            for (index, record) in seen.records.enumerated() {
                guard let row = plain.next() else {
                    Issue.record("document \(number), \(bytes): \(record) is too many")
                    return
                }
                problems.insert(row.problem)
                let isSame =
                    row.problem == record.problem?.code && row.line == record.position.line
                    && row.start == record.position.byteOffset
                    && index + 1 == record.position.number
                    && row.raw.elementsEqual(record.raw.utf8) == isText(row.raw)
                    && row.fields.map { String(decoding: $0, as: UTF8.self) }
                        == record.values.map(\.text)
                    && (row.problem == nil
                        || row.problemLine == record.problem?.line
                            && row.problemOffset == record.problem?.byteOffset)
                if !isSame {
                    Issue.record(
                        "document \(number), \(bytes): \(record) at \(record.position), expected \(row)"
                    )
                    return
                }
            }
            if number % 4 == 0 {
                let limited = try SeenInput(bytes, format: .csv, limits: small)
                let isSame =
                    try limited
                    == SeenInput(bytes, format: .csv, limits: small, chunkSize: chunkSize)
                #expect(isSame, "document \(number), limited: \(bytes)")
            }
            let rest = plain.next()
            #expect(rest == nil, "document \(number): a record is missing: \(bytes)")
        }
        let met: Set<RecordProblem.Code?> = [
            nil, .raggedRow, .strayQuote, .unclosedQuote, .invalidUTF8, .nulByte,
        ]
        #expect(problems == met)
    }

    private func isText(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }
}
