import BulkRecords
import BulkTestSupport
import Foundation
import Testing

@Suite("Where bytes come from")
struct ByteSourceTests {
    private let text = "ticketId,status\n" + (0..<3000).map { "t\($0),Open\n" }.joined()

    private func lines(_ source: consuming ByteSource) throws -> Int {
        var reader = try RecordReader(source)
        var count = 0
        try reader.forEach { record in
            #expect(record["ticketId"] == "t\(count)")
            count += 1
        }
        return count
    }

    /// Runs `gzip -c` on bytes.
    private func compressed(_ bytes: [UInt8]) throws -> [UInt8] {
        let gzip = try ChildProgram("gzip", ["-c"], input: .bytes(bytes)).wait()
        #expect(gzip.status == 0)
        return gzip.output
    }

    @Test("A file is read in chunks", arguments: [1, 1000, ByteSource.defaultChunkSize])
    func file(chunkSize: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/rows.csv"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(try lines(ByteSource(path: path, chunkSize: chunkSize)) == 3000)
    }

    @Test("A descriptor is read to its end and left open")
    func descriptor() throws {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(text.utf8.prefix(3000)))
        try pipe.fileHandleForWriting.close()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        let reader = try RecordReader(ByteSource(fileDescriptor: descriptor), format: .csv)
        #expect(reader.columns == ["ticketId", "status"])
        #expect(fcntl(descriptor, F_GETFD) >= 0)
    }

    @Test("A missing file and a directory are errors that name them")
    func missing() {
        #expect {
            _ = try ByteSource(path: "/nowhere/rows.csv")
        } throws: { error in
            let error = error as? ReadError
            return error?.code == .cannotOpen && error?.inputName == "/nowhere/rows.csv"
        }
        #expect {
            _ = try RecordReader(ByteSource(path: "/"), format: .csv)
        } throws: { ($0 as? ReadError)?.code == .cannotRead }
    }

    @Test("The observer sees every byte once, in order", arguments: [1, 7, 4096])
    func observer(chunkSize: Int) throws {
        for bytes in [Array(text.utf8), try compressed(Array(text.utf8))] {
            var source = ByteSource(bytes: bytes, chunkSize: chunkSize)
            var seen: [UInt8] = []
            source.observer = { seen.append(contentsOf: $0) }
            #expect(try lines(source) == 3000)
            #expect(seen == Array(text.utf8))
        }
    }

    @Test("Gzip is known by its first bytes, whatever the name", arguments: [1, 7, 4096, 1 << 18])
    func gzip(chunkSize: Int) throws {
        let bytes = try compressed(Array(text.utf8))
        for name in ["rows.csv", "rows.csv.gz", "-"] {
            #expect(try lines(ByteSource(bytes: bytes, name: name, chunkSize: chunkSize)) == 3000)
        }
    }

    @Test("Two gzip members behind each other are one input")
    func members() throws {
        let half = text.index(text.startIndex, offsetBy: 10_000)
        let bytes =
            try compressed(Array(text[..<half].utf8)) + compressed(Array(text[half...].utf8))
        #expect(try lines(ByteSource(bytes: bytes)) == 3000)
    }

    @Test("Gzip data that is cut off, damaged or followed by other data is an error")
    func damaged() throws {
        let whole = try compressed(Array(text.utf8))
        var flipped = whole
        flipped[whole.count / 2] ^= 0x55
        for bytes in [
            Array(whole.dropLast(5)), flipped, whole + Array("x".utf8), Array(whole.prefix(20)),
        ] {
            #expect {
                _ = try SeenInput(bytes, format: .csv)
            } throws: { ($0 as? ReadError)?.code == .decompressionFailed }
        }
    }

    @Test("A name that says gzip for what is none is an error")
    func misnamed() {
        #expect {
            _ = try SeenInput(Array(text.utf8), name: "rows.csv.gz")
        } throws: { ($0 as? ReadError)?.code == .decompressionFailed }
    }

    @Test("What expands beyond belief is refused")
    func bomb() throws {
        let bytes = try compressed(Array("a,b\n".utf8) + [UInt8](repeating: 0x0A, count: 1 << 20))
        var source = ByteSource(bytes: bytes)
        #expect(source.expansionAllowed.ratio == 200)
        source.expansionAllowed = (ratio: 10, bytes: 1 << 16)
        var reader = try RecordReader(source, format: .csv)
        #expect {
            try reader.forEach { _ in }
        } throws: { ($0 as? ReadError)?.code == .expansionTooLarge }
    }

    @Test("A reader that is dropped early ends its thread", .timeLimit(.minutes(20)))
    func dropped() throws {
        // Several pieces, so that decompression goes on by itself after the first.
        let bytes = try compressed(Array(String(repeating: text, count: 200).utf8))
        for _ in 0..<3 {
            var reader = try RecordReader(ByteSource(bytes: bytes, chunkSize: 300_000))
            for _ in 0..<30_000 {
                let isThere = try reader.next { _ in }
                #expect(isThere)
            }
        }
    }
}
