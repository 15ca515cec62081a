/// What a run waits for, as a progress line shows it.
public enum WaitReason: String, CaseIterable, Hashable, Sendable {
    /// The run is not waiting: it is sending.
    case none
    /// The run waits for the answers of the requests in flight.
    case answers
    /// The run's own requests have used the quota.
    case quota
    /// Other requests with the same key have used the quota.
    case others
    /// The server asked for a pause.
    case paused
    /// A person or another task has paused the run.
    case pausedByControl
    /// The run waits before another attempt.
    case backOff
    /// The server does not work; the run waits for the next probe.
    case outage
    /// This machine is short of descriptors, memory or ports.
    case localShortage
    /// The run waits for the hours in which it may send.
    case window
    /// The run is ending and waits for the last answers.
    case draining
}

extension WaitReason {
    init(_ reason: QuotaWindow.Reason) {
        self =
            switch reason {
            case .quota: .quota
            case .others: .others
            case .paused: .paused
            }
    }
}
