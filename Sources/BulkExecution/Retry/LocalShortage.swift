package import BulkSystem

/// How long to send nothing while this machine is short of descriptors, memory or ports.
///
/// The first pause is 1 s. Each unsuccessful pause is twice as long as the one before, up to 10 s. Failures
/// of requests that were sent before the pause began are not counted again.
package struct LocalShortage: Hashable, Sendable {
    /// When the shortage began; `nil` while there is none.
    package private(set) var since: Nanoseconds?
    private var until = Nanoseconds.min
    private var pause = Nanoseconds.second

    package init() {}

    /// When the pause ends; `nil` when there is none.
    package func end(at now: Nanoseconds) -> Nanoseconds? { now < until ? until : nil }

    /// Notes that a request could not be opened.
    package mutating func note(at now: Nanoseconds) {
        guard now >= until else { return }
        if since != nil { pause = min(2 * pause, 10 * .second) }
        since = since ?? now
        until = now + pause
    }

    /// Leaves a time in which nothing was sent out of the length of the shortage.
    package mutating func leaveOut(from start: Nanoseconds, to end: Nanoseconds) {
        since = since.map { $0 + end - max(start, $0) }
    }

    /// Notes that a request was answered.
    package mutating func end() { self = LocalShortage() }
}
