package import BulkSystem
package import BulkRecords
import Synchronization

import CLibrary

/// A saved plan that is opened once, checked as a whole, and kept open.
///
/// "What was approved is what is sent" rests on ``block(_:)``. All rows are read through it, to be
/// shown, compared, sent or reported, and through the same descriptor, so changes at the path do not
/// matter. It compares each block of 64 KiB with the plan's id: the check at opening keeps the state
/// of the id's hash at the start of each block, and a block has to lead from its state to the next
/// one, the last block to the id itself. If a block was changed in place since then, an error is
/// reported before any of its rows.
///
/// ``isUnchanged()`` checks all blocks once more after the approval. It does not make that promise
/// stronger. It refuses a changed plan before the run begins, not in its middle.
package final class PlanFile: Sendable {
    /// The plan's first line.
    package let header: PlanHeader
    /// Where the plan is, for messages.
    package var path: String { place.withLock { $0 } }
    private let place: Mutex<String>
    private let file: OpenFile
    /// Where the first row starts, in bytes.
    private let rowsStart: Int
    /// The state of the id's hash at the start of each block.
    private let states: [SIMD8<UInt32>]
    /// What the id's hash has after the rows.
    private let ending: [UInt8]
    /// Counts the bytes of rows that are read; `nil` for no count.
    private let reads: PlanReads?

    /// The longest accepted header, in bytes.
    private static let longestHeader = 64 << 20
    /// How many bytes are checked together; they fit into the processor's cache.
    private static let blockSize = 64 << 10

    /// Opens a plan and checks all of it: the header's checksum and every row against the plan's
    /// id.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The required id, or its first eight or more digits; `nil` for any.
    ///   - isOurs: Whether the file must belong to this user and must not be a link.
    ///   - reads: Counts the bytes of rows that are read.
    /// - Throws: A ``PlanError`` when the file is not a plan, or the plan is newer, changed,
    ///   truncated or not the expected one; a `FileError` when it cannot be read, or does not
    ///   belong to the user.
    package init(
        path: String, expecting expectedID: String? = nil, isOurs: Bool = false,
        reads: PlanReads? = nil
    ) throws {
        let file = try Self.open(path, isOurs: isOurs)
        do {
            let (header, line) = try Self.readHeader(file)
            if let expectedID { try Self.expect(expectedID, header, path) }
            rowsStart = line.count + 1
            (states, ending) = try Self.verify(file, header, from: rowsStart, reads)
            self.header = header
        } catch {
            POSIXFileSystem().close(file)
            throw error
        }
        self.file = file
        self.reads = reads
        place = Mutex(path)
    }

    /// Copies a plan, checks all of it on the way, and opens the copy.
    ///
    /// The bytes that are checked are the bytes that are written, so the copy is not read again here.
    ///
    /// - Parameters:
    ///   - source: The plan's file.
    ///   - path: Where the copy will be.
    ///   - expectedID: The required id, or its first eight or more digits; `nil` for any.
    ///   - reads: Counts the bytes of rows that are read.
    /// - Throws: A ``PlanError`` as when a plan is opened, and no copy is left; a `FileError` when
    ///   the plan cannot be read or the copy cannot be written.
    package init(
        copying source: String, to path: String, expecting expectedID: String? = nil,
        reads: PlanReads? = nil
    ) throws {
        let original = try Self.open(source, isOurs: false)
        defer { POSIXFileSystem().close(original) }
        let (header, line) = try Self.readHeader(original)
        if let expectedID { try Self.expect(expectedID, header, source) }
        rowsStart = line.count + 1
        var copy = try AtomicFile(path, followsLink: false)
        var buffer = OutputBuffer(capacity: Self.blockSize)
        line.withUnsafeBytes { buffer.append($0) }
        buffer.append("\n")
        (states, ending) = try Self.verify(original, header, from: rowsStart, reads) { block in
            buffer.append(block)
            try copy.write(&buffer)
        }
        try Self.requireCover(ending, header, source)
        try copy.write(&buffer)
        try copy.commit()
        file = try Self.open(path, isOurs: true)
        self.header = header
        self.reads = reads
        place = Mutex(path)
    }

    /// Refuses a plan of an earlier version whose id does not cover what it permits.
    ///
    /// - Throws: A ``PlanError``.
    package func requireCoveredPermissions() throws {
        try Self.requireCover(ending, header, path)
    }

    private static func requireCover(
        _ ending: [UInt8], _ header: PlanHeader, _ path: String
    ) throws {
        guard ending != header.permissions else { return }
        throw PlanError(
            code: .otherPlan,
            message:
                "an earlier version made the plan, whose id does not cover what it permits: plan again",
            path: path)
    }

    /// Reads the header of a plan without its rows, which are not checked.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - isOurs: Whether the file must belong to this user and must not be a link.
    /// - Returns: The header.
    /// - Throws: As for opening a plan, except for what is wrong with its rows.
    package static func header(of path: String, isOurs: Bool) throws -> PlanHeader {
        let file = try open(path, isOurs: isOurs)
        defer { POSIXFileSystem().close(file) }
        return try readHeader(file).header
    }

    deinit { POSIXFileSystem().close(file) }

    /// Whether the file now at a path is this one.
    ///
    /// - Parameter path: The path; a link there is another file.
    /// - Returns: Whether it is.
    package func isAt(_ path: String) -> Bool {
        var here = stat()
        var there = stat()
        return fstat(file.descriptor, &here) == 0 && lstat(path, &there) == 0
            && here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    /// Records where the file was moved to, for messages.
    package func moved(to path: String) { place.withLock { $0 = path } }

    /// Whether the rows are still the checked ones; all of them are read again.
    ///
    /// - Throws: A `FileError` when the file cannot be read.
    package func isUnchanged() throws(FileError) -> Bool {
        for index in states.indices {
            if try block(index) == nil { return false }
        }
        return true
    }

    /// The rows as they were when the plan was opened, from the first one on.
    package func source() -> ByteSource {
        var reading = BlockReading(plan: self)
        return ByteSource(name: path) { space throws(ReadError) in try reading.next(into: space) }
    }

    /// The error for a plan that is no longer the one that was checked.
    package var rowsChanged: PlanError { Self.rowsChanged(path) }

    // MARK: Reading again

    /// The state of one reader.
    private struct BlockReading {
        let plan: PlanFile
        var block = [UInt8]()
        var taken = 0
        var index = 0

        mutating func next(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
            if taken == block.count {
                guard index < plan.states.count else { return 0 }
                block = try plan.checkedBlock(index)
                taken = 0
                index += 1
            }
            let count = min(space.count, block.count - taken)
            space.copyBytes(from: block[taken..<taken + count])
            taken += count
            return count
        }
    }

    /// Reads a block; an error if it was changed since the plan was opened.
    private func checkedBlock(_ index: Int) throws(ReadError) -> [UInt8] {
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try block(index)
        } catch {
            // The file may have been moved since it was opened.
            throw ReadError(
                code: .cannotRead, message: "cannot be read: \(error.reason)", inputName: path)
        }
        guard let bytes else {
            throw ReadError(code: .cannotRead, message: Self.changedMeanwhile, inputName: path)
        }
        return bytes
    }

    /// Reads a block; `nil` if it was changed since the plan was opened.
    private func block(_ index: Int) throws(FileError) -> [UInt8]? {
        let offset = index * Self.blockSize
        let bytes = try file.read(upTo: Self.blockSize, at: rowsStart + offset)
        reads?.add(bytes.count)
        var hash = SHA256(resuming: states[index], after: offset)
        bytes.withUnsafeBytes { hash.update($0) }
        if index + 1 < states.count { return hash.wholeState == states[index + 1] ? bytes : nil }
        hash.update(ending)
        return hash.hexDigest() == header.id ? bytes : nil
    }

    /// The message for a plan that was edited while it was being sent.
    package static let changedMeanwhile =
        "the plan was changed after it was approved: put back the plan that was approved, then resume"

    // MARK: Checking

    private static func open(_ path: String, isOurs: Bool) throws(FileError) -> OpenFile {
        let system = POSIXFileSystem()
        // A pipe without a writer must not block the program.
        let flags = O_RDONLY | O_NONBLOCK | (isOurs ? O_NOFOLLOW : 0)
        let file = try system.open(path, flags: flags)
        do throws(FileError) {
            try file.requireRegular(isOurs: isOurs)
        } catch {
            system.close(file)
            throw error
        }
        return file
    }

    /// Reads and parses the first line.
    private static func readHeader(
        _ file: OpenFile
    ) throws -> (header: PlanHeader, line: [UInt8]) {
        var line: [UInt8] = []
        var end: Int?
        let beginning = Array((PlanHeader.beginning + ",").utf8)
        while end == nil, line.count <= longestHeader {
            let chunk = try file.readSome(upTo: 64 << 10)
            if chunk.isEmpty { break }
            end = chunk.firstIndex(of: UInt8(ascii: "\n")).map { $0 + line.count }
            line += chunk
            // Every plan starts this way, so a large file that is not a plan is refused at once.
            guard line.prefix(beginning.count).elementsEqual(beginning.prefix(line.count)) else {
                break
            }
        }
        let length = end ?? line.count
        let header = try line.withUnsafeBytes {
            try PlanHeader.read(UnsafeRawBufferPointer(rebasing: $0[..<length]), path: file.path)
        }
        return (header, Array(line[..<length]))
    }

    private static func expect(
        _ expected: String, _ header: PlanHeader, _ path: String
    ) throws(PlanError) {
        guard header.isPlan(expected) else {
            throw PlanError(
                code: .otherPlan,
                message:
                    "this is plan \(header.id), and plan \(expected) was expected: look at this "
                    + "one before anything is done with it", path: path)
        }
    }

    private static func rowsChanged(_ path: String) -> PlanError {
        PlanError(
            code: .rowsChanged,
            message: "the plan's rows do not fit its id, so they were changed after the plan was "
                + "made: plan again", path: path)
    }

    /// Checks all rows against the plan's id, and passes them on.
    ///
    /// - Returns: The state of the id's hash at the start of each block, and what the hash has after the rows: what
    ///   the plan permits, or nothing in a plan of an earlier version.
    private static func verify(
        _ file: OpenFile, _ header: PlanHeader, from start: Int, _ reads: PlanReads?,
        passing take: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws -> (states: [SIMD8<UInt32>], ending: [UInt8]) {
        var whole = SHA256()
        var states: [SIMD8<UInt32>] = []
        var lines = 0
        var last = UInt8(ascii: "\n")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
        defer { buffer.deallocate() }
        // Only the last block can have bytes that fill no block of the hash.
        while let state = whole.wholeState {
            let count = try file.read(into: buffer, at: start + states.count * blockSize)
            reads?.add(count)
            let block = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard let final = block.last else { break }
            states.append(state)
            whole.update(block)
            lines += countOfLines(block)
            last = final
            try take(block)
            if count < blockSize { break }
        }
        for ending in [header.permissions, []] where lines == header.counts.rows {
            var hash = whole
            hash.update(ending)
            if hash.hexDigest() == header.id { return (states, ending) }
        }
        if lines < header.counts.rows || last != UInt8(ascii: "\n") {
            throw PlanError(
                code: .planTruncated,
                message:
                    "the plan ends after \(lines) of \(Words.rows(header.counts.rows)): copy it again, "
                    + "or plan again", path: file.path)
        }
        throw rowsChanged(file.path)
    }

    /// How many line feeds some bytes contain.
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
}
