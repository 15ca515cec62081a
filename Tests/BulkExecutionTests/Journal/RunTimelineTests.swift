import BulkTestSupport
import Testing

@testable import BulkExecution

@Suite("A run's requests over time are kept in a fixed number of buckets")
struct RunTimelineTests {
    private static func start(_ time: Int64) -> JournalLine {
        .start(row: 1, request: 1, at: time)
    }

    @Test("a run that keeps to its quota never seems to exceed it", arguments: [1, 2, 3, 4, 5, 6])
    func quota(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let window = random.pick([500, 1000, 5000, 30_000, 60_000] as [Int64])
        let most = random.pick([1, 7, 90])
        var line = RunTimeline(startingAt: 1_000_000)
        var sent: [Int64] = []
        var now: Int64 = 1_000_000
        for _ in 0..<20_000 {
            if sent.count >= most { now = max(now, sent[sent.count - most] + window) }
            if random.chance(2) { now += Int64(random.below(40_000)) }
            sent.append(now)
            line.add(Self.start(now))
        }
        let counts = line.requestsInWindow(window)
        #expect(line.requests.reduce(0, +) == 20_000)
        #expect(counts.count <= RunTimeline.bucketCount)
        #expect((counts.max() ?? 0) <= most)
        // As long as a bucket is no longer than a window, a full window is seen as one.
        if line.width <= window, window % line.width == 0 { #expect(counts.max() == most) }
    }

    @Test("of the time between two parts, a minute counts at most")
    func parts() {
        var line = RunTimeline(startingAt: 0)
        line.add(Self.start(1500))
        line.add(.ended(reason: "interrupted", at: 3000))
        line.add(.resumed(at: 90_000_000))
        line.add(Self.start(90_002_500))
        #expect(line.parts == [63_000])
        #expect(line.length == 65_500)
        #expect(line.requests.indices.filter { line.requests[$0] > 0 } == [1, 65])
    }

    @Test(
        "a run that kept to its quota never seems to exceed it, however often it is resumed",
        arguments: [1, 2, 3, 4, 5, 6], [30_000, 60_000, 600_000] as [Int64])
    func quotaOverParts(seed: UInt64, window: Int64) {
        var random = SeededGenerator(seed: seed)
        let most = 90
        var line = RunTimeline(startingAt: 0)
        var sent: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<2000 {
            if sent.count >= most { now = max(now, sent[sent.count - most] + window) }
            if random.chance(2) {
                line.add(.ended(reason: "interrupted", at: now))
                now += Int64(random.below(3 * Int(window)))
                line.add(.resumed(at: now))
            }
            sent.append(now)
            line.add(Self.start(now))
        }
        #expect((line.requestsInWindow(window).max() ?? 0) <= most)
    }

    @Test("a clock that is set back, or is years off, does no harm")
    func clocks() {
        var line = RunTimeline(startingAt: 1_000_000)
        line.add(Self.start(5))
        line.add(Self.start(.max))
        line.add(.resumed(at: .min))
        line.add(Self.start(.max))
        #expect(line.requests.reduce(0, +) == 3)
    }

    @Test("latencies are those of rows with one request; refusals are counted")
    func latencies() {
        var line = RunTimeline(startingAt: 0)
        func done(_ attempts: Int, _ milliseconds: Int?, status: Int? = 200) -> JournalLine {
            .done(
                RowOutcome(
                    row: 1, outcome: .updated, attempts: attempts, httpStatus: status,
                    durationMilliseconds: milliseconds, finishedAtMilliseconds: 100))
        }
        for milliseconds in [1, 10, 11, 70_000] { line.add(done(1, milliseconds)) }
        line.add(done(2, 900))
        line.add(done(1, nil, status: 429))
        line.add(
            .again(
                .init(
                    row: 1, requests: 1, failure: .rateLimited, mayHaveTakenEffect: false,
                    httpStatus: 429, message: nil, at: 100)))
        #expect(line.repeated == 1)
        #expect(line.latencies.reduce(0, +) == 4)
        #expect(line.latencies.last == 1 && line.latencies.first == 1)
        #expect(line.latencies[RunTimeline.latencyEnds.firstIndex(of: 10)!] == 1)
        #expect(line.latencies[RunTimeline.latencyEnds.firstIndex(of: 20)!] == 1)
        #expect(line.refusals[0] == 2)
    }
}
