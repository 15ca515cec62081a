import Synchronization
import Testing

@testable import BulkExecution

@Suite("The rows to be sent next")
struct JobQueueTests {
    /// The rows that tasks have taken.
    private final class Taken: Sendable {
        private let taken = Mutex<[Int]>([])
        var rows: [Int] { taken.withLock { $0 } }
        func add(_ row: Int) { taken.withLock { $0.append(row) } }
    }

    private static func jobs(_ rows: ClosedRange<Int>) throws -> [Job] {
        try rows.map { try #require(Job(.update($0))) }
    }

    @Test("rows that nobody waits for are kept, in order, and handed out after the end too")
    func keeps() async throws {
        let queue = JobQueue()
        #expect(queue.put(try Self.jobs(1...3)) == 3)
        #expect(await queue.next()?.row == 1)
        #expect(queue.put(try Self.jobs(4...4)) == 1)
        queue.close()
        for row in 2...4 { #expect(await queue.next()?.row == row) }
        #expect(await queue.next() == nil)
        #expect(await queue.next() == nil)
    }

    @Test("each row goes to one task, tasks are added for those left over only, and all end")
    func sharing() async throws {
        let queue = JobQueue()
        let taken = Taken()
        var tasks = 0
        try await withThrowingDiscardingTaskGroup { group in
            for start in stride(from: 1, through: 2000, by: 5) {
                for _ in 0..<queue.put(try Self.jobs(start...start + 4)) {
                    tasks += 1
                    group.addTask {
                        while let job = await queue.next() {
                            taken.add(job.row)
                        }
                    }
                }
                // All tasks wait again before more rows come.
                while taken.rows.count < start + 4 || queue.waiting < tasks {
                    await Task.yield()
                }
            }
            queue.close()
        }
        #expect(taken.rows.sorted() == Array(1...2000))
        #expect(tasks == 5)
    }
}
