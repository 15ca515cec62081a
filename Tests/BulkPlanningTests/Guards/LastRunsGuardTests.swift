import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("The guard that compares with earlier runs")
struct LastRunsGuardTests {
    private func guards(
        percent: Double = 150, runs: Int = 5, _ updates: [Int]?, waivers: [GuardWaiver] = []
    ) -> PlanGuards {
        var guards = PlanGuards()
        guards.maxOfLastRuns = LastRunsGuard(percent: percent, runs: runs)
        guards.lastRuns = updates.map { LastRuns(label: "nightly", updates: $0) }
        guards.waivers = waivers
        return guards
    }

    private func check(_ guards: PlanGuards, _ requests: Int) throws -> [PlanHeader.Waiver] {
        try guards.check(counts: PlanCounts(), requests: requests, ticketsRead: nil)
    }

    @Test(
        "a plan may have up to the given part of the median of the last runs",
        arguments: [
            ([10, 20, 30], 5, 30), ([30, 10, 20], 5, 30), ([10, 20, 30, 40], 5, 37),
            // Only the newest count.
            ([10, 10, 10, 1000, 1000, 1000, 1000], 3, 15), ([2, 2, 2, 100, 100], 5, 3),
        ])
    func median(updates: [Int], runs: Int, most: Int) throws {
        let guards = guards(runs: runs, updates)
        #expect(try check(guards, most) == [])
        let error = #expect(throws: PlanError.self) { try check(guards, most + 1) }
        #expect(error?.code == .moreThanLastRuns)
        #expect(error?.isRefusalByGuard == true)
    }

    @Test("a refusal names the rule, the numbers, the label and the waiver, and the waiver is kept")
    func refusal() throws {
        let error = #expect(throws: PlanError.self) { try check(guards([20, 30, 10]), 31) }
        #expect(
            error?.message
                == "the plan changes 31 tickets, the guard max-of-last-runs allows 30: 150 % of 20, "
                + "the median of the last 3 runs with the label \"nightly\": check the input, raise "
                + "the limit, or waive it with "
                + "\(SettingName.waiver(rule: "max-of-last-runs", count: 31))")
        let waiver = GuardWaiver(rule: "max-of-last-runs", number: 40)
        let used = try check(guards([20, 30, 10], waivers: [waiver]), 31)
        #expect(
            used == [
                PlanHeader.Waiver(rule: "max-of-last-runs", number: 40, count: 31, most: 30)
            ])
        #expect(throws: PlanError.self) { try check(guards([1, 1, 1], waivers: [waiver]), 41) }
    }

    @Test("with fewer than three runs the plan is not refused, and a note says why")
    func few() throws {
        for updates in [[], [1], [1, 1]] {
            #expect(try check(guards(updates), 1_000_000) == [])
            let notes = guards(updates).lastRunsNotes(requests: 1_000_000)
            #expect(notes.count == 1)
            #expect(
                notes[0].contains(
                    "is not compared yet: \(updates.isEmpty ? "no" : "\(updates.count)") run"))
            #expect(notes[0].contains(updates.count == 2 ? " have updated" : " has updated"))
            #expect(notes[0].hasSuffix("and it needs 3"))
        }
        #expect(
            guards([20, 30, 10]).lastRunsNotes(requests: 3) == [
                "earlier runs: the last 3 runs with the label \"nightly\" updated 20 (median), the "
                    + "guard max-of-last-runs allows 30"
            ])
    }

    @Test("without a label a plan with changes is refused, because the guard would protect nothing")
    func noLabel() throws {
        let error = #expect(throws: PlanError.self) { try check(guards(nil), 1) }
        #expect(error?.code == .lastRunsUnknown)
        #expect(error?.isRefusalByGuard == true)
        #expect(error?.message.contains("name it with --label") == true)
        #expect(try check(guards(nil), 0) == [])
        let waiver = GuardWaiver(rule: "max-of-last-runs", number: 5)
        #expect(try check(guards(nil, waivers: [waiver]), 5).map(\.count) == [5])
        // Without the guard, a label is not asked for.
        #expect(try check(PlanGuards(), 1_000_000) == [])
    }

    @Test("the note is in the plan's header")
    func header() async throws {
        var fixture = try PlanFixture()
        try fixture.snapshot(PlanFixture.ticket(1))
        fixture.options.guards = guards([4, 4, 4])
        let plan = try await fixture.plan("id,status\n\(PlanFixture.id(1)),Resolved\n")
        #expect(plan.header.notes.contains { $0.hasPrefix("earlier runs: the last 3 runs") })
    }

    @Test(
        "the file's member needs both numbers",
        arguments: [
            (#"{"maxOfLastRuns":5}"#, "maxOfLastRuns is an object"),
            (#"{"maxOfLastRuns":{"percent":150}}"#, "maxOfLastRuns has no `runs`"),
            (#"{"maxOfLastRuns":{"runs":10}}"#, "maxOfLastRuns has no `percent`"),
            (#"{"maxOfLastRuns":{"runs":2,"percent":150}}"#, "takes a whole number from 3"),
            (#"{"maxOfLastRuns":{"runs":5,"percent":-1}}"#, "takes a number from 0"),
            (#"{"maxOfLastRuns":{"runs":5,"percnt":1}}"#, "did you mean `percent`?"),
        ])
    func file(text: String, said: String) throws {
        let error = #expect(throws: PlanError.self) {
            try PlanGuards(bytes: Array(text.utf8), path: "g.json")
        }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        let guards = try PlanGuards(
            bytes: Array(#"{"maxOfLastRuns":{"runs":7,"percent":120.5}}"#.utf8), path: "g.json")
        #expect(guards.maxOfLastRuns == LastRunsGuard(percent: 120.5, runs: 7))
    }
}
