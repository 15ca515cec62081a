import BulkSystem
package import BulkRecords
import Synchronization

import CLibrary

/// A saved plan that is opened once, checked as a whole, and kept open.
///
/// The rows that are sent are the rows that were checked. They are read again through the same
/// descriptor, so changes at the path do not matter. Each block is compared with the digest
/// computed together with the plan's id. If a block was changed in place since then, an error is
/// reported before any of its rows.
package final class PlanFile: Sendable {
    /// The plan's first line.
    package let header: PlanHeader
    /// Where the plan is, for messages.
    package var path: String { place.withLock { $0 } }
    private let place: Mutex<String>
    /// The file's metadata from before the check.
    private let stamp: Stamp
    private let file: OpenFile
    /// Where the first row starts, in bytes.
    private let rowsStart: Int
    /// The first half of each block's SHA-256.
    private let digests: [SIMD4<UInt32>]

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
    /// - Throws: A ``PlanError`` when the file is not a plan, or the plan is newer, changed,
    ///   truncated or not the expected one; a `FileError` when it cannot be read, or does not
    ///   belong to the user.
    package init(
        path: String, expecting expectedID: String? = nil, isOurs: Bool = false
    ) throws {
        let system = POSIXFileSystem()
        // A pipe without a writer must not block the program.
        let flags = O_RDONLY | O_NONBLOCK | (isOurs ? O_NOFOLLOW : 0)
        let file = try system.open(path, flags: flags)
        do {
            try Self.requireFile(file, isOurs: isOurs)
            stamp = try Stamp(file)
            let (header, start) = try Self.readHeader(file)
            if let expectedID { try Self.expect(expectedID, header, path) }
            digests = try Self.verify(file, header, from: start)
            (self.header, rowsStart) = (header, start)
        } catch {
            system.close(file)
            throw error
        }
        self.file = file
        place = Mutex(path)
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

    /// The metadata that changes when a file is written to.
    private struct Stamp: Equatable {
        private let numbers: [Int]

        init(_ file: OpenFile) throws(FileError) {
            var information = stat()
            guard fstat(file.descriptor, &information) == 0 else { throw .last(.open, file.path) }
            #if canImport(Darwin)
                let times = [information.st_mtimespec, information.st_ctimespec]
            #else
                let times = [information.st_mtim, information.st_ctim]
            #endif
            numbers =
                [Int(information.st_size)] + times.flatMap { [Int($0.tv_sec), Int($0.tv_nsec)] }
        }
    }

    /// Whether the rows are still the checked ones.
    ///
    /// They are read again only if the metadata shows that the file was touched.
    ///
    /// - Throws: A `FileError` when the file cannot be examined or read.
    package func isUnchanged() throws -> Bool {
        if try Stamp(file) == stamp { return true }
        do throws(ReadError) {
            for index in digests.indices { _ = try block(index) }
            return true
        } catch {
            return false
        }
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
                guard index < plan.digests.count else { return 0 }
                block = try plan.block(index)
                taken = 0
                index += 1
            }
            let count = min(space.count, block.count - taken)
            space.copyBytes(from: block[taken..<taken + count])
            taken += count
            return count
        }
    }

    /// Reads a block and checks that it is unchanged.
    private func block(_ index: Int) throws(ReadError) -> [UInt8] {
        let offset = rowsStart + index * Self.blockSize
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try file.read(upTo: Self.blockSize, at: offset)
        } catch {
            throw ReadError(code: .cannotRead, message: "\(error)", inputName: path)
        }
        guard bytes.withUnsafeBytes(Self.digest) == digests[index] else {
            throw ReadError(
                code: .cannotRead, message: Self.changedMeanwhile, inputName: path)
        }
        return bytes
    }

    /// The message for a plan that was edited while it was being sent.
    package static let changedMeanwhile =
        "the plan was changed after it was approved: put back the plan that was approved, then resume"

    private static func digest(_ bytes: UnsafeRawBufferPointer) -> SIMD4<UInt32> {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest().lowHalf
    }

    // MARK: Checking

    private static func requireFile(_ file: OpenFile, isOurs: Bool) throws(FileError) {
        var information = stat()
        guard fstat(file.descriptor, &information) == 0 else { throw .last(.open, file.path) }
        guard information.st_mode & S_IFMT == S_IFREG else {
            let number = information.st_mode & S_IFMT == S_IFDIR ? EISDIR : ENOTSUP
            throw FileError(operation: .open, path: file.path, errorNumber: number)
        }
        guard !isOurs || information.st_uid == geteuid() else {
            throw FileError(operation: .open, path: file.path, errorNumber: EPERM)
        }
    }

    private static func readHeader(
        _ file: OpenFile
    ) throws -> (header: PlanHeader, rowsStart: Int) {
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
        return (header, length + 1)
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

    private static func verify(
        _ file: OpenFile, _ header: PlanHeader, from start: Int
    ) throws -> [SIMD4<UInt32>] {
        var whole = SHA256()
        var digests: [SIMD4<UInt32>] = []
        var lines = 0
        var last = UInt8(ascii: "\n")
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer, at: start + digests.count * blockSize)
            let block = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            guard let final = block.last else { break }
            whole.update(block)
            digests.append(digest(block))
            lines += countOfLines(block)
            last = final
            if count < blockSize { break }
        }
        if whole.hexDigest() == header.id, lines == header.counts.rows { return digests }
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
