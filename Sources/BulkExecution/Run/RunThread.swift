import Dispatch

/// Where a run's loop and its requests' tasks run: one thread at a time, which is not the cooperative
/// pool's, so that the journal can be written between two steps without passing from thread to thread.
final class RunThread: TaskExecutor {
    private let queue = DispatchQueue(label: "mava-bulk.run")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
