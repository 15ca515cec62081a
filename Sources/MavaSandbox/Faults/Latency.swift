/// How long answers are delayed.
package struct Latency: Hashable, Sendable {
    /// A distribution of times.
    package enum Distribution: Hashable, Sendable {
        /// Always the same time.
        case constant(Duration)
        /// Any time between two bounds with the same probability.
        case uniform(Duration, Duration)
        /// A normal distribution, cut off at 0.
        case normal(mean: Duration, deviation: Duration)
        /// An exponential distribution: mostly short, sometimes long.
        case exponential(mean: Duration)
    }

    /// The distribution of the delay.
    package var distribution: Distribution
    /// The share of requests that are delayed, from 0 to 1.
    package var probability: Double

    /// Makes a latency.
    package init(_ distribution: Distribution, probability: Double = 1) {
        self.distribution = distribution
        self.probability = probability
    }

    /// A time drawn from the distribution, in nanoseconds.
    func draw(_ chance: inout Chance) -> UInt64 {
        guard chance.unit() < probability else { return 0 }
        switch distribution {
        case .constant(let time): return time.nanoseconds
        case .uniform(let low, let high):
            let span = Double(high.nanoseconds) - Double(low.nanoseconds)
            return Self.bounded(Double(low.nanoseconds) + chance.unit() * span)
        case .normal(let mean, let deviation):
            return Self.bounded(
                Double(mean.nanoseconds) + chance.normal() * Double(deviation.nanoseconds))
        case .exponential(let mean):
            return Self.bounded(Double(mean.nanoseconds) * chance.exponential())
        }
    }

    /// Limits a time to one hour, because a longer wait is a mistake in the plan.
    private static func bounded(_ nanoseconds: Double) -> UInt64 {
        UInt64(min(max(0, nanoseconds), 3.6e12))
    }
}
