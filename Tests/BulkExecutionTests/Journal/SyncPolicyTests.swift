import BulkTestSupport
import BulkSystem
import Testing

@testable import BulkExecution

@Suite("Sync policy")
struct SyncPolicyTests {
    private static let millisecond = Nanoseconds.millisecond

    /// A policy whose last sync was at 0 and which has nothing scheduled.
    private func syncedAtZero() -> SyncPolicy {
        var policy = SyncPolicy()
        #expect(policy.noteOutcome(at: 0) == 0)
        #expect(policy.begin() == true)
        policy.noteSynced(at: 0)
        #expect(policy.endScheduled(at: 0) == nil)
        return policy
    }

    @Test("the first outcome is synced at once, and nothing is synced without an outcome")
    func first() {
        var policy = SyncPolicy()
        #expect(policy.begin() == false)
        #expect(policy.noteOutcome(at: 5) == 0)
        #expect(policy.begin() == true)
        #expect(policy.begin() == false)
    }

    @Test("an outcome within 10 ms of the last sync is due 100 ms after it, a later one at once")
    func delays() {
        let wrong = (0...200 * 10).filter { time in
            var policy = syncedAtZero()
            let now = time * Self.millisecond / 10
            let delay = now < 10 * Self.millisecond ? 100 * Self.millisecond - now : 0
            return policy.noteOutcome(at: now) != delay
        }
        #expect(wrong.isEmpty)
        for (now, delay) in [
            (10 * Self.millisecond - 1, 90 * Self.millisecond + 1), (10 * Self.millisecond, 0),
        ] {
            var policy = syncedAtZero()
            #expect(policy.noteOutcome(at: now) == delay)
        }
    }

    @Test("while a sync is scheduled, more outcomes schedule none, however late they come")
    func onlyOne() {
        var policy = syncedAtZero()
        #expect(policy.noteOutcome(at: 1) == 100 * Self.millisecond - 1)
        for time in [1, 50, 99, 100, 1000] as [Int] {
            #expect(policy.noteOutcome(at: time * Self.millisecond) == nil)
        }
    }

    @Test("an outcome written during a sync is due 100 ms after it, even where the sync took long")
    func duringSync() {
        var policy = syncedAtZero()
        let start = 20 * Self.millisecond
        #expect(policy.noteOutcome(at: start) == 0)
        #expect(policy.begin() == true)
        #expect(policy.noteOutcome(at: start + Self.millisecond) == nil)
        policy.noteSynced(at: start + 30 * Self.millisecond)
        #expect(
            policy.endScheduled(at: start + 31 * Self.millisecond) == 99 * Self.millisecond)
    }

    @Test(
        "a sync that a caller waits for leaves nothing for the scheduled one, and starts its 10 ms again"
    )
    func unscheduledSync() {
        var policy = syncedAtZero()
        #expect(policy.noteOutcome(at: 1) == 100 * Self.millisecond - 1)
        #expect(policy.begin() == true)
        policy.noteSynced(at: 40 * Self.millisecond)
        #expect(policy.begin() == false)
        #expect(policy.endScheduled(at: 100 * Self.millisecond) == nil)
        #expect(policy.noteOutcome(at: 100 * Self.millisecond) == 0)
    }

    @Test("a sync that failed is not the last one")
    func failedSync() {
        var policy = syncedAtZero()
        #expect(policy.noteOutcome(at: 20 * Self.millisecond) == 0)
        #expect(policy.begin() == true)
        #expect(policy.endScheduled(at: 25 * Self.millisecond) == nil)
        #expect(policy.noteOutcome(at: 25 * Self.millisecond) == 0)
    }

    /// A journal as its writer runs it: a policy, a clock, a timer and a queue of syncs.
    private struct Journal {
        var policy = SyncPolicy()
        var now: Nanoseconds = 0
        /// When the scheduled sync is due; `nil` when there is none.
        var dueAt: Nanoseconds?
        /// When the sync that is under way began; it lasts 3 ms.
        var beganAt: Nanoseconds?
        var isScheduledSync = false
        /// When the oldest outcome was written that no sync has taken along.
        var oldest: Nanoseconds?
        /// When the last sync succeeded.
        var syncedAt: Nanoseconds?
        var mistakes: Set<String> = []

        mutating func schedule(_ delay: Nanoseconds?) {
            guard let delay else { return }
            if dueAt != nil || isScheduledSync { mistakes.insert("two are scheduled") }
            if delay < 0 { mistakes.insert("a delay below 0") }
            if delay > SyncPolicy.longestUnsynced { mistakes.insert("a delay above 100 ms") }
            if delay == 0, let syncedAt, now - syncedAt < SyncPolicy.slowEnough {
                mistakes.insert("a sync within 10 ms of the last one")
            }
            dueAt = now + delay
        }

        mutating func write() {
            oldest = oldest ?? now
            schedule(policy.noteOutcome(at: now))
        }

        mutating func begin(isScheduled: Bool) {
            guard beganAt == nil else { return }
            if isScheduled { dueAt = nil }
            isScheduledSync = isScheduled
            let isNeeded = policy.begin()
            if isNeeded != (oldest != nil) {
                mistakes.insert("needed without need, or the reverse")
            }
            guard isNeeded else { return end(hasSynced: false) }
            if let oldest, isScheduled, now - oldest > SyncPolicy.longestUnsynced + 3 * .millisecond
            {
                mistakes.insert("an outcome waited for longer than 100 ms and a sync")
            }
            oldest = nil
            beganAt = now
        }

        mutating func end(hasSynced: Bool) {
            beganAt = nil
            if hasSynced {
                policy.noteSynced(at: now)
                syncedAt = now
            }
            if isScheduledSync {
                isScheduledSync = false
                schedule(policy.endScheduled(at: now))
            }
            if oldest != nil, dueAt == nil { mistakes.insert("an outcome without a sync") }
        }

        /// Lets time pass in steps of a millisecond, with what falls due.
        mutating func advance(by milliseconds: Int) {
            for _ in 0..<milliseconds {
                now += .millisecond
                if let beganAt, now >= beganAt + 3 * .millisecond { end(hasSynced: true) }
                if let dueAt, now >= dueAt { begin(isScheduled: true) }
            }
        }

        /// Carries out one of six events.
        mutating func carryOut(_ event: Int) {
            switch event {
            case 0: write()
            case 1: begin(isScheduled: false)
            case 2: advance(by: 1)
            case 3: advance(by: 4)
            case 4: advance(by: 10)
            default: advance(by: 98)
            }
            if let dueAt, now >= dueAt { begin(isScheduled: true) }
        }
    }

    @Test(
        "in every sequence of six events, every outcome has one sync coming, in time and not too often"
    )
    func everySequence() {
        var mistakes: Set<String> = []
        var ends = 0
        func explore(_ journal: Journal, _ depth: Int) {
            guard depth > 0 else {
                var last = journal
                last.advance(by: 110)
                if last.oldest != nil { mistakes.insert("an outcome was never synced") }
                if last.dueAt != nil { mistakes.insert("a sync is scheduled for ever") }
                mistakes.formUnion(last.mistakes)
                ends += 1
                return
            }
            for event in 0..<6 {
                var next = journal
                next.carryOut(event)
                explore(next, depth - 1)
            }
        }
        explore(Journal(), 6)
        #expect(mistakes.isEmpty)
        #expect(ends == 46_656)
    }
}
