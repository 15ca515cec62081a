import BulkTestSupport
import Testing

@Suite("The manual clock")
struct ManualClockTests {
    @Test("sleepers wake when their time comes, and not before")
    func wakesAtDeadline() async throws {
        let clock = ManualClock()
        let woken = ObservedCount()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in 1...3 {
                group.addTask {
                    try await clock.sleep(for: .seconds(seconds))
                    woken.add()
                }
            }
            try await clock.waitForSleepers(3)
            clock.advance(by: .milliseconds(999))
            #expect(clock.sleeperCount == 3)
            #expect(clock.advanceToNextDeadline() == .milliseconds(1))
            try await woken.wait(forAtLeast: 1)
            #expect(clock.sleeperCount == 2)
            clock.advance(by: .seconds(2))
            try await woken.wait(forAtLeast: 3)
            try await group.waitForAll()
        }
        #expect(clock.now.offset == .seconds(3))
        #expect(clock.advanceToNextDeadline() == nil)
    }

    @Test("a cancelled sleeper wakes at once, even when it was cancelled before it slept")
    func cancels() async throws {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(60)) }
        try await clock.waitForSleepers()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(60))
        }
        await #expect(throws: CancellationError.self) { try await late.value }
    }

    @Test("a deadline that has passed does not park")
    func passedDeadline() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(5))
        try await clock.sleep(until: ManualClock.Instant(offset: .seconds(5)))
        #expect(clock.sleeperCount == 0)
    }
}
