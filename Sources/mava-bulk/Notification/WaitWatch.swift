import BulkExecution
import BulkSystem

/// Decides when a wait is long enough for a message, and when it is over.
///
/// A run that is blocked tries again now and then, so a wait counts as one until the run has gone on for a while.
struct WaitWatch {
    /// What a message is about.
    enum Change: Hashable {
        case waits(WaitReason)
        case goesOn
    }

    /// The shortest wait that is reported.
    static let shortest = 60 * Nanoseconds.second
    /// How long a run has to go on before its wait is over.
    static let calm = 10 * Nanoseconds.second

    private var waitsSince: Nanoseconds?
    private var goesOnSince: Nanoseconds?
    private var isReported = false

    /// Takes what the run waits for now.
    ///
    /// - Parameters:
    ///   - reason: What it waits for.
    ///   - now: The time.
    /// - Returns: What there is to report; `nil` for nothing.
    mutating func see(_ reason: WaitReason, at now: Nanoseconds) -> Change? {
        if HookEvent.isWait(reason) {
            goesOnSince = nil
            let start = waitsSince ?? now
            waitsSince = start
            guard !isReported, now - start >= Self.shortest else { return nil }
            isReported = true
            return .waits(reason)
        }
        guard waitsSince != nil else { return nil }
        let start = goesOnSince ?? now
        goesOnSince = start
        guard now - start >= Self.calm else { return nil }
        defer { isReported = false }
        (waitsSince, goesOnSince) = (nil, nil)
        return isReported ? .goesOn : nil
    }
}
