import Synchronization

/// Saves the state to a file: periodically while it changes, and at the end.
///
/// A separate thread writes the file. It uses a copy that shares its memory with the state until
/// the next change.
final class StateSaver: Sendable {
    private struct Progress {
        var thread: LoopThread?
        var isWriting = false
        var lastBegin: UInt64
        var savedRevision = 0
        var failure: SandboxError?
    }

    private let path: String
    private let interval: UInt64
    private let progress: Mutex<Progress>

    init(path: String, interval: Duration, now: UInt64) {
        self.path = path
        self.interval = max(1, interval.nanoseconds)
        progress = Mutex(Progress(lastBegin: now))
    }

    /// Why the last save failed; nil if it succeeded.
    var failure: SandboxError? { progress.withLock { $0.failure } }

    /// Starts a save when it is due and something has changed.
    ///
    /// - Parameters:
    ///   - now: The loop's time in nanoseconds.
    ///   - snapshot: Returns the state and its revision.
    func saveIfDue(now: UInt64, _ snapshot: () -> (workspace: Workspace, revision: Int)) {
        let isDue = progress.withLock { progress in
            now - progress.lastBegin >= interval && !progress.isWriting
        }
        guard isDue else { return }
        let (workspace, revision) = snapshot()
        let finished: LoopThread? = progress.withLock { progress in
            progress.lastBegin = now
            guard revision != progress.savedRevision else { return nil }
            progress.isWriting = true
            return progress.thread.take()
        }
        guard progress.withLock({ $0.isWriting }) else { return }
        finished?.join()
        do throws(SandboxError) {
            let thread = try LoopThread.start { [self] in
                write(workspace, revision: revision)
            }
            progress.withLock { $0.thread = thread }
        } catch {
            progress.withLock { progress in
                progress.isWriting = false
                progress.failure = error
            }
        }
    }

    /// Waits for a running save, and writes the final state.
    func finish(_ workspace: Workspace, revision: Int) {
        progress.withLock { $0.thread.take() }?.join()
        write(workspace, revision: revision)
    }

    private func write(_ workspace: Workspace, revision: Int) {
        var failure: SandboxError?
        do throws(SandboxError) {
            try workspace.save(path: path)
        } catch {
            failure = error
        }
        progress.withLock { progress in
            progress.isWriting = false
            progress.failure = failure
            if failure == nil { progress.savedRevision = revision }
        }
    }
}
