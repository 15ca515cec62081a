import BulkSystem

extension RunMachine {
    /// What the plan still has to give.
    enum Supply {
        /// There may be another entry.
        case open
        /// This row was read and not sent yet.
        case ready(Job)
        /// Nothing more is read; why the run ends when nothing is left to send.
        case ended(StopReason)

        var isReady: Bool { if case .ready = self { true } else { false } }
    }

    /// Whether requests are sent, and whether those in flight are still waited for.
    enum Course {
        /// Rows are sent.
        case going
        /// Nothing more is sent; what is in flight is waited for, where there is a time until then.
        case draining(StopReason, until: Nanoseconds?)
        /// Nothing more is sent, and what was in flight has been given up.
        case abandoning(StopReason)

        var reason: StopReason? {
            switch self {
            case .going: nil
            case .draining(let reason, _), .abandoning(let reason): reason
            }
        }

        /// When what is in flight is given up.
        var drainEnd: Nanoseconds? {
            if case .draining(_, let until) = self { until } else { nil }
        }

        mutating func stop(_ later: StopReason, abandoningAt time: Nanoseconds?) {
            switch self {
            case .going: self = .draining(later, until: time)
            case .draining(let reason, let until):
                let earliest = [until, time].compactMap { $0 }.min()
                self = .draining(reason.joined(by: later), until: earliest)
            case .abandoning(let reason): self = .abandoning(reason.joined(by: later))
            }
        }
    }
}
