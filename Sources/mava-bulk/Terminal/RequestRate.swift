import BulkExecution

/// The requests a second of a run, over the last window of its quota.
///
/// An average over the whole run would hide what happens now. One over a shorter time than the quota's window would
/// exceed the quota, because all requests of a window may be sent at its beginning.
struct RequestRate: Sendable {
    /// How long is looked back without a quota.
    private static let plainSpan: Duration = .seconds(10)
    /// The longest span that is looked back.
    ///
    /// Quotas can have windows of days. The rate is shown after two minutes at the latest.
    private static let longestSpan: Duration = .seconds(120)
    /// The most measurements that are kept.
    private static let most = 256

    private var samples: [(elapsed: Duration, requests: Int)] = []

    /// The number of measurements kept.
    var count: Int { samples.count }

    /// Records a measurement.
    ///
    /// - Parameter progress: The run's progress at this moment.
    /// - Returns: The requests each second; `nil` while the run is younger than the window.
    mutating func note(_ progress: RunProgress) -> Double? {
        let now = progress.elapsed
        // A run that is resumed begins again at zero.
        if let last = samples.last, now < last.elapsed { samples = [] }
        let span = min(progress.quotaInForce?.window ?? Self.plainSpan, Self.longestSpan)
        let interval = span / Self.most
        if samples.last.map({ now - $0.elapsed >= interval }) ?? true {
            samples.append((now, progress.requests))
        }
        // The first one is the last that is at least a window old.
        while samples.count > 1, now - samples[1].elapsed >= span { samples.removeFirst() }
        guard let first = samples.first, now > first.elapsed, now >= span else { return nil }
        return Double(progress.requests - first.requests) / ((now - first.elapsed) / .seconds(1))
    }
}
