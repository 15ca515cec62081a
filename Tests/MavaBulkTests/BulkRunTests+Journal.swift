import BulkExecution
import BulkHistory
import BulkPlan
import BulkTestSupport
import MavaBulk
import MavaSandbox
import Synchronization
import Testing

/// What a run's journal says is changed by hand before the run is gone on with or looked at.
extension BulkRunTests {
    @Test("An update that is carried out after its row had failed is found by a verification")
    func verifiesLate() async throws {
        try await withRun { sandbox, run, directory in
            let ended = try #require(
                try await run.apply(try input(sandbox, in: directory)) { _ in true }.result)
            #expect(ended.isSuccess)
            // The journal says that the first rows failed, but their tickets hold what was asked.
            let path = directory.file("run/journal.jsonl")
            let writer = try JournalWriter.open(path, keeping: JournalIndex.read(path))
            var plan = try PlanReader(path: directory.file("run/plan.jsonl"))
            var failures: [FailureCode] = [.timedOut, .serverError, .ticketNotFound]
            while let entry = try plan.next(), !failures.isEmpty {
                guard entry.sendsRequest else { continue }
                writer.append(
                    .settled(
                        RowOutcome(
                            row: entry.row, outcome: .failed, attempts: 1,
                            failure: failures.removeFirst())))
            }
            try await writer.synced()
            let past = try #require(PastRun(readingFrom: directory.file("run")))
            let verified = try await run.connection.verify(past)
            #expect(verified.counts[.late] == 2)
            #expect(verified.counts[.holds] == ended.header.requests - 3)
            #expect(!verified.holds)
            var late: [RowCheck] = []
            try verified.forEach { if $0.state == .late { late.append($0) } }
            #expect(late.count == 2 && late.allSatisfy { $0.outcome == .failed })
        }
    }

    @Test("A resumed run's canary is about the rows of its own part")
    func canaryOfResumed() async throws {
        try await withRun { sandbox, run, directory in
            let input = try input(sandbox, in: directory)
            try await stopAfterOne(run, input)
            // Another row was begun, and waits for another try.
            let path = directory.file("run/journal.jsonl")
            let writer = try JournalWriter.open(path, keeping: JournalIndex.read(path))
            var plan = try PlanReader(path: directory.file("run/plan.jsonl"))
            var last: PlanEntry?
            while let entry = try plan.next() { if entry.sendsRequest { last = entry } }
            let row = try #require(last).row
            writer.append(.start(row: row, request: 1, at: 0))
            writer.append(
                .again(
                    JournalLine.Unfinished(
                        row: row, requests: 1, failure: .connectionFailed,
                        mayHaveTakenEffect: false,
                        httpStatus: nil, message: nil, at: 0)))
            try await writer.written()
            var resumed = run
            resumed.execution.canary = 2
            resumed.goesOnAfterCanary = { report in
                #expect(report.checked == 2 && report.failed == 0 && report.isGood)
                return report.isGood
            }
            let ended = try await resumed.resume(directory.file("run"))
            #expect(ended.isSuccess)
            #expect(ended.counts[.updated] == ended.header.requests)
        }
    }
}

/// Keeps how far each part of a run had come at its end.
final class ProgressWatcher: RunObserver {
    let seen = Mutex<[RunProgress]>([])
    private let current = Mutex<(@Sendable () -> RunProgress)?>(nil)

    func began(in directory: String, progress: @escaping @Sendable () -> RunProgress) {
        current.withLock { $0 = progress }
    }

    func ended() {
        guard let progress = current.withLock({ $0 }) else { return }
        seen.withLock { $0.append(progress()) }
    }
}
