package import BulkSystem
import Synchronization

// One gate stands before everything that uses the key, so that look-ups, reads and updates share one
// budget. Its decisions are the quota window's; this file only lets tasks wait for them.
//
// Those who wait stand in a queue. Only the first of them sleeps or waits for a change; the others wait
// to become the first. So permits are given in the order in which they were asked for, and one timer is
// enough. No continuation is resumed under the lock.

/// The server has asked all who use the key to wait, for longer than somebody waits.
package struct QuotaPause: Error, Hashable, CustomStringConvertible {
    /// How long the pause lasts yet.
    package var seconds: Int64

    package var description: String {
        "Mava has asked everyone who uses this key to wait for \(Words.wait(seconds: seconds)): "
            + "try again after that."
    }
}

/// The permits of one key, for any number of tasks.
package final class QuotaGate<C: Clock>: Sendable where C.Duration == Duration {
    private struct Waiter {
        let id: UInt64
        var continuation: CheckedContinuation<Void, Never>?
        /// Whether it is to look again although it has not begun to wait yet.
        var isWoken = false
    }

    private struct State {
        var window: QuotaWindow
        var queue: [Waiter] = []
        var nextID: UInt64 = 0
        var granted = 0
        var pauses = 0
        /// Whether others' hints of long pauses were shown to be out of date.
        var endsHints = false
        /// What the person should know and was not told.
        var notices: [String] = []
        /// What the first in the queue was last told to wait for, and until when.
        var wait: (reason: QuotaWindow.Reason, until: Nanoseconds?)?

        mutating func enter() -> UInt64 {
            nextID += 1
            queue.append(Waiter(id: nextID))
            return nextID
        }

        /// Wakes the first in the queue; what is returned is resumed outside the lock.
        mutating func wakeFirst() -> CheckedContinuation<Void, Never>? {
            guard !queue.isEmpty else { return nil }
            queue[0].isWoken = true
            return queue[0].continuation.take()
        }

        mutating func wake(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
            guard let index = queue.firstIndex(where: { $0.id == id }) else { return nil }
            queue[index].isWoken = true
            return queue[index].continuation.take()
        }

        mutating func leave(_ id: UInt64) -> CheckedContinuation<Void, Never>? {
            queue.removeAll { $0.id == id }
            if queue.isEmpty { wait = nil }
            return wakeFirst()
        }
    }

    private enum Turn {
        case granted(CheckedContinuation<Void, Never>?)
        case sleep(until: Nanoseconds)
        case park
        case giveUp(QuotaPause)
    }

    private let state: Mutex<State>
    private let ledger: QuotaLedger?
    private let longestRequest: Nanoseconds
    private let clock: C
    private let origin: C.Instant
    private let noticeHandler = Mutex<(@Sendable (String) -> Void)?>(nil)

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - quota: The quota; `nil` lets everything through that hints and pauses allow.
    ///   - ledger: The budget shared with other processes on this machine, if there is one.
    ///   - longestRequest: The most that a request can last: when the permits of a process that dies
    ///     become free for the others, counted from then.
    ///   - clock: What tells the time.
    package init(
        _ quota: Quota?, ledger: QuotaLedger? = nil, longestRequest: Duration = .seconds(60),
        clock: C
    ) {
        // Without a quota there is nothing to share.
        self.ledger = quota == nil ? nil : ledger
        self.longestRequest = Nanoseconds(longestRequest)
        state = Mutex(State(window: QuotaWindow(quota)))
        self.clock = clock
        origin = clock.now
    }

    /// The time on the gate's own scale, which starts with the gate.
    package var now: Nanoseconds { Nanoseconds(origin.duration(to: clock.now)) }

    /// The clock's instant of a time on the gate's scale.
    package func instant(_ time: Nanoseconds) -> C.Instant {
        origin.advanced(by: .nanoseconds(time))
    }

    /// How many permits were given so far: the requests sent, of every kind.
    package var granted: Int { state.withLock { $0.granted } }
    /// How many times the server asked to wait.
    package var pauses: Int { state.withLock { $0.pauses } }
    /// Why the budget is not shared with other processes any more, in words; `nil` while it is, or
    /// where it never was.
    package var ledgerProblem: String? { ledger?.problem }
    /// How many tasks wait for a permit.
    package var waiting: Int { state.withLock { $0.queue.count } }
    /// What those who wait for a permit wait for, and for how many seconds yet where that is known; `nil`
    /// when no task waits.
    package var wait: (reason: WaitReason, seconds: Double?)? {
        let now = now
        return state.withLock { state in
            state.wait.map { wait in
                (WaitReason(wait.reason), wait.until.map { max(0, Double($0 - now) / 1e9) })
            }
        }
    }
    /// What is known of the time that requests will take: the quota in force, and how many seconds until
    /// the last of so many may be sent; both `nil` where nothing bounds them.
    package func estimate(for requests: Int) -> (quota: Quota?, seconds: Double?) {
        let now = now
        return state.withLock { state in
            (state.window.inForce(at: now), state.window.secondsUntilSent(requests, at: now))
        }
    }
    /// How many permits are in use now.
    package var used: Int {
        let now = now
        return state.withLock { $0.window.used(at: now) }
    }

    // MARK: Taking

    /// Takes a permit if there is one; never waits.
    ///
    /// - Parameter time: The time on the gate's scale, where it was just asked for; `nil` to ask for it.
    /// - Returns: Whether it was taken, or when to come back.
    package func take(at time: Nanoseconds? = nil) -> QuotaWindow.Decision {
        let now = time ?? now
        defer { tellNotices() }
        return state.withLock { state in take(&state, at: now) }
    }

    private func take(_ state: inout State, at now: Nanoseconds) -> QuotaWindow.Decision {
        let decision =
            ledger.map { take(&state, $0, at: now) } ?? state.window.take(at: now)
        if decision == .granted { state.granted += 1 }
        return decision
    }

    /// Waits for a permit, after all who asked before.
    ///
    /// - Parameter patience: The longest pause that is waited for.
    /// - Throws: `CancellationError` when the task is cancelled first, and a ``QuotaPause`` when the server
    ///   has asked to wait for longer; no permit is taken then.
    package func acquire(patience: Nanoseconds = .max) async throws {
        let id = state.withLock { $0.enter() }
        do {
            while true {
                try Task.checkCancellation()
                switch turn(of: id, patience) {
                case .granted(let next):
                    next?.resume()
                    return
                case .giveUp(let pause): throw pause
                case .sleep(let time):
                    // Nothing makes a permit free earlier than was known, so only time is waited for.
                    try await clock.sleep(until: instant(time), tolerance: nil)
                case .park: await park(id)
                }
            }
        } catch {
            state.withLock { $0.leave(id) }?.resume()
            throw error
        }
    }

    private func turn(of id: UInt64, _ patience: Nanoseconds) -> Turn {
        let now = now
        defer { tellNotices() }
        return state.withLock { state in
            guard state.queue.first?.id == id else { return .park }
            switch take(&state, at: now) {
            case .granted:
                state.wait = nil
                return .granted(state.leave(id))
            case .wait(let time?, .paused) where time - now > patience:
                return .giveUp(QuotaPause(seconds: (time - now).wholeSeconds))
            case .wait(let time, let reason):
                state.wait = (reason, time)
                return time.map { .sleep(until: $0) } ?? .park
            }
        }
    }

    private func park(_ id: UInt64) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken = state.withLock { state in
                    guard let index = state.queue.firstIndex(where: { $0.id == id }),
                        !state.queue[index].isWoken
                    else { return true }
                    state.queue[index].continuation = continuation
                    return false
                }
                if isWoken { continuation.resume() }
            }
            state.withLock { state in
                guard let index = state.queue.firstIndex(where: { $0.id == id }) else { return }
                state.queue[index].isWoken = false
            }
        } onCancel: {
            state.withLock { $0.wake(id) }?.resume()
        }
    }

    // MARK: Sharing

    private static var ledgerPoll: Nanoseconds { 50 * .millisecond }
    private static var ledgerRetry: Nanoseconds { 2 * .millisecond }

    private func take(
        _ state: inout State, _ ledger: QuotaLedger, at now: Nanoseconds
    ) -> QuotaWindow.Decision {
        var decision = QuotaWindow.Decision.wait(until: now + Self.ledgerRetry, .quota)
        let offset = ledger.now - now
        let exchange = ledger.exchange { view in
            see(view, offset, &state)
            // Others wait and we have more than our part: leave the next permit to them.
            let part = max(1, state.window.limit / (view.others + 1))
            if view.waiting > 0, state.window.used(at: now) >= part {
                decision = .wait(until: now + Self.ledgerPoll, .others)
            } else {
                decision = state.window.take(at: now)
                noteProbe(&state, decision, at: now)
            }
            var share = share(&state, offset, at: now)
            if case .wait(let until, let reason) = decision {
                share.wantsUntil = now + offset + 4 * Self.ledgerPoll
                // What the others hold may become free earlier than they could promise.
                if !view.permits.isEmpty, reason != .paused {
                    let poll = now + Self.ledgerPoll
                    decision = .wait(until: min(until ?? poll, poll), reason)
                }
            }
            return share
        }
        guard exchange == .lost else { return decision }
        state.window.replaceSiblings([])
        return state.window.take(at: now)
    }

    private func noteProbe(
        _ state: inout State, _ decision: QuotaWindow.Decision, at now: Nanoseconds
    ) {
        guard decision == .granted, state.window.isProbe,
            let until = state.window.hintedPause(at: now)
        else { return }
        state.notices.append(
            "an earlier command was asked to wait, for \(Words.wait(seconds: (until - now).wholeSeconds)) from "
                + "now; one request is sent to see whether that still holds")
    }

    private func see(_ view: LedgerView, _ offset: Nanoseconds, _ state: inout State) {
        if view.hintedUntil > .min, !state.endsHints {
            state.window.heedHint(until: view.hintedUntil - offset)
        }
        state.window.replaceSiblings(view.permits.map { $0 - offset })
        if view.pausedUntil > .min { state.window.heedPause(until: view.pausedUntil - offset) }
    }

    private func share(
        _ state: inout State, _ offset: Nanoseconds, at now: Nanoseconds
    ) -> LedgerShare {
        var share = LedgerShare()
        share.permits = state.window.expiries(inFlightUntil: now + longestRequest, at: now)
            .map { $0 + offset }
        if state.window.isPaused(at: now) {
            let end = state.window.pauseEnd
            if end - now > QuotaWindow.longestSharedPause {
                share.hintedUntil = end + offset
            } else {
                share.pausedUntil = end + offset
            }
        }
        share.endsHints = state.endsHints
        state.endsHints = false
        return share
    }

    /// Enters in the ledger what has changed; when it is taken for a moment, the next permit does it.
    private func publish(_ state: inout State, at now: Nanoseconds) {
        guard let ledger else { return }
        let offset = ledger.now - now
        _ = ledger.exchange { view in
            see(view, offset, &state)
            return share(&state, offset, at: now)
        }
    }

    // MARK: Giving back

    /// Gives back a permit whose request was never sent.
    package func giveBack() {
        let now = now
        state.withLock { state in
            state.window.giveBack()
            state.granted -= 1
            publish(&state, at: now)
            return state.wakeFirst()
        }?.resume()
    }

    /// Notes that a request is over, and what its answer says about the quota.
    ///
    /// - Parameters:
    ///   - reading: What its answer says; `nil` where there was none.
    ///   - time: The time on the gate's scale, where it was just asked for; `nil` to ask for it.
    package func complete(_ reading: QuotaReading?, at time: Nanoseconds? = nil) {
        let now = time ?? now
        state.withLock { state in
            state.window.complete(at: now)
            if let reading { heed(reading, &state, at: now) }
            publish(&state, at: now)
            return state.wakeFirst()
        }?.resume()
        tellNotices()
    }

    private func heed(_ reading: QuotaReading, _ state: inout State, at now: Nanoseconds) {
        state.window.observe(reading.hints, at: now)
        if reading.isBusy {
            state.pauses += 1
            state.window.pause(for: reading.retryAfter, at: now)
        } else {
            if state.window.hintedPause(at: now) != nil { state.endsHints = true }
            state.window.noteAnswer()
        }
    }

    // MARK: Telling

    /// Sets the handler of what the person should know: a ledger that was lost for a moment, a long pause
    /// that is tried out.
    package func setNoticeHandler(_ handler: (@Sendable (String) -> Void)?) {
        noticeHandler.withLock { $0 = handler }
    }

    private func tellNotices() {
        guard let ledger else { return }
        var notices = ledger.takeNotices()
        notices += state.withLock { state in
            defer { state.notices = [] }
            return state.notices
        }
        guard !notices.isEmpty, let handler = noticeHandler.withLock({ $0 }) else { return }
        for notice in notices { handler(notice) }
    }
}
