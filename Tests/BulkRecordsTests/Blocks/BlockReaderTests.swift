import BulkRecords
import BulkSystem
import BulkTestSupport
import Testing

/// Keeps the records of a block.
private final class KeptRecords: BlockWork {
    private(set) var records: [SeenRecord] = []

    func read(_ records: inout RecordReader) {
        self.records = []
        while records.advanceInBlock() { self.records.append(SeenRecord(records.record)) }
    }
}

/// Keeps the lines of a block unchanged, with `nil` for what is not a line.
private final class KeptLines: BlockWork {
    private(set) var lines: [String?] = []

    func read(_ records: inout RecordReader) {
        lines = []
        repeat {
            while let line = records.nextLine() {
                lines.append(String(decoding: line, as: UTF8.self))
            }
            guard records.advanceInBlock() else { return }
            lines.append(nil)
        } while true
    }
}

extension SeenInput {
    /// Reads an input in blocks that are scanned ahead.
    fileprivate init(
        blocksOf bytes: [UInt8], format: RecordFormat, limits: RecordLimits = RecordLimits(),
        size: Int, ahead: Int = 3, chunkSize: Int = ByteSource.defaultChunkSize
    ) throws {
        let reader = try RecordReader(
            ByteSource(bytes: bytes, chunkSize: chunkSize), format: format, limits: limits)
        // Without a second thread, the caller scans the blocks ahead.
        var blocks = BlockReader(
            reader, size: size, ahead: ahead, startThread: { _ in nil },
            makeWork: { KeptRecords() })
        try self.init(&blocks) { $0.records }
    }
}

@Suite("Reading by blocks")
struct BlockReaderTests {
    private static let sizes = [1, 2, 3, 5, 8, 13, 21, 34, 55, 4096]

    /// Whether reading an input in blocks of some size gives the same result as reading it whole.
    private func isSame(
        _ bytes: [UInt8], _ format: RecordFormat, _ limits: RecordLimits,
        _ random: inout SeededGenerator
    ) throws -> Bool {
        let size = random.pick(Self.sizes)
        let whole = try SeenInput(bytes, format: format, limits: limits)
        let blocks = try SeenInput(
            blocksOf: bytes, format: format, limits: limits, size: size,
            ahead: 1 + random.below(5), chunkSize: random.pick([1, 7, 4096]))
        #expect(whole == blocks, "blocks of \(size) bytes")
        return whole == blocks
    }

    #if DEBUG
        @Test("A line of many blocks is scanned a few times, however long it is")
        func longLine() async throws {
            func steps(_ count: Int) async throws -> Int {
                let line = "{\"id\":\"" + String(repeating: "x", count: count) + "\"}\n"
                return try await StepCount.during {
                    let seen = try SeenInput(
                        blocksOf: Array(line.utf8), format: .jsonLines,
                        limits: RecordLimits(fieldBytes: 1 << 30, recordBytes: 1 << 30),
                        size: 16 << 10)
                    #expect(seen.records.count == 1)
                }
            }
            let (small, large) = (try await steps(1 << 20), try await steps(8 << 20))
            #expect(small > 0 && large < 12 * small, "\(small) → \(large)")
        }
    #endif

    @Test("Random CSV gives the same records by blocks of any size, as in one piece")
    func csv() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        let small = RecordLimits(fieldBytes: 8, recordBytes: 24)
        for number in 0..<RandomDocuments.count / 4 {
            let bytes = CSVOracleTests.mixture(&random)
            let limits = random.chance(30) ? small : RecordLimits()
            guard try isSame(bytes, .csv, limits, &random) else {
                Issue.record("document \(number): \(bytes)")
                return
            }
        }
    }

    @Test("Random JSON Lines give the same records by blocks of any size, as in one piece")
    func json() throws {
        var random = SeededGenerator(seed: RandomDocuments.seed)
        for number in 0..<RandomDocuments.count / 4 {
            var bytes: [UInt8] = []
            for _ in 0...random.below(6) {
                bytes += JSONOracleTests.document(&random)
                bytes += Array(random.pick(["\n", "\n", "\n", "\r\n", "\r", "\n\n"]).utf8)
            }
            // Few documents have as many keys as these limits allow. Those that do reach the limit
            // early.
            let limits =
                random.chance(50)
                ? RecordLimits(
                    fieldBytes: 1 + random.below(16), recordBytes: 8 + random.below(32),
                    columns: 1 + random.below(4)) : RecordLimits()
            guard try isSame(bytes, .jsonLines, limits, &random) else {
                Issue.record("document \(number): \(bytes)")
                return
            }
        }
    }

    @Test(
        "A quoted field that goes on over many blocks is one field",
        arguments: sizes)
    func quotes(size: Int) throws {
        let field = "\"" + (0..<20).map { "line \($0), with \"\"quotes\"\"\n" }.joined() + "\""
        let text = "a,b\n1,2\n\(field),x\n3,4\n5,\"6\n7\"\n\(field),\(field)\n8,9\n"
        let blocks = try SeenInput(blocksOf: Array(text.utf8), format: .csv, size: size)
        #expect(try blocks == SeenInput(Array(text.utf8), format: .csv))
        #expect(blocks.records.count == 6)
    }

    @Test("Lines that end with a lone CR, or not at all, are read by blocks too", arguments: sizes)
    func noLineFeeds(size: Int) throws {
        for text in ["a,b\r1,2\r3,4\r\r5,6", "a,b\r1,2\r3,4\r", "a,b\r\"1\r\",2\r3\r4,5"] {
            let blocks = try SeenInput(blocksOf: Array(text.utf8), format: .csv, size: size)
            #expect(try blocks == SeenInput(Array(text.utf8), format: .csv))
        }
        let endless = "{\"a\":1}\n{\"a\":\"" + String(repeating: "x", count: 300) + "\"}\n{\"b\":2}"
        let limits = RecordLimits(fieldBytes: 50, recordBytes: 60)
        let blocks = try SeenInput(
            blocksOf: Array(endless.utf8), format: .jsonLines, limits: limits, size: size)
        #expect(try blocks == SeenInput(Array(endless.utf8), format: .jsonLines, limits: limits))
        #expect(blocks.lines == ["1", "!record_too_long@2", "2"])
    }

    @Test("Lines are handed out as they are, by blocks of any size", arguments: sizes)
    func lines(size: Int) throws {
        let long = String(repeating: "x", count: 50)
        let expected: [String?] = ["{}", "", "no JSON", "é\r", nil, "{\"a\":1}", "the last one"]
        let text = expected.map { $0 ?? long }.joined(separator: "\n")
        let reader = try RecordReader(
            ByteSource(bytes: Array(text.utf8), chunkSize: 4096), format: .jsonLines,
            limits: RecordLimits(fieldBytes: 40, recordBytes: 40))
        var blocks = BlockReader(
            reader, size: size, ahead: 3, startThread: { _ in nil }, makeWork: { KeptLines() })
        var lines: [String?] = []
        while let block = try blocks.next() {
            // The block's origin counts exactly the lines before this one.
            #expect(blocks.origin.number == lines.count)
            lines += block.lines
        }
        #expect(lines == expected)
    }

    @Test("An input of nothing but a header has one empty block, an empty one too")
    func empty() throws {
        for text in ["", "a,b", "a,b\n", "\n\n"] {
            let blocks = try SeenInput(blocksOf: Array(text.utf8), format: .csv, size: 16)
            #expect(try blocks == SeenInput(Array(text.utf8), format: .csv))
        }
        let none = try SeenInput(blocksOf: [], format: .jsonLines, size: 16)
        #expect(none.records.isEmpty)
    }

    @Test("What could be read before reading failed is handed out first")
    func failure() throws {
        let text = "a,b\n" + (0..<3000).map { "\($0),x\n" }.joined()
        let gzip = try ChildProgram("gzip", ["-c"], input: .bytes(Array(text.utf8))).wait()
        let reader = try RecordReader(
            ByteSource(bytes: gzip.output.dropLast(5), chunkSize: 100), format: .csv)
        var blocks = BlockReader(
            reader, size: 1000, startThread: { _ in nil }, makeWork: { KeptRecords() })
        var count = 0
        #expect(throws: ReadError.self) {
            while let work = try blocks.next() { count += work.records.count }
        }
        #expect(count > 2500)
    }

    @Test("The source's observer sees every byte once and in order")
    func observer() throws {
        let text = "a,b\n" + (0..<500).map { "\($0),\"x\n\($0)\"\n" }.joined()
        var source = ByteSource(bytes: Array(text.utf8), chunkSize: 100)
        var seen: [UInt8] = []
        source.observer = { seen += $0 }
        var blocks = BlockReader(
            try RecordReader(source, format: .csv), size: 64, startThread: { _ in nil },
            makeWork: { KeptRecords() })
        var ends: [Int] = []
        while try blocks.next() != nil { ends.append(blocks.endOffset) }
        #expect(seen == Array(text.utf8))
        #expect(ends == ends.sorted() && ends.last == seen.count)
    }
}
