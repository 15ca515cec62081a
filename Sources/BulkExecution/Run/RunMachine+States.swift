import BulkSystem

extension RunMachine {
    /// The state of reading the plan.
    enum Supply {
        /// There may be more entries.
        case open
        /// This row was read but not sent yet.
        case ready(Job)
        /// Nothing more is read; the reason is used when nothing is left to send.
        case ended(StopReason)

        var isReady: Bool { if case .ready = self { true } else { false } }
    }

    /// Whether requests are sent, and whether the run still waits for those in flight.
    enum Course {
        /// Rows are sent.
        case going
        /// Nothing more is sent; the run waits for the requests in flight, at most until the given time.
        case draining(StopReason, until: Nanoseconds?)
        /// Nothing more is sent, and the requests in flight were abandoned.
        case abandoning(StopReason)

        var reason: StopReason? {
            switch self {
            case .going: nil
            case .draining(let reason, _), .abandoning(let reason): reason
            }
        }

        /// When the requests in flight are abandoned.
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
