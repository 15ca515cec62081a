/// The tasks that wait for a permit, in the order in which they asked.
///
/// Only the first task looks for a permit. The others are parked until they are the first. The queue is a
/// value that never waits and resumes nothing itself: its methods return the wakers to use after the lock is
/// released.
///
/// A waker resumes a parked task. A wake-up that comes before its task has parked is remembered, so it cannot
/// be lost.
struct PermitQueue<Waker> {
    private struct Waiter {
        let id: UInt64
        var waker: Waker?
        /// Whether it was woken before it parked, and so must look again at once.
        var isWoken = false
    }

    private var waiters: [Waiter] = []
    private var lastID: UInt64 = 0

    /// How many tasks wait.
    var count: Int { waiters.count }

    /// Whether no task waits.
    var isEmpty: Bool { waiters.isEmpty }

    /// Adds a task at the end.
    ///
    /// - Returns: The number that names it from now on.
    mutating func enter() -> UInt64 {
        lastID += 1
        waiters.append(Waiter(id: lastID))
        return lastID
    }

    /// Whether a task is the first in the queue.
    func isFirst(_ id: UInt64) -> Bool { waiters.first?.id == id }

    /// Keeps the waker of a task that parks.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - waker: What resumes it.
    /// - Returns: Whether it was kept. Otherwise the task was woken before, or is not in the queue, and the
    ///   caller resumes it at once.
    mutating func park(_ id: UInt64, _ waker: Waker) -> Bool {
        guard let index = index(of: id), !waiters[index].isWoken else { return false }
        waiters[index].waker = waker
        return true
    }

    /// Notes that a task goes on after it was parked, so that it can park again.
    mutating func unpark(_ id: UInt64) {
        guard let index = index(of: id) else { return }
        waiters[index].isWoken = false
    }

    /// Wakes the first task.
    ///
    /// - Returns: Its waker; `nil` when the queue is empty or the task is not parked.
    mutating func wakeFirst() -> Waker? {
        waiters.isEmpty ? nil : wake(at: 0)
    }

    /// Wakes a task wherever it is in the queue.
    ///
    /// - Returns: Its waker; `nil` when it is not in the queue or not parked.
    mutating func wake(_ id: UInt64) -> Waker? {
        index(of: id).flatMap { wake(at: $0) }
    }

    /// Removes a task and wakes the one that is the first then.
    ///
    /// - Returns: The first one's waker; `nil` when the queue is empty or that task is not parked.
    mutating func leave(_ id: UInt64) -> Waker? {
        waiters.removeAll { $0.id == id }
        return wakeFirst()
    }

    private func index(of id: UInt64) -> Int? { waiters.firstIndex { $0.id == id } }

    private mutating func wake(at index: Int) -> Waker? {
        waiters[index].isWoken = true
        return waiters[index].waker.take()
    }
}
