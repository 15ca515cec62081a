import Dispatch
import MavaAPI
import Synchronization

/// Where a run's loop and its requests' tasks run: a thread that is not the cooperative pool's, so that the
/// journal can be written between two steps without passing from thread to thread.
///
/// It takes all jobs that wait at once, and is woken only when it waits itself: at ten thousands of updates
/// a second, a dispatch queue's price for each job would be a tenth of all that is done for it.
final class RunThread: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isWaiting = false
        var isEnding = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    /// Starts the thread.
    init() {
        guard let thread = JoinableThread({ self.run() }) else {
            preconditionFailure("the system has no thread left")
        }
        thread.detach()
    }

    func enqueue(_ job: consuming ExecutorJob) {
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
