@testable import BulkSystem
import Synchronization
import Testing

import CLibrary

@Suite("A thread for tasks")
struct TaskThreadTests {
    private static var current: UInt { UInt(bitPattern: pthread_self().hashValue) }

    private final class Seen: Sendable {
        let threads = Mutex<Set<UInt>>([])
    }

    @Test("all tasks share one thread, whoever wakes them, and none is lost")
    func oneThread() async {
        let own = Self.current
        let seen = Seen()
        let sum = await TaskThread.run {
            await withTaskGroup(of: Int.self) { group in
                for number in 1...2_000 {
                    group.addTask {
                        for _ in 0..<3 {
                            // Woken from a thread of the cooperative pool, as an answer is.
                            await withCheckedContinuation { continuation in
                                Task.detached { continuation.resume() }
                            }
                            seen.threads.withLock { _ = $0.insert(Self.current) }
                        }
                        return number
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(sum == 2_000 * 2_001 / 2)
        let threads = seen.threads.withLock { $0 }
        #expect(threads.count == 1)
        #expect(!threads.contains(own))
    }

    @Test("the thread ends when it is stopped", .timeLimit(.minutes(20)))
    func ends() async throws {
        weak var last: TaskThread?
        do {
            let thread = try #require(TaskThread())
            last = thread
            await withTaskExecutorPreference(thread) { await Task.yield() }
            thread.end()
        }
        // The thread holds itself for as long as it runs.
        while last != nil { await Task.yield() }
    }
}
