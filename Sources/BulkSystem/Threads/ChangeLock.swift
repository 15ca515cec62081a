import CLibrary

/// A lock with which threads wait for each other's changes.
///
/// It is unchecked because its memory is allocated once, and only the system's functions use it.
package final class ChangeLock: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>

    /// Makes a free lock.
    package init() {
        mutex = .allocate(capacity: 1)
        change = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(mutex)
        change.deallocate()
        mutex.deallocate()
    }

    /// Runs a function under the lock, and wakes the threads that wait for a change.
    package func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(change)
            pthread_mutex_unlock(mutex)
        }
        return body()
    }

    /// Waits for a change; only under the lock, which is free meanwhile.
    package func wait() { pthread_cond_wait(change, mutex) }

    /// Runs a function without the lock; only under the lock, which is taken again.
    package func unlocked(_ body: () -> Void) {
        pthread_mutex_unlock(mutex)
        body()
        pthread_mutex_lock(mutex)
    }

    /// Wakes the threads that wait, before the lock is free.
    package func announce() { pthread_cond_broadcast(change) }
}
