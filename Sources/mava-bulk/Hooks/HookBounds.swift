import BulkSystem

/// Until when hooks may run after a signal.
///
/// The program ends at a fixed time then. The last hooks and the messages each get their part of what is left, so a
/// hook that does not end takes nothing from those after it.
struct HookBounds {
    /// The part at the end that is kept for messages and pings.
    static let messages = 3 * Nanoseconds.second
    /// How long the last hooks wait for those that run beside the updates.
    static let earlier = 2 * Nanoseconds.second

    private var signalledAt: Nanoseconds?
    private var leavesAt = Nanoseconds.max
    private var finishesSince: Nanoseconds?

    /// Handles a signal that asks the program to end.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - end: When the program ends at the latest.
    mutating func signal(at now: Nanoseconds, leavingAt end: Nanoseconds) {
        signalledAt = signalledAt ?? now
        leavesAt = min(leavesAt, end)
    }

    /// Handles the end of the command's work: only the last hooks are left.
    mutating func finish(at now: Nanoseconds) { finishesSince = now }

    /// When a hook has to end that runs beside the updates; `.max` for its own limit.
    var endOfEarlier: Nanoseconds {
        guard let signalledAt, let finishesSince else { return .max }
        return min(max(signalledAt, finishesSince) + Self.earlier, leavesAt - Self.messages)
    }

    /// When a last hook has to end; `.max` for its own limit.
    ///
    /// - Parameters:
    ///   - began: When it began.
    ///   - count: How many last hooks there are from it on.
    /// - Returns: The time.
    func end(ofLastFrom began: Nanoseconds, of count: Int) -> Nanoseconds {
        guard let signalledAt else { return .max }
        let start = max(began, signalledAt)
        let left = max(.zero, leavesAt - Self.messages - start)
        return start + Nanoseconds(count: left.count / Int64(max(1, count)))
    }
}
