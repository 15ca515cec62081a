import Dispatch
import Synchronization

/// A dedicated thread for tasks that read and write files.
///
/// Such tasks must not hold a thread of the cooperative pool. A run's loop and the tasks of its
/// requests share one thread, so nothing passes from thread to thread.
///
/// The thread takes all waiting jobs at once, and is woken only when it is waiting itself. A
/// dispatch queue's cost per job would be a tenth of all work at tens of thousands of updates a
/// second.
package final class TaskThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isWaiting = false
        var isEnding = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Starts the thread; `nil` when the system cannot create one.
    init?() {
        guard let thread = JoinableThread({ self.run() }) else { return nil }
        thread.detach()
    }

    /// Runs a closure on a thread of its own, with all child tasks.
    ///
    /// If the system cannot create a thread, the closure runs on the caller's.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @concurrent
    package static func run<Success, Failure: Error>(
        _ body: @concurrent () async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        guard let thread = TaskThread() else { return try await body() }
        defer { thread.end() }
        return try await withTaskExecutorPreference(thread, operation: body)
    }

    /// Queues a task's job behind the jobs before it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        change { $0.jobs.append(job) }
    }

    /// Lets the thread end when it has no jobs left.
    func end() { change { $0.isEnding = true } }

    private func change(_ body: (inout State) -> Void) {
        let isWaiting = state.withLock { state in
            body(&state)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if isWaiting { wakeUp.signal() }
    }

    private func run() {
        let executor = asUnownedTaskExecutor()
        var jobs: [UnownedJob] = []
        while true {
            jobs.removeAll(keepingCapacity: true)
            let isOver = state.withLock { state in
                swap(&jobs, &state.jobs)
                guard jobs.isEmpty else { return false }
                state.isWaiting = !state.isEnding
                return state.isEnding
            }
            if isOver { return }
            if jobs.isEmpty { wakeUp.wait() }
            for job in jobs { job.runSynchronously(on: executor) }
        }
    }
}
