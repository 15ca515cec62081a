import BulkFiles
import BulkRecords

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads a saved plan, after making sure that it is whole and stands as it was made.
///
public struct PlanReader: ~Copyable {
    /// What a plan's rows are read for.
    public enum Purpose: Hashable, Sendable {
        /// To show or check all of them: a second thread takes them apart ahead, where the plan is long enough
        /// to need one.
        case showing
        /// To send them, a few at a time on the caller's thread and without the input's own values
        /// (``PlanEntry/cells``), which are not sent.
        case sending
    }

    /// The plan's first line.
    public let header: PlanHeader
    private let path: String
    private let file: OpenFile
    private var blocks: BlockReader<PlanRowBlock>
    private var block: PlanRowBlock?
    private var counts = PlanCounts()
    private var requests = 0

    /// The longest header that is read, in bytes.
    private static let longestHeader = 64 << 20

    /// Opens a plan and checks all of it: the header's checksum and every row against the plan's id.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The id that the plan has to have, or its first eight or more digits; `nil` for
    ///     any.
    ///   - purpose: What the rows are read for.
    /// - Throws: A ``PlanError`` when the file is no plan, a newer, changed or cut one, or another one
    ///   than expected; a `FileError` when it cannot be read.
    public init(
        path: String, expecting expectedID: String? = nil, for purpose: Purpose = .showing
    ) throws {
        let file = try POSIXFileSystem().open(path, flags: O_RDONLY)
        do {
            let (header, start) = try Self.readHeader(file)
            if let expectedID { try Self.expect(expectedID, header, path) }
            try Self.verify(file, header, from: start)
            guard lseek(file.descriptor, off_t(start), SEEK_SET) == off_t(start) else {
                throw FileError.last(.read, path)
            }
            let reader = try RecordReader(
                ByteSource(fileDescriptor: file.descriptor, name: path), format: .jsonLines,
                limits: RecordLimits(
                    fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 8, columns: 64))
            blocks = BlockReader(
                reader, size: purpose == .sending ? 16 << 10 : 32 << 10,
                startThread: purpose == .sending ? nil : BlockReader<PlanRowBlock>.secondThread
            ) { PlanRowBlock(readingCells: purpose != .sending) }
            self.header = header
        } catch {
            POSIXFileSystem().close(file)
            throw error
        }
        self.file = file
        self.path = path
    }

    deinit { POSIXFileSystem().close(file) }

    /// The next row; `nil` at the plan's end.
    ///
    /// - Throws: A ``PlanError`` when the plan changed since it was opened, and what reading throws.
    public mutating func next() throws -> PlanEntry? {
        while true {
            if let row = block?.next() {
                guard let entry = row else { throw unreadableRow }
                return count(entry)
            }
            block = try blocks.next()
            guard block != nil else { break }
        }
        // What guards and people went by has to be what is in the rows.
        if counts != header.counts || requests != header.requests { throw Self.rowsChanged(path) }
        return nil
    }

    /// The rows fit the id, so whoever wrote them did not write them as plans are written.
    private var unreadableRow: PlanError {
        PlanError(
            code: .rowUnreadable,
            message: "the plan's row \(counts.rows + 1) is not of the form in which this version "
                + "writes rows: plan again with this version", path: path)
    }

    private mutating func count(_ entry: PlanEntry) -> PlanEntry {
        counts.add(entry.disposition)
        if entry.sendsRequest { requests += 1 }
        return entry
    }

    private static func expect(
        _ expected: String, _ header: PlanHeader, _ path: String
    ) throws(PlanError) {
        guard header.isPlan(expected) else {
            throw PlanError(
                code: .otherPlan,
                message: "this is plan \(header.id), and plan \(expected) was expected: it is not "
                    + "the plan that was approved", path: path)
        }
    }

    private static func rowsChanged(_ path: String) -> PlanError {
        PlanError(
            code: .rowsChanged,
            message: "the plan's rows do not fit its id, so they were changed after the plan was "
                + "made: plan again", path: path)
    }

    private static func readHeader(
        _ file: OpenFile
    ) throws -> (header: PlanHeader, rowsStart: Int) {
        var line: [UInt8] = []
        var end: Int?
        while end == nil, line.count <= longestHeader {
            let chunk = try file.readSome(upTo: 64 << 10)
            if chunk.isEmpty { break }
            end = chunk.firstIndex(of: UInt8(ascii: "\n")).map { $0 + line.count }
            line += chunk
            // Nothing else starts this way, so a large file that is no plan is refused at once.
            if !line.starts(with: #"{"format":"mava-bulk-plan","#.utf8) { break }
        }
        let length = end ?? line.count
        let header = try line.withUnsafeBytes {
            try PlanHeader.read(UnsafeRawBufferPointer(rebasing: $0[..<length]), path: file.path)
        }
        return (header, length + 1)
    }

    /// How many line feeds there are.
    private static func countOfLines(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard var start = bytes.baseAddress else { return 0 }
        let end = start + bytes.count
        var count = 0
        while let feed = memchr(start, 0x0A, end - start) {
            count += 1
            start = UnsafeRawPointer(feed) + 1
        }
        return count
    }

    private static func verify(_ file: OpenFile, _ header: PlanHeader, from start: Int) throws {
        guard lseek(file.descriptor, off_t(start), SEEK_SET) == off_t(start) else {
            throw FileError.last(.read, file.path)
        }
        var digest = SHA256()
        var lines = 0
        var last = UInt8(ascii: "\n")
        // One buffer for all of it, and one that stays in the processor's cache.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.readSome(into: buffer)
            let chunk = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard let final = chunk.last else { break }
            digest.update(chunk)
            lines += Self.countOfLines(chunk)
            last = final
        }
        if digest.hexDigest() == header.id, lines == header.counts.rows { return }
        if lines < header.counts.rows || last != UInt8(ascii: "\n") {
            throw PlanError(
                code: .planTruncated,
                message:
                    "the plan ends after \(lines) of \(header.counts.rows) rows: copy it again, "
                    + "or plan again", path: file.path)
        }
        throw rowsChanged(file.path)
    }
}
