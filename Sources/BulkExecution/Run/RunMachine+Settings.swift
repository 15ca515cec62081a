package import BulkSystem

extension RunMachine {
    /// The limits of a run.
    package struct Settings: Hashable, Sendable {
        /// The most requests in flight.
        package var concurrency = 16
        /// When to retry.
        package var retry = RetryPolicy()
        /// The most rows that may fail; one more ends the run.
        package var maxFailures: Int?
        /// How long the server may be unusable before the run ends.
        package var giveUpAfter: Nanoseconds = 300 * .second
        /// When the run ends even if rows are left, on the clock of the calls.
        package var deadline: Nanoseconds?
        /// The number of rows to send before the run ends as a canary; `nil` for all.
        package var canary: Int?
        /// How long to wait for requests in flight when the run is stopped.
        package var drain: Nanoseconds = 10 * .second
        /// The hours in which updates are sent; `nil` for all.
        package var windows: SendWindows?
        /// The most that one request takes; it must end inside a window.
        package var requestTimeout: Nanoseconds = 30 * .second

        package init() {}
    }
}
