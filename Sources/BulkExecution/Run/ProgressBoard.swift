import Synchronization

/// The run's latest progress: the run's loop writes it, and other threads read it.
final class ProgressBoard: Sendable {
    private let progress: Mutex<RunProgress>

    init(quota: Quota?) {
        var progress = RunProgress()
        progress.quota = quota
        self.progress = Mutex(progress)
    }

    var snapshot: RunProgress { progress.withLock { $0 } }

    func begin(total: Int?) {
        progress.withLock { progress in
            let quota = progress.quota
            progress = RunProgress()
            progress.quota = quota
            progress.total = total
        }
    }

    func update(_ body: (inout RunProgress) -> Void) { progress.withLock { body(&$0) } }
}
