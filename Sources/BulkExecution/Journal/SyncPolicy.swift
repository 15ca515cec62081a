import BulkSystem

/// When a journal is synced: at once while outcomes come slower than 100 a second, else ten times a second.
///
/// A sync costs a millisecond or more, and an outcome that is not synced can be lost in a power cut. The policy
/// is a value without a file or a clock. It says what to do, and its owner reports what happened:
///
/// 1. ``noteOutcome(at:)`` when an outcome was written. It may ask for a sync after a delay.
/// 2. ``begin()`` when a sync starts, whether it was scheduled or a caller waits for it.
/// 3. ``noteSynced(at:)`` when that sync succeeded.
/// 4. ``endScheduled(at:)`` when a scheduled sync is over. It may ask for the next one.
///
/// At most one sync is scheduled at any time.
struct SyncPolicy: Hashable, Sendable {
    /// Outcomes that come this long after the last sync, or later, are slow.
    static let slowEnough = Nanoseconds.second / 100
    /// How long after the last sync the next one is due while outcomes are quick.
    static let longestUnsynced = Nanoseconds.second / 10

    private var lastAt: Nanoseconds?
    /// Whether a sync is under way or will be.
    private var isScheduled = false
    private var isNeeded = false

    /// Starts with nothing to sync.
    init() {}

    /// Notes that an outcome was written.
    ///
    /// - Parameter now: The time.
    /// - Returns: How long to wait before the sync it needs; `nil` when a sync is scheduled already.
    mutating func noteOutcome(at now: Nanoseconds) -> Nanoseconds? {
        isNeeded = true
        return schedule(at: now)
    }

    /// Begins a sync.
    ///
    /// What is written from now on needs another sync, even if this one happens to take it along.
    ///
    /// - Returns: Whether there is an outcome to sync; nothing is to be done otherwise.
    mutating func begin() -> Bool {
        defer { isNeeded = false }
        return isNeeded
    }

    /// Notes that a sync succeeded.
    ///
    /// - Parameter now: When it was over.
    mutating func noteSynced(at now: Nanoseconds) { lastAt = now }

    /// Notes that a scheduled sync is over, whether or not there was anything to sync.
    ///
    /// - Parameter now: The time.
    /// - Returns: How long to wait before the next sync; `nil` when no outcome was written since it began.
    mutating func endScheduled(at now: Nanoseconds) -> Nanoseconds? {
        isScheduled = false
        // What was written during the sync came quickly after what it was for.
        return isNeeded ? schedule(at: now) : nil
    }

    private mutating func schedule(at now: Nanoseconds) -> Nanoseconds? {
        if isScheduled { return nil }
        isScheduled = true
        guard let lastAt, now - lastAt < Self.slowEnough else { return .zero }
        return max(.zero, lastAt + Self.longestUnsynced - now)
    }
}
