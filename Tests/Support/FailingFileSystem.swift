package import BulkSystem
import Synchronization

import CLibrary

/// The system's files, with one call that fails on purpose or with short writes.
package final class FailingFileSystem: FileSystem {
    /// The call that fails.
    package enum Fault: Hashable, Sendable {
        case write(Int, errorNumber: Int32)
        case sync(Int, errorNumber: Int32)
        case rename(Int, errorNumber: Int32)
    }

    private struct Counts {
        var writes = 0
        var syncs = 0
        var renames = 0
        var opens = 0
        var closes = 0
    }

    private let system = POSIXFileSystem()
    private let fault: Fault?
    private let longestWrite: Int
    private let bytesLeft: @Sendable (Int) -> Int?
    private let counts = Mutex(Counts())

    /// Makes a file system.
    ///
    /// - Parameters:
    ///   - fault: The call that fails; later calls succeed again.
    ///   - longestWrite: The most bytes that one write accepts.
    ///   - bytesLeft: The space left on the disk after a number of writes.
    package init(
        _ fault: Fault? = nil, longestWrite: Int = .max,
        bytesLeft: @escaping @Sendable (Int) -> Int? = { _ in .max }
    ) {
        self.fault = fault
        self.longestWrite = longestWrite
        self.bytesLeft = bytesLeft
    }

    package var writes: Int { counts.withLock { $0.writes } }
    package var syncs: Int { counts.withLock { $0.syncs } }
    package var renames: Int { counts.withLock { $0.renames } }
    /// How many files are open.
    package var openFiles: Int { counts.withLock { $0.opens - $0.closes } }

    package func open(_ path: String, flags: Int32) throws(FileError) -> OpenFile {
        let file = try system.open(path, flags: flags)
        counts.withLock { $0.opens += 1 }
        return file
    }

    package func requireKept(_ file: OpenFile, bytes: Int) throws(FileError) {
        try POSIXFileSystem().requireKept(file, bytes: bytes)
    }

    package func bytesLeft(_ file: OpenFile) -> Int? { bytesLeft(writes) }

    package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws(FileError) -> Int {
        try write(bytes, of: file.path) { part throws(FileError) in try system.write(file, part) }
    }

    package func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(FileError) -> Int {
        try write(bytes, of: file.path) { part throws(FileError) in
            try system.write(file, part, at: offset)
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, of path: String,
        _ body: (UnsafeRawBufferPointer) throws(FileError) -> Int
    ) throws(FileError) -> Int {
        let number = counts.withLock { counts in
            counts.writes += 1
            return counts.writes
        }
        if case .write(number, let errorNumber) = fault {
            // A full disk first accepts a part, which leaves a torn line.
            let part = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)])
            if !part.isEmpty { _ = try body(part) }
            throw FileError(operation: .write, path: path, errorNumber: errorNumber)
        }
        return try body(UnsafeRawBufferPointer(rebasing: bytes[..<min(bytes.count, longestWrite)]))
    }

    package func sync(_ file: OpenFile) throws(FileError) {
        try countSync(of: file.path)
        try system.sync(file)
    }

    private func countSync(of path: String) throws(FileError) {
        let number = counts.withLock { counts in
            counts.syncs += 1
            return counts.syncs
        }
        if case .sync(number, let errorNumber) = fault {
            throw FileError(operation: .sync, path: path, errorNumber: errorNumber)
        }
    }

    package func close(_ file: OpenFile) {
        counts.withLock { $0.closes += 1 }
        system.close(file)
    }

    package func rename(_ from: String, to destination: String) throws(FileError) {
        let number = counts.withLock { counts in
            counts.renames += 1
            return counts.renames
        }
        if case .rename(number, let errorNumber) = fault {
            throw FileError(operation: .rename, path: destination, errorNumber: errorNumber)
        }
        try system.rename(from, to: destination)
    }

    package func syncDirectory(_ path: String) throws(FileError) {
        try countSync(of: path)
        try system.syncDirectory(path)
    }

    package func truncate(_ file: OpenFile, to length: Int) throws(FileError) {
        try system.truncate(file, to: length)
    }

    package func remove(_ path: String) throws(FileError) { try system.remove(path) }

    package func makeDirectory(_ path: String) throws(FileError) { try system.makeDirectory(path) }
}
