import Dispatch
import Synchronization

/// A thread of its own for tasks that read and write files, which must not hold one of the cooperative
/// pool's; a run's loop and its requests' tasks share one, and nothing passes from thread to thread.
///
/// It takes all jobs that wait at once, and is woken only when it waits itself: at ten thousands of updates
/// a second, a dispatch queue's price for each job would be a tenth of all that is done for it.
package final class TaskThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isWaiting = false
        var isEnding = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Starts the thread; `nil` when the system has none to give.
    init?() {
        guard let thread = JoinableThread({ self.run() }) else { return nil }
        thread.detach()
    }

    /// Carries something out on a thread of its own, with all child tasks.
    ///
    /// Where the system has no thread to give, it is done on the caller's.
    ///
    /// - Parameter body: What to do.
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

    /// Runs a job of a task when those before it have run.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        change { $0.jobs.append(job) }
    }

    /// Lets the thread end when it has nothing left to do.
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
