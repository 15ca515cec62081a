import BulkExecution
import BulkSystem

/// Decides when a wait is long enough to be reported, and when it is over.
///
/// A run that is blocked tries again now and then, so a wait counts as one until the run has gone on for a while. But
/// each row that gets its outcome ends it: a run that shares its key with others waits for them between its requests
/// and goes on all the same.
struct WaitWatch {
    /// What there is to report.
    enum Change: Hashable {
        case waits(WaitReason)
        case goesOn
    }

    /// How far the command is.
    struct Place: Hashable {
        /// The rows with an outcome, or the pages that were read.
        var done: Int
        /// The rows that failed among them.
        var failed = 0
    }

    /// The shortest wait that a message reports.
    static let shortest = 60 * Nanoseconds.second
    /// The shortest wait for which hooks run.
    static let shortestForHooks = Nanoseconds.second
    /// How long a run has to go on before its wait is over.
    static let calm = 10 * Nanoseconds.second

    private let shortest: Nanoseconds
    private var place: Place?
    private var movedAt: Nanoseconds?
    private var waitsSince: Nanoseconds?
    private var goesOnSince: Nanoseconds?
    private var isReported = false

    /// Makes a watch that has seen nothing.
    ///
    /// - Parameter shortest: The shortest wait that it reports.
    init(shortest: Nanoseconds) { self.shortest = shortest }

    /// Observes what the run waits for now.
    ///
    /// - Parameters:
    ///   - reason: What it waits for.
    ///   - place: How far it is.
    ///   - now: The time.
    /// - Returns: What there is to report; `nil` for nothing.
    mutating func see(
        _ reason: WaitReason, at place: Place, at now: Nanoseconds
    ) -> Change? {
        if hasMoved(to: place, reason) {
            movedAt = now
            if !isReported { waitsSince = nil }
        }
        self.place = place
        let isWait = HookEvent.isWait(reason)
        if isReported { return seeEnd(isWait, now) }
        guard isWait else {
            guard waitsSince != nil else { return nil }
            let start = goesOnSince ?? now
            goesOnSince = start
            if now - start >= min(shortest, Self.calm) { (waitsSince, goesOnSince) = (nil, nil) }
            return nil
        }
        goesOnSince = nil
        let start = waitsSince ?? now
        waitsSince = start
        // The quota's own window can be as long where others use the most of it.
        let least = reason == .others ? max(shortest, Self.shortest) : shortest
        guard now - start >= least else { return nil }
        isReported = true
        return .waits(reason)
    }

    /// Whether rows got their outcome since the last call; in an outage, rows that fail are no sign of life.
    private func hasMoved(to new: Place, _ reason: WaitReason) -> Bool {
        guard let place else { return false }
        if reason == .others { return new.done != place.done }
        return new.done - new.failed != place.done - place.failed
    }

    private mutating func seeEnd(_ isWait: Bool, _ now: Nanoseconds) -> Change? {
        let isMoving = movedAt.map { now - $0 < Self.calm } ?? false
        guard !isWait || isMoving else {
            goesOnSince = nil
            return nil
        }
        let start = goesOnSince ?? now
        goesOnSince = start
        guard now - start >= Self.calm else { return nil }
        (waitsSince, goesOnSince, isReported) = (nil, nil, false)
        return .goesOn
    }
}
