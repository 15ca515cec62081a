package import BulkSystem

extension RunMachine {
    /// Holds back further requests, or sends them again.
    ///
    /// The deadline counts meanwhile. The time for which the server may be unusable does not count.
    ///
    /// - Parameters:
    ///   - isPaused: Whether to hold them back.
    ///   - now: The time.
    package mutating func setPaused(_ isPaused: Bool, at now: Nanoseconds) {
        guard isPaused != (pausedSince != nil) else { return }
        guard let since = pausedSince else {
            pausedSince = now
            return
        }
        pausedSince = nil
        leaveOut(from: since, to: now)
    }

    /// Leaves a time in which nothing could be sent out of the time for which the server may be unusable.
    package mutating func leaveOut(from start: Nanoseconds, to end: Nanoseconds) {
        busySince = busySince.map { $0 + end - max(start, $0) }
        breaker.leaveOut(from: start, to: end)
        shortage.leaveOut(from: start, to: end)
    }

    /// Returns the step while requests are held back: the plan is read, so that a run without rows left ends.
    func stepWhilePaused() -> Step {
        switch supply {
        case .open where inFlight + parked.count < capacity: return .pull
        case .ended(let ending) where inFlight == 0 && parked.isEmpty: return .finished(ending)
        case .open, .ready, .ended: return .wait(until: settings.deadline, .pausedByControl)
        }
    }
}
