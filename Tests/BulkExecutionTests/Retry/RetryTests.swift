import BulkTestSupport
import BulkSystem
import Testing

@testable import BulkExecution

@Suite("Retries")
struct RetryTests {
    @Test(
        "the bound of the wait doubles from half a second up to 20 s, and the wait is a part of it",
        arguments: [
            (1, 500), (2, 1000), (3, 2000), (4, 4000), (6, 16_000), (7, 20_000), (90, 20_000),
        ]
    )
    func bounds(failures: Int, milliseconds: Int) {
        let policy = RetryPolicy()
        let bound = Nanoseconds.milliseconds(milliseconds)
        #expect(policy.delay(afterFailures: failures, roll: 0) == 0)
        #expect(policy.delay(afterFailures: failures, roll: 0.5) == bound / 2)
        #expect(policy.delay(afterFailures: failures, roll: 0.999) < bound)
    }

    @Test("the budget is ten and a fifth of the requests")
    func budget() {
        var budget = RetryBudget()
        func spendAll() -> Int {
            var spent = 0
            while budget.spend() { spent += 1 }
            return spent
        }
        #expect(spendAll() == 10)
        for _ in 0..<4 { budget.noteRequest() }
        #expect(spendAll() == 0)
        budget.noteRequest()
        #expect(spendAll() == 1)
        #expect(budget.spent == 11)
    }
}

@Suite("Circuit breaker")
struct CircuitBreakerTests {
    let second = Nanoseconds.second

    func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<10 { breaker.noteFailure(at: 0, isProbe: false) }
        return breaker
    }

    @Test("ten failures in a row open it, and one success among them does not let it come to that")
    func opens() {
        var breaker = CircuitBreaker()
        for _ in 0..<9 { breaker.noteFailure(at: 0, isProbe: false) }
        #expect(breaker.decision(at: 0) == .closed)
        breaker.noteSuccess()
        for _ in 0..<9 { breaker.noteFailure(at: 0, isProbe: false) }
        #expect(breaker.decision(at: 0) == .closed)
        breaker.noteFailure(at: 0, isProbe: false)
        #expect(breaker.decision(at: 0) == .open(until: 5 * second))
        #expect(breaker.openSince == 0)
    }

    @Test("there is one probe at a time")
    func oneProbe() {
        var breaker = opened()
        #expect(breaker.decision(at: 5 * second) == .probe)
        breaker.beginProbe()
        #expect(breaker.decision(at: 500 * second) == .open(until: nil))
    }

    @Test("probes come 5 s to 60 s apart")
    func intervals() {
        var breaker = opened()
        var now = 5 * second
        for interval in [10, 20, 40, 60, 60] {
            #expect(breaker.decision(at: now) == .probe)
            breaker.beginProbe()
            breaker.noteFailure(at: now, isProbe: true)
            #expect(breaker.decision(at: now) == .open(until: now + interval * second))
            now += interval * second
        }
        #expect(breaker.openSince == 0)
    }

    @Test("a late failure of a request that was under way already changes nothing")
    func lateFailure() {
        var breaker = opened()
        breaker.noteFailure(at: 4 * second, isProbe: false)
        #expect(breaker.decision(at: 4 * second) == .open(until: 5 * second))
    }

    @Test("a success closes it")
    func closes() {
        var breaker = opened()
        breaker.beginProbe()
        breaker.noteSuccess()
        #expect(breaker.decision(at: 1) == .closed)
        #expect(breaker.openSince == nil)
    }

    @Test("a probe that was told to wait may be followed by another at once")
    func inconclusive() {
        var breaker = opened()
        #expect(breaker.decision(at: 5 * second) == .probe)
        breaker.beginProbe()
        breaker.noteInconclusive(at: 6 * second, isProbe: true)
        #expect(breaker.decision(at: 6 * second) == .probe)
    }
}
