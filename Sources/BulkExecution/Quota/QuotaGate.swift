import Synchronization

// One gate stands before everything that uses the key, so that look-ups, reads and updates share one
// budget. Its decisions are the quota window's; this file only lets tasks wait for them.
//
// Those who wait stand in a queue. Only the first of them sleeps or waits for a change; the others wait
// to become the first. So permits are given in the order in which they were asked for, and one timer is
// enough. No continuation is resumed under the lock.

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
            return wakeFirst()
        }
    }

    private enum Turn {
        case granted(CheckedContinuation<Void, Never>?)
        case sleep(until: Nanoseconds)
        case park
    }

    private let state: Mutex<State>
    private let clock: C
    private let origin: C.Instant

    /// Makes a gate.
    ///
    /// - Parameters:
    ///   - quota: The quota; `nil` lets everything through that hints and pauses allow.
    ///   - clock: What tells the time.
    package init(_ quota: Quota?, clock: C) {
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
    /// How many tasks wait for a permit.
    package var waiting: Int { state.withLock { $0.queue.count } }
    /// How many permits are in use now.
    package var used: Int {
        let now = now
        return state.withLock { $0.window.used(at: now) }
    }

    // MARK: Taking

    /// Takes a permit if there is one; never waits.
    package func take() -> QuotaWindow.Decision {
        let now = now
        return state.withLock { state in take(&state, at: now) }
    }

    private func take(_ state: inout State, at now: Nanoseconds) -> QuotaWindow.Decision {
        let decision = state.window.take(at: now)
        if decision == .granted { state.granted += 1 }
        return decision
    }

    /// Waits for a permit, after all who asked before.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first; no permit is taken then.
    package func acquire() async throws {
        let id = state.withLock { $0.enter() }
        do {
            while true {
                try Task.checkCancellation()
                switch turn(of: id) {
                case .granted(let next):
                    next?.resume()
                    return
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

    private func turn(of id: UInt64) -> Turn {
        let now = now
        return state.withLock { state in
            guard state.queue.first?.id == id else { return .park }
            switch take(&state, at: now) {
            case .granted: return .granted(state.leave(id))
            case .wait(let time?, _): return .sleep(until: time)
            case .wait(nil, _): return .park
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

    // MARK: Giving back

    /// Gives back a permit whose request was never sent.
    package func giveBack() {
        state.withLock { state in
            state.window.giveBack()
            state.granted -= 1
            return state.wakeFirst()
        }?.resume()
    }

    /// Notes that a request is over, and what its answer says about the quota.
    ///
    /// - Parameter reading: What its answer says; `nil` where there was none.
    package func complete(_ reading: QuotaReading?) {
        let now = now
        state.withLock { state in
            state.window.complete(at: now)
            guard let reading else { return state.wakeFirst() }
            state.window.observe(reading.hints, at: now)
            if reading.isBusy {
                state.pauses += 1
                state.window.pause(for: reading.retryAfter, at: now)
            } else {
                state.window.noteAnswer()
            }
            return state.wakeFirst()
        }?.resume()
    }
}
