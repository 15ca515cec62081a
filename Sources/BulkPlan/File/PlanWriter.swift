package import BulkSystem
import MavaAPI

/// Writes a plan: rows in order, then the header into the space reserved for it.
///
/// Rows are buffered in chunks of 1 MiB. Another thread hashes and writes the last chunk while the
/// next one fills. From time to time a third thread syncs what was written, so little is left to
/// wait for at the end. Without a path nothing is written, but the plan's id is still computed.
package struct PlanWriter: ~Copyable {
    private static let chunkSize = 1 << 20

    private var buffer = OutputBuffer(capacity: chunkSize + (64 << 10))
    private let sink: PlanSink
    private var thread: JoinableThread?
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
        thread?.join()
        if !isFinished { sink.finishSync() }
    }

    /// Writes one row.
    package mutating func write(_ entry: PlanEntry) throws(FileError) {
        buffer.append(entry)
        try rowEnded()
    }

    /// Gives access to the buffer for one row, which must end with a newline.
    @inline(__always)
    package mutating func writeRow(_ body: (inout OutputBuffer) -> Void) throws(FileError) {
        body(&buffer)
        try rowEnded()
    }

    @inline(__always)
    private mutating func rowEnded() throws(FileError) {
        rows += 1
        if buffer.count >= Self.chunkSize { try handOver() }
    }

    /// Starts the other thread, which hashes and writes the buffered rows.
    private mutating func handOver() throws(FileError) {
        try wait()
        let sink = sink
        swap(&buffer, &sink.buffer)
        thread = JoinableThread { sink.consume() }
        if thread == nil { sink.consume() }
    }

    /// Waits for the other thread; the writer then owns the sink until it passes on the next chunk.
    private mutating func wait() throws(FileError) {
        thread?.join()
        thread = nil
        if let failure = sink.failure { throw failure }
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
        try wait()
        var header = header
        header.id = sink.digest.hexDigest()
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
/// It is unchecked because its fields belong to one thread at a time. They belong to the writer's
/// thread, except while a thread runs ``consume()`` or ``commit()``, whose end is waited for. A sync
/// that ``consume()`` starts uses only the open file, whose system calls any thread can make, and
/// `syncFailure`, which is read after the sync has ended.
private final class PlanSink: @unchecked Sendable {
    /// How many bytes are written between two syncs.
    private static let syncInterval = 16 << 20

    var buffer = OutputBuffer(capacity: 64)
    var digest = SHA256()
    var file: AtomicFile?
    var failure: FileError?
    private var unsynced = 0
    private var syncThread: JoinableThread?
    private var syncFailure: FileError?

    init(_ file: consuming AtomicFile?) { self.file = file }

    /// Hashes and writes what the buffer holds.
    func consume() {
        buffer.withUnsafeBytes { digest.update($0) }
        guard file != nil else { return buffer.removeAll() }
        unsynced += buffer.count
        do throws(FileError) {
            try file!.write(&buffer)
        } catch {
            failure = error
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
            if failure == nil { failure = error }
        }
    }

    /// Waits for the current sync and records its failure, because the system reports it only once.
    func finishSync() {
        syncThread?.join()
        syncThread = nil
        if failure == nil { failure = syncFailure }
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
