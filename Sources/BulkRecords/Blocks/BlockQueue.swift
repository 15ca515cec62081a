import BulkSystem

/// The blocks that wait to be scanned, in input order, for two threads that share the work.
///
/// It is unchecked because its fields and the blocks' statuses are accessed only under its lock.
final class BlockQueue<Work: BlockWork>: @unchecked Sendable {
    private let lock = ChangeLock()
    private var waiting: [Block<Work>] = []
    private var isStopped = false

    /// Queues a block for the next free thread to scan.
    func add(_ block: Block<Work>) {
        lock.locked {
            block.status = .waiting
            waiting.append(block)
        }
    }

    /// Returns when a block was scanned, and scans blocks in the meantime.
    func finish(_ block: Block<Work>) {
        lock.locked {
            while block.status != .scanned {
                if !scanFirst() { lock.wait() }
            }
            block.status = .idle
        }
    }

    /// Returns when no other thread is scanning a block or will scan it.
    func withdraw(_ block: Block<Work>) {
        lock.locked {
            waiting.removeAll { $0 === block }
            while block.status == .scanning { lock.wait() }
            block.status = .idle
        }
    }

    /// Scans waiting blocks until ``stop()``; it runs on a thread of its own.
    func scanAhead() {
        lock.locked {
            while !isStopped {
                if !scanFirst() { lock.wait() }
            }
        }
    }

    /// Ends ``scanAhead()``.
    func stop() {
        lock.locked { isStopped = true }
    }

    /// Scans the first waiting block without holding the lock; `false` if none is waiting.
    private func scanFirst() -> Bool {
        guard !waiting.isEmpty else { return false }
        let block = waiting.removeFirst()
        block.status = .scanning
        lock.unlocked { block.scan() }
        block.status = .scanned
        lock.announce()
        return true
    }
}
