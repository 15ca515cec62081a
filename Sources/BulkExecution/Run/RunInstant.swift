package import BulkSystem

/// An instant of a run, on both of its clocks.
package struct RunInstant: Hashable, Sendable {
    /// The time on the monotonic clock, which the run's decisions use.
    package var now: Nanoseconds
    /// The time of day in milliseconds since 1970, which is used only in the journal and the summary.
    package var date: Int64

    package init(now: Nanoseconds, date: Int64) {
        self.now = now
        self.date = date
    }
}
