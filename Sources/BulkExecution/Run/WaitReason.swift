/// What a run waits for, as a progress line shows it.
public enum WaitReason: String, Hashable, Sendable {
    /// Nothing: it is sending.
    case none
    /// The answers of the requests in flight.
    case answers
    /// The quota: our own requests have used it.
    case quota
    /// The quota: others' requests with the same key have used it.
    case others
    /// The pause that the server asked for.
    case paused
    /// The time before another attempt.
    case backOff
    /// The next probe of a server that does not work.
    case outage
    /// Descriptors, memory or ports of this machine, which were short.
    case localShortage
    /// The last answers before the run ends.
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
