package import BulkSystem
import Synchronization

// Every request with the key goes through one gate, so look-ups, reads and updates share one budget. The
// shared quota decides whether there is a permit. The queue decides which task is next. This file holds both
// under one lock and lets tasks wait for them.
//
// Only the first task in the queue sleeps or waits for a change. The others wait to become the first. So
// permits are granted in the order of the requests for them, and one timer is enough. No continuation is
// resumed under the lock.

/// The server has asked all users of the key to wait, for longer than a task is prepared to wait.
package struct QuotaPause: Error, Hashable, CustomStringConvertible {
    /// The remaining length of the pause.
    package var seconds: Int64

    package var description: String {
        "Mava refused requests with this key, so none is sent for "
            + "\(Words.wait(seconds: seconds)): try again after that."
    }
}

/// The permits of one key, for any number of tasks.
package final class QuotaGate<C: Clock>: Sendable where C.Duration == Duration {
    private typealias Waker = CheckedContinuation<Void, Never>

    private struct State {
        var quota: SharedQuota
        var queue = PermitQueue<Waker>()
        var granted = 0
        var pauses = 0
        /// What the first in the queue waits for, and until when.
        var wait: (reason: QuotaWindow.Reason, until: Nanoseconds?)?
        /// The lower quotas that were asked for, by who asked.
        var asked: [ObjectIdentifier: Quota] = [:]
        /// Says which quotas hold; `nil` where one holds at all hours.
        var timetable: TimetableWatch?

        mutating func tryAcquire(at now: Nanoseconds) -> QuotaWindow.Decision {
            let change = timetable?.change(of: &quota)
            let decision = quota.tryAcquire(at: now)
            if decision == .granted { granted += 1 }
            guard let change, case .wait(let until, let reason) = decision else { return decision }
            // At the next change of the timetable there may be more permits.
            return .wait(until: min(until ?? .max, now + change), reason)
        }

        mutating func leave(_ id: UInt64) -> Waker? {
            let next = queue.leave(id)
            if queue.isEmpty { wait = nil }
            return next
        }
    }

    private enum Turn {
        case granted(next: Waker?)
        case sleep(until: Nanoseconds)
        case park
        case giveUp(QuotaPause)
    }

    private let state: Mutex<State>
    private let hasLedger: Bool
    private let clock: C
    private let origin: C.Instant
    private let noticeHandler = Handler<String, Void>()

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - quota: The quota; `nil` lets everything through that hints and pauses allow.
    ///   - ledger: The budget shared with other processes on this machine, if there is one.
    ///   - timetable: Lower quotas at certain hours; `nil` for none.
    ///   - longestRequest: The most that a request can last: when the permits of a process that dies
    ///     become free for the others, counted from then.
    ///   - clock: The time.
    ///   - timeOfDay: Milliseconds since 1970, for the timetable.
    package init(
        _ quota: Quota?, ledger: QuotaLedger? = nil, timetable: QuotaTimetable? = nil,
        longestRequest: Duration = .seconds(60), clock: C,
        timeOfDay: @escaping @Sendable () -> Int64 = SystemTime.millisecondsSince1970
    ) {
        let shared = SharedQuota(
            quota, ledger: ledger, longestRequest: Nanoseconds(longestRequest))
        hasLedger = shared.hasLedger
        state = Mutex(
            State(
                quota: shared,
                timetable: timetable.flatMap { TimetableWatch($0, timeOfDay: timeOfDay) }))
        self.clock = clock
        origin = clock.now
    }

    /// The time on the gate's own scale, which starts with the gate.
    package var now: Nanoseconds { Nanoseconds(origin.duration(to: clock.now)) }

    /// The clock's instant of a time on the gate's scale.
    package func instant(_ time: Nanoseconds) -> C.Instant {
        origin.advanced(by: Duration(time))
    }

    /// How many permits were given so far: the requests sent, of every kind.
    package var granted: Int { state.withLock { $0.granted } }
    /// How many times the server asked to wait.
    package var pauses: Int { state.withLock { $0.pauses } }
    /// Why the budget is not shared with other processes any more, in words; `nil` while it is, or
    /// where it never was.
    package var ledgerProblem: String? { state.withLock { $0.quota.problem } }
    /// How many tasks wait for a permit.
    package var waiting: Int { state.withLock { $0.queue.count } }
    /// What the tasks that need a permit wait for, and the remaining time where it is known; `nil` when no task
    /// waits.
    package var wait: (reason: WaitReason, remaining: Duration?)? {
        let now = now
        return state.withLock { state in
            state.wait.map { wait in
                var remaining = wait.until.map { Duration(max(.zero, $0 - now)) }
                // The time to ask again is earlier than that of a permit where others hold more than there are.
                if wait.reason == .quota, let known = remaining {
                    remaining = max(known, state.quota.window.timeUntilSent(1, at: now) ?? known)
                }
                return (WaitReason(wait.reason), remaining)
            }
        }
    }
    /// What is known of the time that requests will take: the quota in force, and the time until the last of so
    /// many may be sent; both `nil` where nothing bounds them.
    package func estimate(for requests: Int) -> (quota: Quota?, untilSent: Duration?) {
        let now = now
        return state.withLock { state in
            (
                state.quota.window.inForce(at: now),
                state.quota.window.timeUntilSent(requests, at: now)
            )
        }
    }
    /// How many permits are in use now.
    package var used: Int {
        let now = now
        return state.withLock { $0.quota.window.used(at: now) }
    }

    // MARK: Taking

    /// Acquires a permit if there is one; never waits.
    ///
    /// - Parameter time: The time on the gate's scale, where it was just asked for; `nil` to ask for it.
    /// - Returns: Whether it was taken, or when to come back.
    package func tryAcquire(at time: Nanoseconds? = nil) -> QuotaWindow.Decision {
        let now = time ?? now
        defer { tellNotices() }
        return state.withLock { $0.tryAcquire(at: now) }
    }

    /// Waits for a permit, behind all tasks that asked before.
    ///
    /// - Parameter patience: The longest pause that is waited for.
    /// - Throws: `CancellationError` when the task is cancelled first, and a ``QuotaPause`` when the server
    ///   has asked to wait for longer; no permit is taken then.
    package func acquire(patience: Nanoseconds = .max) async throws {
        let id = state.withLock { $0.queue.enter() }
        do {
            while true {
                try Task.checkCancellation()
                switch turn(of: id, patience) {
                case .granted(let next):
                    next?.resume()
                    return
                case .giveUp(let pause): throw pause
                case .sleep(let time):
                    // Only a person can make a permit free earlier than was known.
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
            guard state.queue.isFirst(id) else { return .park }
            switch state.tryAcquire(at: now) {
            case .granted:
                state.wait = nil
                return .granted(next: state.leave(id))
            case .wait(let time?, .paused) where time - now > patience:
                return .giveUp(QuotaPause(seconds: (time - now).wholeSeconds))
            case .wait(let time, let reason):
                state.wait = (reason, time)
                // A bound that a person asked for can be lifted at any time.
                let poll = state.asked.isEmpty ? Nanoseconds.max : now + .second
                return time.map { .sleep(until: min($0, poll)) } ?? .park
            }
        }
    }

    private func park(_ id: UInt64) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isParked = state.withLock { $0.queue.park(id, continuation) }
                if !isParked { continuation.resume() }
            }
            state.withLock { $0.queue.unpark(id) }
        } onCancel: {
            state.withLock { $0.queue.wake(id) }?.resume()
        }
    }

    /// Bounds the requests of this process beside the quota, until the next call for the same owner.
    ///
    /// The bounds of all owners hold together.
    ///
    /// - Parameters:
    ///   - quota: The bound; `nil` for none.
    ///   - owner: Who asks for it, such as a run.
    package func limit(to quota: Quota?, for owner: AnyObject) {
        state.withLock { state in
            state.asked[ObjectIdentifier(owner)] = quota
            state.quota.limit(to: Array(state.asked.values))
            return state.queue.wakeFirst()
        }?.resume()
    }

    // MARK: Giving back

    /// Gives back a permit whose request was never sent.
    package func giveBack() {
        let now = now
        state.withLock { state in
            state.quota.giveBack(at: now)
            state.granted -= 1
            return state.queue.wakeFirst()
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
            state.quota.complete(reading, at: now)
            if reading?.isBusy == true { state.pauses += 1 }
            return state.queue.wakeFirst()
        }?.resume()
        tellNotices()
    }

    // MARK: Notices

    /// Sets the handler of what the person should know: a ledger that was lost for a moment, a long pause
    /// that is tried out.
    package func setNoticeHandler(_ handler: (@Sendable (String) -> Void)?) {
        noticeHandler.set(handler)
    }

    private func tellNotices() {
        guard hasLedger else { return }
        let notices = state.withLock { $0.quota.consumeNotices() }
        for notice in notices { noticeHandler(notice) }
    }
}
