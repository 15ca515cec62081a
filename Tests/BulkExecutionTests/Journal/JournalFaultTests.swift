import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Testing

@testable import BulkExecution

import CLibrary

@Suite("Journal on a failing disk")
struct JournalFaultTests {
    /// Runs ten rows one after the other and returns the run's own summary.
    func run(
        _ harness: RunHarness, _ files: FailingFileSystem, _ writer: ScriptedWriter
    ) async throws -> RunSummary {
        let journal = try JournalWriter.create(
            harness.journalPath, JournalTests.header, fileSystem: files)
        return await harness.run(
            PlanEntries((1...10).map { .update($0) }), writer, journal: journal)
    }

    func makeHarness() throws -> RunHarness {
        var harness = try RunHarness()
        harness.options.concurrency = 1
        return harness
    }

    @Test(
        "whichever write fails, the run ends, says so, and what is recorded holds",
        arguments: [ENOSPC, EIO, EPIPE])
    func everyWrite(errorNumber: Int32) async throws {
        let undisturbed = FailingFileSystem()
        _ = try await run(makeHarness(), undisturbed, ScriptedWriter())
        var stopped = 0
        for number in 1...undisturbed.writes {
            let harness = try makeHarness()
            let writer = ScriptedWriter()
            let files = FailingFileSystem(.write(number, errorNumber: errorNumber))
            if number == 1 {
                await #expect(throws: FileError.self) { try await run(harness, files, writer) }
                continue
            }
            let summary = try await run(harness, files, writer)
            // Batches differ from run to run, so a high number may never be reached.
            guard files.writes >= number else { continue }
            stopped += 1
            #expect(summary.reason == .journalFailure)
            #expect(summary.message?.contains("journal.jsonl") == true)
            try await expectResumable(harness, sent: writer)
        }
        #expect(stopped >= 10)
    }

    @Test("whichever sync fails, the run ends, says so, and what is recorded holds")
    func everySync() async throws {
        let undisturbed = FailingFileSystem()
        _ = try await run(makeHarness(), undisturbed, ScriptedWriter())
        for number in 3...max(3, undisturbed.syncs) {
            let harness = try makeHarness()
            let writer = ScriptedWriter()
            let files = FailingFileSystem(.sync(number, errorNumber: EIO))
            let summary = try await run(harness, files, writer)
            guard files.syncs >= number else { continue }
            #expect(summary.reason == .journalFailure)
            try await expectResumable(harness, sent: writer)
        }
    }

    /// Resumes the run on a disk that works: nothing recorded as done is sent again, all ends updated,
    /// and no row was ever sent before its `start` was written.
    func expectResumable(_ harness: RunHarness, sent: ScriptedWriter) async throws {
        let (journal, earlier) = try harness.reopenJournal()
        let entries = (1...10).map { PlanEntry.update($0) }
        let done = try entries.filter { try earlier.isFinished($0.row) }
        #expect(done.count <= sent.sent.count)
        let begun = try entries.count { try earlier.requests(of: $0.row) > 0 }
        #expect(sent.sent.count <= begun)
        let second = ScriptedWriter()
        let summary = await harness.run(
            PlanEntries(entries), second, journal: journal, earlier: earlier)
        #expect(summary.reason == .finished)
        #expect(second.sent.count == 10 - done.count)
        let index = try JournalIndex.read(harness.journalPath)
        #expect(try entries.allSatisfy { try index.outcome(of: $0).outcome == .updated })
    }

    @Test("writes that come short lose nothing", arguments: [1, 3, 64])
    func shortWrites(longest: Int) async throws {
        let harness = try makeHarness()
        let summary = try await run(
            harness, FailingFileSystem(longestWrite: longest), ScriptedWriter())
        #expect(summary.reason == .finished)
        let index = try JournalIndex.read(harness.journalPath)
        #expect(try (1...10).allSatisfy { try index.isFinished($0) })
    }
}
