import Synchronization

/// A number that tasks can wait on, so that tests can wait for events without sleeping.
package final class ObservedCount: Sendable {
    private struct Waiter {
        var threshold: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var value = 0
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]

        /// Removes and returns the waiters whose threshold is reached, to be resumed outside the
        /// lock.
        mutating func consumeSatisfied() -> [CheckedContinuation<Void, any Error>] {
            let satisfied = waiters.filter { $0.value.threshold <= value }
            for id in satisfied.keys { waiters[id] = nil }
            return satisfied.values.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// The current number.
    package var value: Int { state.withLock { $0.value } }

    /// Adds to the number, which may be a negative step, and wakes the waiters whose threshold is
    /// reached.
    package func add(_ step: Int = 1) {
        let satisfied = state.withLock { state in
            state.value += step
            return state.consumeSatisfied()
        }
        for continuation in satisfied { continuation.resume() }
    }

    /// Waits until the number is at least `threshold`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func wait(forAtLeast threshold: Int) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let satisfied = state.withLock { state in
                    state.waiters[id] = Waiter(threshold: threshold, continuation: continuation)
                    return state.consumeSatisfied()
                }
                for continuation in satisfied { continuation.resume() }
                // The handler may have run before the waiter was registered.
                if Task.isCancelled { cancel(waiter: id) }
            }
        } onCancel: {
            cancel(waiter: id)
        }
    }

    private func cancel(waiter id: Int) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(throwing: CancellationError())
    }
}
