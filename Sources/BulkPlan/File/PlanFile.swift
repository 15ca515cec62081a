import BulkSystem
package import BulkRecords
import Synchronization

import CLibrary

/// A saved plan that was opened once, checked as a whole, and stays open.
///
/// What is sent is what was checked: rows are read again through the same descriptor, so that nothing that
/// happens to the path matters, and every block of them is compared with the digest that was taken when the
/// plan's id was computed. A block that was changed in place since then gives an error before any of its rows.
package final class PlanFile: Sendable {
    /// The plan's first line.
    package let header: PlanHeader
    /// Where the plan is, for messages.
    package var path: String { place.withLock { $0 } }
    private let place: Mutex<String>
    /// What the system said of the file before it was checked.
    private let stamp: Stamp
    private let file: OpenFile
    /// Where the first row starts, in bytes.
    private let rowsStart: Int
    /// The first half of each block's SHA-256.
    private let digests: [SIMD4<UInt32>]

    /// The longest header that is read, in bytes.
    private static let longestHeader = 64 << 20
    /// How many bytes are checked together: they stay in the processor's cache.
    private static let blockSize = 64 << 10

    /// Opens a plan and checks all of it: the header's checksum and every row against the plan's id.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The id that the plan has to have, or its first eight or more digits; `nil` for any.
    ///   - isOurs: Whether the file has to be one that this user made: no link, and owned by the user.
    /// - Throws: A ``PlanError`` when the file is no plan, a newer, changed or cut one, or another one than
    ///   expected; a `FileError` when it cannot be read, or is not the user's own.
    package init(
        path: String, expecting expectedID: String? = nil, isOurs: Bool = false
    ) throws {
        let system = POSIXFileSystem()
        // A pipe without a writer must not hold the program up.
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

    /// Whether what is at a path now is this file.
    ///
    /// - Parameter path: The path; a link there is another file.
    /// - Returns: Whether it is.
    package func isAt(_ path: String) -> Bool {
        var here = stat()
        var there = stat()
        return fstat(file.descriptor, &here) == 0 && lstat(path, &there) == 0
            && here.st_dev == there.st_dev && here.st_ino == there.st_ino
    }

    /// Notes where the file was moved to, for messages.
    package func moved(to path: String) { place.withLock { $0 = path } }

    /// What changes when a file is written to.
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

    /// Whether the rows are still the ones that were checked; they are read again only where the system says
    /// that the file was touched.
    ///
    /// - Throws: A `FileError` when the system refuses.
    package func isUnchanged() throws -> Bool {
        if try Stamp(file) == stamp { return true }
        do throws(ReadError) {
            for index in digests.indices { _ = try block(index) }
            return true
        } catch {
            return false
        }
    }

    /// The rows, from the first one on, as they were when the plan was opened.
    package func source() -> ByteSource {
        var reading = BlockReading(plan: self)
        return ByteSource(name: path) { space throws(ReadError) in try reading.next(into: space) }
    }

    /// The error of a plan that is not the one that was checked.
    package var rowsChanged: PlanError { Self.rowsChanged(path) }

    // MARK: Reading again

    /// Where one reader stands.
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

    /// Reads a block, and makes sure that it is the one that was checked.
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

    /// What is said of a plan that was edited while it was sent.
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
            // Nothing else starts this way, so a large file that is no plan is refused at once.
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
}
