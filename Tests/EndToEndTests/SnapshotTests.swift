import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A snapshot is for looking; before anything is sent the tickets are read again")
struct SnapshotTests {
    private static let tickets = [
        "695c76afd0e42018b77a9c2d", "695cd34fa4b07254adddf65b", "695f42e0b38766cd7cf45eb6",
    ]
    private static let rows = """
        ticketId,status,priority,expectStatus
        \(tickets[0]),,3,Open
        \(tickets[1]),Resolved,,
        \(tickets[2]),Resolved,,

        """

    /// All three tickets wait with priority 2; the snapshot shows the first as open with priority 1, and
    /// not the third.
    private func prepare(_ rehearsal: Rehearsal) async throws {
        let state =
            "ticketId,status,priority\n" + Self.tickets.map { "\($0),Waiting,2\n" }.joined()
        try rehearsal.directory.write(state, to: "state.csv")
        let set = try await rehearsal.program(
            ["apply", "state.csv", "--yes", "--run-dir", "state"] + Rehearsal.wideQuota)
        #expect(set.status == 0)
        let lines = zip(Self.tickets, [("Open", 1), ("Waiting", 2)]).map { ticket, held in
            "{\"_id\":\"\(ticket)\",\"status\":\"\(held.0)\",\"priority\":\(held.1),\"aiStatus\":null}\n"
        }
        try rehearsal.directory.write(lines.joined(), to: "old.jsonl")
        try rehearsal.directory.write(Self.rows, to: "rows.csv")
    }

    private func check(_ rehearsal: Rehearsal, _ result: BuiltProgram.Result) throws {
        #expect(result.status == 3, "\(result.errors)")
        let report = try rehearsal.report()
        #expect(report.map { $0["outcome"] } == ["conflict", "updated", "updated"])
        #expect(report[0]["errorCode"] == "precondition_failed")
        // The values read then, not those of the snapshot.
        #expect(report[0]["before"] == #"{"priority":2}"#)
        #expect(report[0]["after"] == #"{"priority":3}"#)
        #expect(report[1]["before"] == #"{"status":"Waiting"}"#)
        // The snapshot did not hold this value; it was read before it was replaced.
        #expect(report[2]["before"] == #"{"status":"Waiting"}"#)
        #expect(report[2]["after"] == #"{"status":"Resolved"}"#)
    }

    @Test("A plan of what came through a pipe cannot be made again, so it is to be saved")
    func pipes() async throws {
        try await Rehearsal.run { rehearsal in
            try await prepare(rehearsal)
            for (line, isRepeatable) in [
                ("plan rows.csv --snapshot - < old.jsonl", false),
                ("plan rows.csv --snapshot <(cat old.jsonl)", false),
                ("plan - --no-read < rows.csv", false),
                ("plan rows.csv --snapshot old.jsonl", true),
                ("plan rows.csv --snapshot - --output plan.jsonl < old.jsonl", true),
            ] {
                let result = try await Shell.paste(
                    "mava-bulk \(line)", in: rehearsal.directory, rehearsal.environment)
                #expect(
                    result.output.contains("Next: mava-bulk apply") == isRepeatable,
                    "\(line): \(result.output)")
                #expect(
                    result.errors.contains("add --output plan.jsonl, then apply that file")
                        != isRepeatable, "\(line): \(result.errors)")
            }
        }
    }

    @Test("apply with a snapshot checks preconditions against the tickets as they are")
    func apply() async throws {
        try await Rehearsal.run { rehearsal in
            try await prepare(rehearsal)
            let result = try await rehearsal.program(
                ["apply", "rows.csv", "--snapshot", "old.jsonl", "--yes", "--run-dir", "run"]
                    + Rehearsal.wideQuota)
            try check(rehearsal, result)
            #expect(result.errors.contains("no longer match the plan"))
        }
    }

    @Test("so does a plan that was saved from a snapshot, and plan asks Mava nothing")
    func savedPlan() async throws {
        try await Rehearsal.run { rehearsal in
            try await prepare(rehearsal)
            let before = rehearsal.sandbox.stats.total
            let plan = try await rehearsal.program([
                "plan", "rows.csv", "--snapshot", "old.jsonl", "--output", "plan.jsonl",
            ])
            #expect(plan.status == 0)
            #expect(rehearsal.sandbox.stats.total == before)
            let result = try await rehearsal.program(
                ["apply", "plan.jsonl", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            try check(rehearsal, result)
        }
    }

    @Test("the report of an overwritten ticket says what was overwritten, also after a resume")
    func overwritten() async throws {
        try await Rehearsal.run { rehearsal in
            try await prepare(rehearsal)
            try rehearsal.directory.write(
                "ticketId,status\n\(Self.tickets[0]),Resolved\n", to: "rows.csv")
            let options = ["--on-conflict", "overwrite", "--run-dir", "run", "--yes"]
            let first = try await rehearsal.program(
                ["apply", "rows.csv", "--snapshot", "old.jsonl", "--deadline", "1ms"] + options
                    + Rehearsal.wideQuota)
            #expect([0, 5].contains(first.status))
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "10m"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            let report = try rehearsal.report()
            #expect(report[0]["outcome"] == "updated")
            #expect(report[0]["before"] == #"{"status":"Waiting"}"#)
        }
    }
}
