package import BulkFiles
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

// Writing and syncing block, so neither happens on the cooperative pool: lines are put into a buffer
// under a lock, and a serial queue of its own takes whatever has gathered, writes it with one call and
// syncs it by the policy below. Nothing is written after a failure: a line that was cut short must stay
// the file's last, or the journal could not be told from a damaged one.

/// Writes a run's journal: an append-only file whose lines are on their way to the disk in the order in
/// which they were given.
package final class JournalWriter: Sendable {
    private struct State: ~Copyable {
        var buffer = OutputBuffer(capacity: 16 << 10)
        /// Whether the buffer holds an outcome, which is to be synced soon.
        var holdsOutcome = false
        var isDraining = false
        var failure: FileError?
        /// How many lines were given, and how many of them the system has taken.
        var given = 0
        var written = 0
        var waiters: [(line: Int, continuation: CheckedContinuation<FileError?, Never>)] = []

        /// Swaps what has gathered for an empty buffer.
        ///
        /// The result is `nil` when there is nothing to write; else how many lines were given so far
        /// and whether an outcome is among those taken.
        mutating func takeBatch(
            _ batch: inout OutputBuffer
        ) -> (lines: Int, holdsOutcome: Bool)? {
            guard failure == nil, buffer.count > 0 else {
                isDraining = false
                return nil
            }
            swap(&batch, &buffer)
            defer { holdsOutcome = false }
            return (given, holdsOutcome)
        }

        /// Takes out those who wait for nothing any more.
        mutating func takeSatisfied() -> [CheckedContinuation<FileError?, Never>] {
            if failure != nil {
                defer { waiters = [] }
                return waiters.map(\.continuation)
            }
            let satisfied = waiters.prefix { $0.line <= written }
            waiters.removeFirst(satisfied.count)
            return satisfied.map(\.continuation)
        }
    }

    /// What only the queue's own thread touches.
    private struct Sync {
        var lastAt: Nanoseconds?
        var isScheduled = false
        var isNeeded = false
    }

    /// The least time between two syncs, unless outcomes come slower than that by themselves.
    private static let slowEnough = Nanoseconds.second / 100
    private static let longestUnsynced = Nanoseconds.second / 10

    /// The journal's path.
    package let path: String
    private let file: OpenFile
    private let fileSystem: any FileSystem
    private let clock: @Sendable () -> Nanoseconds
    private let queue = DispatchQueue(label: "mava-bulk.journal")
    private let state = Mutex(State())
    /// What is being written; only the queue's own thread takes it.
    private let batch = Mutex(OutputBuffer(capacity: 16 << 10))
    private let sync = Mutex(Sync())
    private let onFailure = Mutex<(@Sendable (FileError) -> Void)?>(nil)

    private init(
        file: OpenFile, fileSystem: any FileSystem, clock: @escaping @Sendable () -> Nanoseconds
    ) {
        path = file.path
        self.file = file
        self.fileSystem = fileSystem
        self.clock = clock
    }

    /// Makes a journal with its first line, which is on the disk when this returns.
    ///
    /// - Throws: A ``FileError``; `EEXIST` when there is a journal already.
    package static func create(
        _ path: String, _ header: JournalHeader, fileSystem: any FileSystem = POSIXFileSystem(),
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic
    ) throws(FileError) -> JournalWriter {
        let file = try fileSystem.open(path, flags: O_WRONLY | O_APPEND | O_CREAT | O_EXCL)
        do {
            var buffer = OutputBuffer(capacity: 512)
            buffer.append(header)
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
            try fileSystem.sync(file)
            try fileSystem.syncDirectory(FilePath.directory(of: path))
        } catch {
            fileSystem.close(file)
            throw error
        }
        return JournalWriter(file: file, fileSystem: fileSystem, clock: clock)
    }

    /// Opens a journal to go on with it; what a crash left unfinished at its end is cut off first.
    ///
    /// - Parameters:
    ///   - path: The journal.
    ///   - length: The bytes of it that are whole, as ``JournalIndex/wholeLength`` says.
    ///   - fileSystem: The system calls to use.
    ///   - clock: A monotonic time, for the policy of syncing.
    /// - Returns: The journal, whose next line follows the last whole one.
    /// - Throws: A ``FileError``.
    package static func open(
        _ path: String, keeping length: Int, fileSystem: any FileSystem = POSIXFileSystem(),
        clock: @escaping @Sendable () -> Nanoseconds = SystemTime.monotonic
    ) throws(FileError) -> JournalWriter {
        let file = try fileSystem.open(path, flags: O_WRONLY | O_APPEND)
        do {
            try fileSystem.truncate(file, to: length)
            try fileSystem.sync(file)
        } catch {
            fileSystem.close(file)
            throw error
        }
        return JournalWriter(file: file, fileSystem: fileSystem, clock: clock)
    }

    deinit { fileSystem.close(file) }

    /// What the system refused; nothing was written after it.
    package var failure: FileError? { state.withLock { $0.failure } }

    /// Sets who is told, once, on the journal's own thread, when the system refuses to write or sync.
    package func setFailureHandler(_ handler: (@Sendable (FileError) -> Void)?) {
        onFailure.withLock { $0 = handler }
    }

    /// Gives a line to the journal; never waits.
    package func append(_ line: JournalLine) {
        let mustDrain = state.withLock { state in
            guard state.failure == nil else { return false }
            state.buffer.append(line)
            state.given += 1
            switch line {
            case .start, .again: break
            case .done, .decided, .settled, .resumed, .ended: state.holdsOutcome = true
            }
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustDrain { queue.async { self.drain() } }
    }

    /// Waits until every line given so far has been handed to the system, so that the end of this
    /// process cannot lose it.
    ///
    /// It does not heed the task's cancellation: what it waits for always ends, and a request may only
    /// be sent when it has.
    ///
    /// - Throws: The ``FileError`` that ended the journal.
    package func written() async throws(FileError) {
        let failure = await withCheckedContinuation { continuation in
            let now: FileError?? = state.withLock { state in
                if state.failure != nil || state.written == state.given {
                    return .some(state.failure)
                }
                state.waiters.append((state.given, continuation))
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
        if let failure { throw failure }
    }

    /// Waits until every line given so far is on the disk.
    ///
    /// - Throws: The ``FileError`` that ended the journal.
    package func synced() async throws(FileError) {
        try await written()
        await withCheckedContinuation { continuation in
            queue.async {
                self.syncNow()
                continuation.resume()
            }
        }
        if let failure { throw failure }
    }

    // MARK: On the queue

    private func drain() {
        while let holdsOutcome = writeBatch() {
            if holdsOutcome { syncSoon() }
        }
    }

    /// Writes what has gathered.
    ///
    /// - Returns: Whether an outcome was among it; `nil` when there was nothing, or the journal failed.
    private func writeBatch() -> Bool? {
        batch.withLock { (batch: inout OutputBuffer) -> Bool? in writeBatch(&batch) }
    }

    private func writeBatch(_ batch: inout OutputBuffer) -> Bool? {
        let taken = state.withLock { state in state.takeBatch(&batch) }
        guard let taken else { return nil }
        do {
            try batch.drain { bytes throws(FileError) in try fileSystem.writeAll(file, bytes) }
        } catch {
            fail(error)
            return nil
        }
        let satisfied = state.withLock { state in
            state.written = taken.lines
            return state.takeSatisfied()
        }
        for waiter in satisfied { waiter.resume(returning: nil) }
        return taken.holdsOutcome
    }

    /// Syncs at once when outcomes come slower than 100 a second, else ten times a second.
    private func syncSoon() {
        let now = clock()
        let delay: Nanoseconds? = sync.withLock { sync in
            sync.isNeeded = true
            guard let last = sync.lastAt, now - last < Self.slowEnough else { return 0 }
            if sync.isScheduled { return nil }
            sync.isScheduled = true
            return max(0, last + Self.longestUnsynced - now)
        }
        guard let delay else { return }
        if delay == 0 { return syncNow() }
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(delay))) {
            self.sync.withLock { $0.isScheduled = false }
            self.syncNow()
        }
    }

    private func syncNow() {
        guard sync.withLock({ $0.isNeeded }), failure == nil else { return }
        do {
            try fileSystem.sync(file)
        } catch {
            return fail(error)
        }
        let now = clock()
        sync.withLock { sync in
            sync.isNeeded = false
            sync.lastAt = now
        }
    }

    private func fail(_ error: FileError) {
        let waiters = state.withLock { state in
            state.failure = state.failure ?? error
            state.isDraining = false
            state.buffer.removeAll()
            return state.takeSatisfied()
        }
        for waiter in waiters { waiter.resume(returning: error) }
        let handler = onFailure.withLock { handler in
            defer { handler = nil }
            return handler
        }
        handler?(error)
    }
}
