package import BulkSystem

/// How long to leave this machine alone that is short of descriptors, memory or ports.
///
/// The first pause is a second, and each one that brought nothing is twice as long, up to ten. Failures of
/// requests that were sent before the pause began do not count as ones of their own.
package struct LocalShortage: Hashable, Sendable {
    /// Since when no request could be opened; `nil` while they can.
    package private(set) var since: Nanoseconds?
    private var until = Nanoseconds.min
    private var pause = Nanoseconds.second

    package init() {}

    /// When the pause ends; `nil` where there is none.
    package func end(at now: Nanoseconds) -> Nanoseconds? { now < until ? until : nil }

    /// Notes that a request could not be opened.
    package mutating func note(at now: Nanoseconds) {
        guard now >= until else { return }
        if since != nil { pause = min(2 * pause, 10 * .second) }
        since = since ?? now
        until = now + pause
    }

    /// Notes that one was answered.
    package mutating func end() { self = LocalShortage() }
}
