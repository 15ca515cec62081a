import BulkSystem
import BulkExecution

/// Decides what a signal means, by what the program is doing and by the signals that came before.
///
/// It holds no clock and ends nothing itself; docs/signals.md has the same rules in a table.
struct SignalMachine {
    /// What the program is doing.
    enum Phase: CaseIterable, Sendable {
        /// Nothing was sent: it reads, plans, waits or asks.
        case preparing
        /// Updates are being sent.
        case sending
        /// Updates were sent: a canary is checked, rows are settled, the report is written.
        case finishing
    }

    /// What to do about a signal.
    enum Action: Sendable {
        /// Nothing: the signal repeats the one before it.
        case ignore
        /// End the current work; the report is still written if updates were sent.
        case cancel
        /// Send nothing more and wait for the requests in flight.
        case drain
        /// Give up the requests in flight.
        case giveUp
        /// End the program.
        case leave
    }

    /// A signal that comes this soon after another is the same request: timeout(1) signals the process and
    /// then its group, and a terminal and a supervisor may signal both.
    static let sameRequest = Nanoseconds.second
    /// How long the program may take to end while nothing was sent.
    static let preparingLimit = 300 * Nanoseconds.millisecond
    /// How long the report may take after the last request.
    static let finishingLimit = 10 * Nanoseconds.second

    /// How long the requests in flight are waited for.
    let drain: Nanoseconds
    /// The first signal, which decides the exit code.
    private(set) var first: Int32?
    private var count = 0
    private var countedAt = Nanoseconds.min
    /// When the program ends although it sent updates and has not written its report.
    private var limit = Nanoseconds.max

    /// Makes a machine that has seen no signal.
    ///
    /// - Parameter drain: How long the requests in flight are waited for.
    init(drain: Nanoseconds) { self.drain = drain }

    /// Handles a signal that asks the program to end.
    ///
    /// - Parameters:
    ///   - number: The signal.
    ///   - now: The time.
    ///   - phase: What the program is doing.
    /// - Returns: What to do.
    mutating func handle(_ number: Int32, at now: Nanoseconds, in phase: Phase) -> Action {
        if first != nil, now - countedAt <= Self.sameRequest { return .ignore }
        first = first ?? number
        count += 1
        countedAt = now
        let action: Action =
            switch (phase, count) {
            case (.preparing, 1), (.finishing, 1): .cancel
            case (.sending, 1): .drain
            case (.sending, 2): .giveUp
            default: .leave
            }
        let wait = action == .drain ? drain : .zero
        limit = min(limit, now + wait + Self.finishingLimit)
        return action
    }

    /// When the program is ended by force, if it has not ended by itself; `nil` before the first signal.
    ///
    /// - Parameter phase: What the program is doing now.
    /// - Returns: The time.
    func leavesAt(in phase: Phase) -> Nanoseconds? {
        guard first != nil else { return nil }
        return phase == .preparing ? countedAt + Self.preparingLimit : limit
    }
}
