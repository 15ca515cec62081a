import Synchronization

/// The rows to send next, between the run's loop and the tasks that send them.
///
/// A task that has sent a row takes the next one. So a run has only as many tasks as its largest number of
/// requests in flight, and not one task for each row.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [Job] = []
        var idle: [CheckedContinuation<Job?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The number of tasks that wait for a row.
    var waiting: Int { state.withLock { $0.idle.count } }

    /// Hands rows to waiting tasks, and queues the others.
    ///
    /// - Returns: The number of rows without a waiting task. The caller starts one more task for each.
    func put(_ jobs: [Job]) -> Int {
        let (woken, left) = state.withLock { state in
            let count = min(jobs.count, state.idle.count)
            let woken = Array(state.idle.suffix(count))
            state.idle.removeLast(count)
            state.jobs.append(contentsOf: jobs[count...])
            return (woken, jobs.count - count)
        }
        for (task, job) in zip(woken, jobs) { task.resume(returning: job) }
        return left
    }

    /// Returns the next row, and waits for one if necessary; `nil` once the queue is closed and empty.
    func next() async -> Job? {
        await withCheckedContinuation { continuation in
            let job: Job?? = state.withLock { state in
                if !state.jobs.isEmpty { return .some(state.jobs.removeFirst()) }
                if state.isClosed { return .some(nil) }
                state.idle.append(continuation)
                return nil
            }
            if let job { continuation.resume(returning: job) }
        }
    }

    /// Releases all waiting tasks, and tasks that ask later.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for task in waiting { task.resume(returning: nil) }
    }
}
