package import BulkSystem
import Dispatch
import Synchronization

import CLibrary

// Writing and syncing block, so neither happens on the cooperative pool. Lines are gathered in a buffer
// under a lock. `writeNow` hands what has gathered to the system on the caller's thread, which is the
// run's own; `written` and `synced` do it on a queue. Syncing takes milliseconds and has a queue for
// itself, so that lines can be written meanwhile. Nothing is written after a failure: a line that was
// cut short must stay the file's last, or the journal could not be distinguished from a damaged one.

/// Writes a run's journal: an append-only file whose lines are on their way to the disk in the order in
/// which they were given.
package final class JournalWriter: Sendable {
    private struct State: ~Copyable {
        var buffer = OutputBuffer(capacity: 16 << 10)
        /// Whether the buffer holds an outcome, which is to be synced soon.
        var holdsOutcome = false
        var failure: FileError?
        /// How many requests the journal says were started, and the last row for which one was.
        var requests: Int
        var furthestRow: Int

        /// Swaps what has gathered for an empty buffer.
        ///
        /// The result is `nil` when there is nothing to write; else whether an outcome is among it.
        mutating func consumeBatch(_ batch: inout OutputBuffer) -> Bool? {
            guard failure == nil, buffer.count > 0 else { return nil }
            swap(&batch, &buffer)
            defer { holdsOutcome = false }
            return holdsOutcome
        }
    }

    /// How many bytes gather at most before they are written unasked.
    private static let much = 256 << 10

    /// What lets something happen after a delay; a test's own decides when.
    package typealias Schedule =
        @Sendable (_ delay: Nanoseconds, _ action: @escaping @Sendable () -> Void) -> Void

    private static let afterDelay: Schedule = { delay, action in
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .nanoseconds(Int(delay.count)), execute: action)
    }

    /// The journal's path.
    package let path: String
    private let file: OpenFile
    private let fileSystem: any FileSystem
    private let clock: @Sendable () -> Nanoseconds
    /// Does something on the queue after a delay.
    private let schedule: Schedule
    private let queue = DispatchQueue(label: "mava-bulk.journal")
    /// Syncing takes milliseconds, and no request is to wait for that.
    private let syncQueue = DispatchQueue(label: "mava-bulk.journal.sync")
    private let header: JournalHeader
    private let state: Mutex<State>
    /// What is being written; the writer holds it, so that batches keep their order.
    private let batch = Mutex(OutputBuffer(capacity: 16 << 10))
    private let syncPolicy = Mutex(SyncPolicy())
    /// How many bytes the file must have.
    private let length: Mutex<Int>
    private let onFailure = Handler<FileError, Void>()
    private let onOutcome = Handler<RowOutcome, Void>()

    private init(
        file: OpenFile, _ extent: JournalExtent, fileSystem: any FileSystem,
        clock: @escaping @Sendable () -> Nanoseconds, schedule: Schedule?
    ) {
        path = file.path
        self.file = file
        header = extent.header
        length = Mutex(extent.length)
        state = Mutex(State(requests: extent.requests, furthestRow: extent.furthestRow))
        self.fileSystem = fileSystem
        self.clock = clock
        self.schedule = schedule ?? Self.afterDelay
    }

    /// Makes a journal with its first line, which is on the disk when this returns.
    ///
    /// - Throws: A ``FileError``; `EEXIST` when there is a journal already.
    package static func create(
        _ path: String, _ header: JournalHeader, fileSystem: any FileSystem = POSIXFileSystem(),
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic,
        schedule: Schedule? = nil
    ) throws(FileError) -> JournalWriter {
        let file = try fileSystem.open(path, flags: O_RDWR | O_APPEND | O_CREAT | O_EXCL)
        let length: Int
        do {
            var buffer = OutputBuffer(capacity: 512)
            buffer.append(header)
            length = buffer.count
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
            try fileSystem.sync(file)
            try fileSystem.syncDirectory(FilePath.directory(of: path))
        } catch {
            fileSystem.close(file)
            throw error
        }
        return JournalWriter(
            file: file,
            JournalExtent(header: header, length: length, requests: 0, furthestRow: 0),
            fileSystem: fileSystem, clock: clock, schedule: schedule)
    }

    /// Opens a journal to go on with it; what a crash left unfinished at its end is cut off first.
    ///
    /// - Parameters:
    ///   - path: The journal.
    ///   - earlier: What it says: what follows the lines that are whole is cut off.
    ///   - fileSystem: The system calls to use.
    ///   - clock: A monotonic time, for the policy of syncing.
    ///   - schedule: What lets a sync happen later; `nil` for the system's timers.
    /// - Returns: The journal, whose next line follows the last whole one.
    /// - Throws: A ``FileError``.
    package static func open(
        _ path: String, keeping earlier: JournalIndex,
        fileSystem: any FileSystem = POSIXFileSystem(),
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic,
        schedule: Schedule? = nil
    ) throws(FileError) -> JournalWriter {
        let file = try fileSystem.open(path, flags: O_RDWR | O_APPEND | O_NOFOLLOW)
        do {
            try fileSystem.truncate(file, to: earlier.wholeLength)
            try fileSystem.sync(file)
        } catch {
            fileSystem.close(file)
            throw error
        }
        return JournalWriter(
            file: file,
            JournalExtent(
                header: earlier.header, length: earlier.wholeLength, requests: earlier.requests,
                furthestRow: earlier.furthestRow),
            fileSystem: fileSystem, clock: clock, schedule: schedule)
    }

    deinit { fileSystem.close(file) }

    /// What the system refused; nothing was written after it.
    package var failure: FileError? { state.withLock { $0.failure } }

    /// What the journal says now, read through the descriptor that writes it: what another program did to
    /// the file's name does not matter, and what it did to the file is in ``JournalIndex/damage``.
    ///
    /// To be asked when every line is written, as after ``synced()``.
    ///
    /// - Returns: What it says.
    /// - Throws: A `FileError` when it cannot be read.
    package func index() throws -> JournalIndex {
        let (requests, furthestRow) = state.withLock { ($0.requests, $0.furthestRow) }
        return try JournalIndex.read(
            file,
            written: JournalExtent(
                header: header, length: length.withLock { $0 }, requests: requests,
                furthestRow: furthestRow),
            fileSystem: fileSystem)
    }

    /// Sets the handler that is called once, on the journal's own thread, when the system refuses to write or sync.
    package func setFailureHandler(_ handler: (@Sendable (FileError) -> Void)?) {
        onFailure.set(handler)
    }

    /// Sets the handler that is called with each outcome that the journal is given, before it is written.
    ///
    /// It is called where the outcome is known, so it must return soon.
    package func setOutcomeHandler(_ handler: (@Sendable (RowOutcome) -> Void)?) {
        onOutcome.set(handler)
    }

    /// Gives a line to the journal; it is written by the next call of one of the methods below, or when
    /// much has gathered.
    package func append(_ line: JournalLine) {
        let isMuch = state.withLock { state in
            guard state.failure == nil else { return false }
            let before = state.buffer.count
            state.buffer.append(line)
            switch line {
            case .start(let row, _, _):
                state.requests += 1
                state.furthestRow = max(state.furthestRow, row)
            case .again: break
            case .done, .decided, .settled, .resumed, .ended: state.holdsOutcome = true
            }
            return before < Self.much && state.buffer.count >= Self.much
        }
        switch line {
        case .done(let outcome), .decided(let outcome), .settled(let outcome):
            onOutcome(outcome)
        case .start, .again, .resumed, .ended: break
        }
        guard isMuch else { return }
        queue.async {
            // The failure is kept, and the next write reports it.
            try? self.writeNow()
        }
    }

    /// Hands every line given so far to the system, so that the end of this process cannot lose it.
    ///
    /// It blocks while the system writes: not for tasks on the cooperative pool.
    ///
    /// - Throws: The ``FileError`` that ended the journal.
    package func writeNow() throws(FileError) {
        let holdsOutcome = batch.withLock { (batch: inout OutputBuffer) -> Bool in write(&batch) }
        if holdsOutcome { syncSoon() }
        if let failure { throw failure }
    }

    /// Hands every line given so far to the system, on a thread of its own.
    ///
    /// It ignores the task's cancellation: what it waits for always ends.
    ///
    /// - Throws: The ``FileError`` that ended the journal.
    package func written() async throws(FileError) {
        await withCheckedContinuation { continuation in
            queue.async {
                // What went wrong is kept, and thrown below.
                try? self.writeNow()
                continuation.resume()
            }
        }
        if let failure { throw failure }
    }

    /// Waits until every line given so far is on the disk.
    ///
    /// - Throws: The ``FileError`` that ended the journal.
    package func synced() async throws(FileError) {
        try await written()
        await withCheckedContinuation { continuation in
            syncQueue.async {
                self.syncNow()
                continuation.resume()
            }
        }
        if let failure { throw failure }
    }

    // MARK: Writing and syncing

    /// Writes what has gathered, and says whether an outcome was among it.
    private func write(_ batch: inout OutputBuffer) -> Bool {
        let holdsOutcome = state.withLock { state in state.consumeBatch(&batch) }
        guard let holdsOutcome else { return false }
        let count = batch.count
        do {
            try batch.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
        } catch {
            fail(error)
            return false
        }
        length.withLock { $0 += count }
        return holdsOutcome
    }

    /// Syncs when the policy says so, because an outcome was written.
    private func syncSoon() {
        let now = clock()
        let delay = syncPolicy.withLock { $0.noteOutcome(at: now) }
        if let delay { sync(after: delay) }
    }

    private func sync(after delay: Nanoseconds) {
        if delay > .zero {
            return schedule(delay) { self.syncQueue.async { self.syncAsScheduled() } }
        }
        syncQueue.async { self.syncAsScheduled() }
    }

    private func syncAsScheduled() {
        syncNow()
        let now = clock()
        let delay = syncPolicy.withLock { $0.endScheduled(at: now) }
        if let delay, failure == nil { sync(after: delay) }
    }

    private func syncNow() {
        guard failure == nil else { return }
        guard syncPolicy.withLock({ $0.begin() }) else { return }
        do {
            try fileSystem.sync(file)
            // The lines are lost if another program deleted or shortened the file. Lines written during the
            // sync count too: without them, their bytes would hide the missing ones.
            try fileSystem.requireKept(file, bytes: length.withLock { $0 })
        } catch {
            return fail(error)
        }
        let now = clock()
        syncPolicy.withLock { $0.noteSynced(at: now) }
    }

    private func fail(_ error: FileError) {
        state.withLock { state in
            state.failure = state.failure ?? error
            state.buffer.removeAll()
        }
        onFailure.remove()?(error)
    }
}
