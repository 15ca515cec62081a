import Synchronization

/// A clock whose time passes only when a test advances it.
///
/// `sleep` parks the task until ``advance(by:)`` has moved the time to its deadline. A test calls
/// ``waitForSleepers(_:)`` to wait until the code under test is parked. Nothing therefore depends
/// on timing.
package final class ManualClock: Clock, Sendable {
    /// A time of the clock, as the distance from its start.
    package struct Instant: InstantProtocol, Sendable {
        /// The distance from the clock's start.
        package var offset: Duration

        package init(offset: Duration = .zero) { self.offset = offset }

        package func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        package func duration(to other: Instant) -> Duration { other.offset - offset }

        package static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var nextID = 0
        var sleepers: [Int: Sleeper] = [:]

        /// Removes and returns the sleepers that are due, by deadline and then by age.
        mutating func consumeDue() -> [Sleeper] {
            let now = now
            let due = sleepers.filter { $0.value.deadline <= now }
            for id in due.keys { sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
                .map(\.value)
        }
    }

    private let state = Mutex(State())
    private let sleeping = ObservedCount()

    package init() {}

    package var now: Instant { state.withLock { $0.now } }

    package var minimumResolution: Duration { .nanoseconds(1) }

    /// How many tasks are parked in `sleep`.
    package var sleeperCount: Int { sleeping.value }

    /// The earliest deadline of a parked task.
    package var nextDeadline: Instant? {
        state.withLock { $0.sleepers.values.map(\.deadline).min() }
    }

    /// Parks the task until the clock has reached the deadline.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before or during the sleep.
    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                let isParked = state.withLock { state in
                    guard deadline > state.now else { return false }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return true
                }
                guard isParked else { return continuation.resume() }
                sleeping.add(1)
                // The handler may have run before the sleeper was registered.
                if Task.isCancelled { cancel(sleeper: id) }
            }
        } onCancel: {
            cancel(sleeper: id)
        }
    }

    /// Advances the time and wakes every sleeper that is due, in the order of the deadlines.
    package func advance(by duration: Duration) {
        precondition(duration >= .zero, "time does not go back")
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            return state.consumeDue()
        }
        sleeping.add(-due.count)
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Advances the time to the earliest deadline and wakes the tasks that wait for it.
    ///
    /// - Returns: How far the time moved, or `nil` when no task sleeps.
    @discardableResult
    package func advanceToNextDeadline() -> Duration? {
        let step = state.withLock { state in
            state.sleepers.values.map(\.deadline).min().map { state.now.duration(to: $0) }
        }
        guard let step else { return nil }
        advance(by: step)
        return step
    }

    /// Waits until at least `count` tasks are parked in `sleep`.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled first.
    package func waitForSleepers(_ count: Int = 1) async throws {
        try await sleeping.wait(forAtLeast: count)
    }

    private func cancel(sleeper id: Int) {
        guard let sleeper = state.withLock({ $0.sleepers.removeValue(forKey: id) }) else { return }
        sleeping.add(-1)
        sleeper.continuation.resume(throwing: CancellationError())
    }
}
