import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport

@testable import BulkExecution

/// A run in a temporary directory, on a clock that the test moves.
struct RunHarness {
    static let planID = String(repeating: "0123456789abcdef", count: 4)

    let directory: TemporaryDirectory
    let clock = ManualClock()
    var options = ExecutionOptions()
    var quota: Quota? = nil
    /// The time of day in milliseconds since 1970, at a time of the clock.
    var timeOfDay: @Sendable (Duration) -> Int64 = { _ in 1_700_000_001_000 }

    init() throws { directory = try TemporaryDirectory() }

    var journalPath: String { directory.file("journal.jsonl") }

    func makeJournal() throws -> JournalWriter {
        try JournalWriter.create(
            journalPath,
            JournalHeader(planID: Self.planID, tool: "test", startedAt: 1_700_000_000_000))
    }

    /// The journal as a resumed run opens it, and what it says.
    func reopenJournal() throws -> (JournalWriter, JournalIndex) {
        let index = try JournalIndex.read(journalPath)
        return (try JournalWriter.open(journalPath, keeping: index), index)
    }

    func executor(_ writer: some TicketWriting) -> Executor<ManualClock> {
        let (clock, timeOfDay) = (clock, timeOfDay)
        return Executor(
            writer: writer, gate: QuotaGate(quota, clock: clock), quota: quota, clock: clock,
            options: options, timeOfDay: { timeOfDay(clock.now.offset) }, random: { 0.5 })
    }

    /// Runs a plan as a new run and reads its journal.
    func run(
        _ entries: [PlanEntry], _ writer: ScriptedWriter, control: RunControl = RunControl()
    ) async throws -> (summary: RunSummary, index: JournalIndex) {
        let summary = await run(
            PlanEntries(entries), writer, journal: try makeJournal(), control: control)
        return (summary, try JournalIndex.read(journalPath))
    }

    /// Carries out a plan and advances the clock whenever the run waits only for time.
    func run(
        _ source: some PlanSource & Sendable, _ writer: ScriptedWriter, journal: JournalWriter,
        earlier: JournalIndex? = nil, control: RunControl = RunControl()
    ) async -> RunSummary {
        let executor = executor(writer)
        return await withTaskGroup(of: RunSummary?.self) { group in
            group.addTask {
                await executor.run(source, journal: journal, earlier: earlier, control: control)
            }
            let clock = clock
            group.addTask {
                while !Task.isCancelled {
                    if Self.waitsForTime(executor.progress, clock, writer) {
                        clock.advanceToNextDeadline()
                    }
                    await Task.yield()
                }
                return nil
            }
            while let result = await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            preconditionFailure("a run returns")
        }
    }

    /// Whether the run has processed all events so far, and sleeps.
    private static func waitsForTime(
        _ progress: RunProgress, _ clock: ManualClock, _ writer: ScriptedWriter
    ) -> Bool {
        let now = clock.now.offset
        guard progress.waiting != .none, progress.elapsed == now,
            progress.inFlight == writer.napping, let next = clock.nextDeadline
        else { return false }
        guard let wait = progress.timeToWait else { return true }
        return next.offset <= now + wait + .microseconds(1)
    }
}
