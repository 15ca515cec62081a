import Testing

@testable import BulkExecution

@Suite("Permit queue")
struct PermitQueueTests {
    @Test("tasks become the first in the order in which they entered")
    func order() {
        var queue = PermitQueue<String>()
        #expect(queue.isEmpty)
        #expect(queue.wakeFirst() == nil)
        let ids = (0..<3).map { _ in queue.enter() }
        #expect(Set(ids).count == 3)
        for (index, id) in ids.enumerated() {
            #expect(queue.count == 3 - index)
            #expect(ids.map { queue.isFirst($0) } == ids.map { $0 == id })
            #expect(queue.leave(id) == nil)
        }
        #expect(queue.isEmpty)
        #expect(!queue.isFirst(ids[2]))
    }

    @Test("a task that leaves wakes the one that is the first then, and only that one")
    func leaving() {
        var queue = PermitQueue<String>()
        let (a, b, c) = (queue.enter(), queue.enter(), queue.enter())
        #expect(queue.park(b, "b") == true)
        #expect(queue.park(c, "c") == true)
        #expect(queue.leave(a) == "b")
        #expect(queue.leave(b) == "c")
        #expect(queue.leave(c) == nil)
    }

    @Test("a task that leaves from the middle keeps the others' order")
    func leavingFromTheMiddle() {
        var queue = PermitQueue<String>()
        let (a, b, c) = (queue.enter(), queue.enter(), queue.enter())
        #expect(queue.park(a, "a") == true)
        #expect(queue.park(c, "c") == true)
        #expect(queue.leave(b) == "a")
        #expect(queue.isFirst(a))
        #expect(queue.leave(a) == "c")
        #expect(queue.isFirst(c))
    }

    @Test("a wake-up before the task parks is remembered, and a second one returns no waker again")
    func wakingEarly() {
        var queue = PermitQueue<String>()
        let id = queue.enter()
        #expect(queue.wakeFirst() == nil)
        #expect(queue.wakeFirst() == nil)
        #expect(queue.park(id, "early") == false)
        // It goes on as if it had been resumed, and parks in earnest then.
        queue.unpark(id)
        #expect(queue.park(id, "late") == true)
        #expect(queue.wake(id) == "late")
        #expect(queue.wake(id) == nil)
    }

    @Test("one task is woken wherever it is, and a task that is not in the queue never parks")
    func wakingOne() {
        var queue = PermitQueue<String>()
        let (a, b) = (queue.enter(), queue.enter())
        #expect(queue.park(a, "a") == true)
        #expect(queue.park(b, "b") == true)
        #expect(queue.wake(b) == "b")
        #expect(queue.leave(b) == "a")
        #expect(queue.park(b, "again") == false)
        #expect(queue.wake(b) == nil)
        queue.unpark(b)
        #expect(queue.count == 1)
    }

    /// What a task of the exhaustive test does, in this order and round again.
    private enum Step { case looking, parked, resumed, gone }

    /// Three tasks as the gate runs them, with every wake-up delivered at once.
    private struct Tasks {
        var queue = PermitQueue<Int>()
        var ids: [UInt64] = []
        var steps: [Step] = []

        init() {
            ids = (0..<3).map { _ in queue.enter() }
            steps = ids.map { _ in .looking }
        }

        /// Resumes a parked task; false when it is not parked, so that its waker was used twice.
        mutating func resume(_ task: Int?) -> Bool {
            guard let task else { return true }
            guard steps[task] == .parked else { return false }
            steps[task] = .resumed
            return true
        }

        /// Carries out one of nine events: each task goes on or leaves, a permit becomes free, and each of two
        /// tasks is cancelled.
        mutating func carryOut(_ event: Int) -> Bool {
            switch event {
            case 0...2:
                switch steps[event] {
                case .looking: steps[event] = queue.park(ids[event], event) ? .parked : .resumed
                case .resumed:
                    queue.unpark(ids[event])
                    steps[event] = .looking
                case .parked, .gone: break
                }
                return true
            case 3...5:
                let task = event - 3
                guard steps[task] == .looking else { return true }
                steps[task] = .gone
                return resume(queue.leave(ids[task]))
            case 6: return resume(queue.wakeFirst())
            default: return resume(queue.wake(ids[event - 7]))
            }
        }
    }

    @Test("in every sequence of six events, no waker is used twice and no wake-up is lost")
    func everySequence() {
        var failures = 0
        var wakeUps = 0
        func explore(_ tasks: Tasks, _ depth: Int) {
            guard depth > 0 else { return }
            for event in 0..<9 {
                var next = tasks
                let first = tasks.ids.indices.first { tasks.steps[$0] != .gone }
                if !next.carryOut(event) { failures += 1 }
                if event >= 3,
                    let head = next.ids.indices.first(where: { next.steps[$0] != .gone }),
                    event == 6 || head != first
                {
                    // The first one was woken, so it is not parked, and does not park before it looked.
                    wakeUps += 1
                    if next.steps[head] == .parked { failures += 1 }
                    var later = next
                    if later.steps[head] == .looking, !later.carryOut(head) { failures += 1 }
                    if later.steps[head] == .parked { failures += 1 }
                }
                explore(next, depth - 1)
            }
        }
        explore(Tasks(), 6)
        #expect(failures == 0)
        #expect(wakeUps > 10_000)
    }
}
