import Synchronization

/// The rows to be sent next, between the run's loop and the tasks that send them.
///
/// A task that has sent one takes the next, so that a run has as many tasks as requests were ever in flight
/// and not one for each row.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [Job] = []
        var idle: [CheckedContinuation<Job?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// How many tasks wait for a row.
    var waiting: Int { state.withLock { $0.idle.count } }

    /// Hands over rows, each to a task that waits as far as there are any.
    ///
    /// - Returns: How many found none: for so many, further tasks are to ask.
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

    /// Takes a row, or waits for one; `nil` once the queue is closed and empty.
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

    /// Releases waiting tasks, and later ones.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for task in waiting { task.resume(returning: nil) }
    }
}
