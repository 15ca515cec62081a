/// The most requests of a key in any period as long as the window.
struct PeakMeter: Sendable {
    /// The most moments kept; beyond that the oldest are dropped and the peak is a lower bound.
    private static let capacity = 1 << 21

    private let window: UInt64
    private var arrivals = MomentQueue()
    /// The most requests in any window so far.
    private(set) var peak = 0
    /// Whether a window had more requests than were counted.
    private(set) var isLowerBound = false

    init(window: UInt64) {
        self.window = window
    }

    /// Counts a request that arrives now.
    mutating func note(_ now: UInt64) {
        let window = window
        arrivals.drop { $0 + window <= now }
        if arrivals.count >= Self.capacity {
            isLowerBound = true
            return
        }
        arrivals.append(now)
        peak = max(peak, arrivals.count)
    }
}
