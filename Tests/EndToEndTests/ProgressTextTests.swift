import BulkExecution
import BulkPlan
import BulkPlanning
import Testing

@testable import mava_bulk

@Suite("How far planning is, in a line")
struct ProgressTextTests {
    @Test(
        "Each of its stages",
        arguments: [
            (PlanProgress.readingRows(65_536), "reading the rows: 65,536"),
            (
                .readingTickets(pages: 12, found: 1140, wanted: 9000),
                "reading the tickets: 12 pages, 1,140 of 9,000 found"
            ), (.writingRows(131_072), "writing the plan: 131,072 rows"),
        ])
    func stages(progress: PlanProgress, line: String) {
        #expect(ProgressText.line(progress, waiting: nil) == line)
    }

    @Test(
        "A span that a person gave is written as it was given",
        arguments: [
            (Duration.milliseconds(500), "500 ms"), (.milliseconds(1500), "1 s 500 ms"),
            (.seconds(45), "45 s"), (.seconds(90), "90 s"), (.seconds(100), "100 s"),
            (.seconds(120), "2 min"), (.seconds(3601), "3601 s"), (.seconds(7200), "2 h 0 min"),
        ])
    func exact(span: Duration, text: String) { #expect(ProgressText.exact(span) == text) }

    @Test("What the reads wait for, with and without planning")
    func waiting() {
        #expect(ProgressText.line(nil, waiting: nil) == nil)
        #expect(
            ProgressText.line(nil, waiting: (.paused, .milliseconds(33_200)))
                == "waiting because Mava asked to (34 s)")
        #expect(
            ProgressText.line(nil, waiting: (.pausedByControl, nil)) == "paused by the control file"
        )
        #expect(
            ProgressText.line(.readingRows(7), waiting: (.quota, nil))
                == "reading the rows: 7, waiting for the quota")
        #expect(ProgressText.line(nil, waiting: (.answers, .seconds(1))) == nil)
        #expect(
            ProgressText.line(nil, waiting: (.backOff, .seconds(2)), "HTTP 503")
                == "waiting before another try: HTTP 503 (2 s)")
        #expect(
            ProgressText.line(nil, waiting: (.quota, .seconds(2)), "HTTP 503")
                == "waiting for the quota (2 s)")
    }

    @Test("A run's line names the quota in force, not the one that was given")
    func quotaInForce() {
        var progress = RunProgress()
        progress.total = 900
        progress.done = 100
        progress.quota = .mava
        progress.quotaInForce = Quota("40/30s")
        progress.timeUntilSent = .seconds(600)
        progress.waiting = .quota
        progress.timeToWait = .seconds(12)
        #expect(
            ProgressText.line(progress)
                == "100/900 done, 40 requests per 30 s, 10 min left, waiting for the quota (12 s)")
    }

    @Test("An outage is called by what the last requests ran into")
    func outages() {
        #expect(RunAccount.outage(.noAnswer).contains("out of reach"))
        for trouble in [RunTrouble.errors, .quotaUsed, .pause, .localShortage, nil] {
            #expect(!RunAccount.outage(trouble).contains("out of reach"))
        }
        #expect(RunAccount.outage(.quotaUsed).contains("others use the quota"))
    }
}
