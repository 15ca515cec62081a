import CLibrary

/// The blocks that wait to be scanned, in input order, for two threads that share the work.
///
/// It is unchecked because its fields and the blocks' statuses are accessed only under its lock.
final class BlockQueue<Work: BlockWork>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>
    private var waiting: [Block<Work>] = []
    private var isStopped = false

    init() {
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

    /// Queues a block for the next free thread to scan.
    func add(_ block: Block<Work>) {
        locked {
            block.status = .waiting
            waiting.append(block)
        }
    }

    /// Returns when a block was scanned, and scans blocks in the meantime.
    func finish(_ block: Block<Work>) {
        locked {
            while block.status != .scanned {
                if !scanFirst() { pthread_cond_wait(change, mutex) }
            }
            block.status = .idle
        }
    }

    /// Returns when no other thread is scanning a block or will scan it.
    func withdraw(_ block: Block<Work>) {
        locked {
            waiting.removeAll { $0 === block }
            while block.status == .scanning { pthread_cond_wait(change, mutex) }
            block.status = .idle
        }
    }

    /// Scans waiting blocks until ``stop()``; it runs on a thread of its own.
    func scanAhead() {
        locked {
            while !isStopped {
                if !scanFirst() { pthread_cond_wait(change, mutex) }
            }
        }
    }

    /// Ends ``scanAhead()``.
    func stop() {
        locked { isStopped = true }
    }

    /// Scans the first waiting block without holding the lock; `false` if none is waiting.
    private func scanFirst() -> Bool {
        guard !waiting.isEmpty else { return false }
        let block = waiting.removeFirst()
        block.status = .scanning
        pthread_mutex_unlock(mutex)
        block.scan()
        pthread_mutex_lock(mutex)
        block.status = .scanned
        pthread_cond_broadcast(change)
        return true
    }

    /// Runs a function under the lock and signals the change to the other thread.
    private func locked(_ body: () -> Void) {
        pthread_mutex_lock(mutex)
        body()
        pthread_cond_broadcast(change)
        pthread_mutex_unlock(mutex)
    }
}
