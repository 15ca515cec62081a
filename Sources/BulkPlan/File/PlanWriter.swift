package import BulkSystem
import MavaAPI
import Synchronization

/// Writes a plan: rows in order, then the header into the space reserved for it.
///
/// Rows are buffered in chunks of 1 MiB. Another thread hashes and writes the last chunks while the
/// next one fills. From time to time a third thread syncs what was written, so little is left to
/// wait for at the end. Without a path nothing is written, but the plan's id is still computed.
package struct PlanWriter: ~Copyable {
    private static let chunkSize = 1 << 20

    private var buffer = OutputBuffer(capacity: chunkSize + (64 << 10))
    private let sink: PlanSink
    private let headerWidth: Int
    private var isFinished = false
    /// How many rows were written.
    package private(set) var rows = 0

    /// Opens a plan.
    ///
    /// - Parameters:
    ///   - path: Where the plan goes; `nil` for nowhere.
    ///   - draft: The header as far as it is known. Unknown members get their full width reserved.
    ///   - fileSystem: The system calls to use.
    /// - Throws: A ``FileError`` when the file cannot be created.
    package init(
        _ path: String?, draft: PlanHeader, fileSystem: any FileSystem = POSIXFileSystem()
    ) throws(FileError) {
        headerWidth = draft.reservedWidth
        guard let path else {
            sink = PlanSink(nil)
            return
        }
        let file = try AtomicFile(path, fileSystem: fileSystem)
        buffer.pad(to: headerWidth)
        buffer.append(UInt8(ascii: "\n"))
        try file.write(&buffer)
        sink = PlanSink(file)
    }

    deinit {
        sink.close()
        if !isFinished { sink.finishSync() }
    }

    /// Writes one row.
    package mutating func write(_ entry: PlanEntry) throws(FileError) {
        buffer.append(entry)
        rows += 1
        if buffer.count >= Self.chunkSize { try handOver() }
    }

    /// Writes rows.
    ///
    /// - Parameters:
    ///   - lines: The rows, each with its newline. It is empty afterwards.
    ///   - count: How many there are.
    /// - Throws: A ``FileError`` when what was written before cannot be.
    package mutating func write(_ lines: inout OutputBuffer, rows count: Int) throws(FileError) {
        if buffer.count > 0 { try handOver() }
        swap(&buffer, &lines)
        rows += count
    }

    /// Passes the buffered rows to the other thread, which hashes and writes them.
    private mutating func handOver() throws(FileError) {
        if let failure = sink.failure { throw failure }
        sink.put(&buffer)
    }

    /// Writes the header and renames the file to its destination.
    ///
    /// - Parameter header: The header; its id and checksum are computed here.
    /// - Returns: The header with the plan's id.
    /// - Throws: A ``FileError`` when the file cannot be finished; no plan is then left.
    package consuming func finish(_ header: PlanHeader) throws(FileError) -> PlanHeader {
        try startFinishing(header).wait()
    }

    /// Starts to do what ``finish(_:)`` does, on another thread, because syncing waits for the disk.
    ///
    /// - Parameter header: The header; its id and checksum are computed here.
    /// - Returns: What waits for the file.
    /// - Throws: A ``FileError`` when the rows cannot be written; no plan is then left.
    package consuming func startFinishing(_ header: PlanHeader) throws(FileError) -> PlanFinish {
        try handOver()
        sink.close()
        if let failure = sink.failure { throw failure }
        var header = header
        header.id = sink.finishID(header.permissions)
        guard sink.file != nil else { return PlanFinish(header, sink) }
        header.append(to: &buffer)
        precondition(buffer.count <= headerWidth, "a plan's header outgrew the place kept for it")
        buffer.pad(to: headerWidth)
        let sink = sink
        swap(&buffer, &sink.buffer)
        isFinished = true
        return PlanFinish(header, sink)
    }
}

/// A plan whose file is being finished.
package struct PlanFinish: ~Copyable {
    private let header: PlanHeader
    private let sink: PlanSink
    private var thread: JoinableThread?

    fileprivate init(_ header: PlanHeader, _ sink: PlanSink) {
        self.header = header
        self.sink = sink
        guard sink.file != nil else { return }
        thread = JoinableThread { sink.commit() }
        if thread == nil { sink.commit() }
    }

    deinit { thread?.join() }

    /// Waits until the file is at its destination.
    ///
    /// - Returns: The header with the plan's id.
    /// - Throws: A ``FileError`` when the file cannot be finished; no plan is then left.
    package consuming func wait() throws(FileError) -> PlanHeader {
        thread?.join()
        thread = nil
        if let failure = sink.failure { throw failure }
        return header
    }
}

/// The destination of a plan's bytes.
///
/// It is unchecked because its fields belong to one thread at a time: to that of the pipe until the
/// pipe is closed, then to the writer's, and then to the one that runs ``commit()``. A sync that
/// ``consume(_:)`` starts uses only the open file, whose system calls any thread can make, and
/// `syncFailure`, which is read after the sync has ended.
private final class PlanSink: @unchecked Sendable {
    /// How many bytes are written between two syncs.
    private static let syncInterval = 16 << 20

    /// The header, once the rows are written.
    var buffer = OutputBuffer(capacity: 64)
    var digest = SHA256()
    var file: AtomicFile?
    private let firstFailure = Mutex<FileError?>(nil)
    private var pipe: BytePipe?
    private var unsynced = 0
    private var syncThread: JoinableThread?
    private var syncFailure: FileError?

    init(_ file: consuming AtomicFile?) { self.file = file }

    /// Why the plan cannot be written, if that is so; any thread can ask.
    var failure: FileError? { firstFailure.withLock(\.self) }

    private func note(_ failure: FileError?) {
        firstFailure.withLock { $0 = $0 ?? failure }
    }

    /// Passes bytes on to be hashed and written.
    func put(_ bytes: inout OutputBuffer) {
        if pipe == nil { pipe = BytePipe { [unowned self] in consume(&$0) } }
        pipe!.put(&bytes)
    }

    /// Waits until all bytes are written.
    func close() {
        pipe?.close()
        pipe = nil
    }

    /// Makes the plan's id, once all rows were put.
    ///
    /// - Parameter permissions: What the id covers after the rows.
    /// - Returns: 64 hex digits.
    func finishID(_ permissions: [UInt8]) -> String {
        digest.update(permissions)
        return digest.hexDigest()
    }

    /// Hashes and writes what a buffer holds.
    private func consume(_ buffer: inout OutputBuffer) {
        buffer.withUnsafeBytes { digest.update($0) }
        guard file != nil, failure == nil else { return buffer.removeAll() }
        unsynced += buffer.count
        do throws(FileError) {
            try file!.write(&buffer)
        } catch {
            note(error)
        }
        if unsynced >= Self.syncInterval { syncAhead() }
    }

    /// Syncs the written bytes while more are written.
    private func syncAhead() {
        finishSync()
        guard failure == nil else { return }
        unsynced = 0
        syncThread = JoinableThread { [self] in
            do throws(FileError) {
                try file!.sync()
            } catch {
                syncFailure = error
            }
        }
    }

    /// Writes the buffered header at the file's start and renames the file to its destination.
    func commit() {
        do throws(FileError) {
            try file!.overwriteStart(&buffer)
            finishSync()
            if failure == nil { try file!.commit() }
        } catch {
            note(error)
        }
    }

    /// Waits for the current sync and records its failure, because the system reports it only once.
    func finishSync() {
        syncThread?.join()
        syncThread = nil
        note(syncFailure)
    }
}

extension PlanHeader {
    /// The most bytes that the header can need once everything in it is known.
    fileprivate var reservedWidth: Int {
        var widest = self
        let most = Int.max
        widest.id = String(repeating: "0", count: 64)
        widest.counts = PlanCounts(all: most)
        widest.requests = most
        widest.fieldChanges = most
        widest.undiffed = most
        widest.handOffs = most
        widest.unassignedFromAI = most
        widest.ticketsRead = most
        widest.price.reads = most
        widest.price.writes = most
        widest.price.writesWithoutReading = most
        widest.price.auditEntries = most
        widest.price.seconds = most
        var buffer = OutputBuffer()
        widest.append(to: &buffer)
        return (buffer.count + 255) & ~255
    }
}

extension PlanCounts {
    fileprivate init(all count: Int) {
        self.init()
        (rows, update, unchanged, invalid, conflict, held, excluded, otherShards) = (
            count, count, count, count, count, count, count, count
        )
    }
}
