import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Hours in which a run may send", .timeLimit(.minutes(20)))
struct ScheduleTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let apply = ["apply", file, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota

    /// Dates that hold the present, whatever happens during a test, and are over in three days.
    private static var aroundNow: String {
        let day = DateFormatter()
        day.locale = Locale(identifier: "en_US_POSIX")
        day.timeZone = TimeZone(identifier: "UTC")
        day.dateFormat = "yyyy-MM-dd"
        let ends = [-86_400.0, 2 * 86_400].map { day.string(from: Date(timeIntervalSinceNow: $0)) }
        return "\(ends[0])..\(ends[1]) UTC"
    }

    @Test("A run that is to stop outside its hours sends nothing, and resume goes on in others")
    func stops() async throws {
        try await Rehearsal.run { rehearsal in
            let stopped = try await rehearsal.program(
                Self.apply + ["--not-window", Self.aroundNow, "--outside", "stop"])
            #expect(stopped.status == 5, "\(stopped.errors)")
            #expect(stopped.errors.contains("it is outside the hours in which the run may send"))
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.report().filter { $0["outcome"] == "unsent" }.count == 47)
            // The run keeps its hours.
            let again = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(again.status == 5, "\(again.errors)")
            #expect(rehearsal.puts == 0)
            let resumed = try await rehearsal.program([
                "resume", "run", "--yes", "--not-window", "2020-01-01",
            ])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("where the run had"))
            #expect(rehearsal.puts == 47)
        }
    }

    @Test("The hours of a run are removed by a window of the whole day")
    func removed() async throws {
        try await Rehearsal.run { rehearsal in
            let stopped = try await rehearsal.program(
                Self.apply + ["--not-window", Self.aroundNow, "--outside", "stop"])
            #expect(stopped.status == 5, "\(stopped.errors)")
            let resumed = try await rehearsal.program([
                "resume", "run", "--yes", "--window", "00:00-24:00",
            ])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("without --not-window \(Self.aroundNow)"))
            #expect(rehearsal.puts == 47)
        }
    }

    @Test("A run that waits for its hours says so, and ends at a signal")
    func waits() async throws {
        try await Rehearsal.run { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--not-window", Self.aroundNow, "--events", "events.jsonl"])
            @Sendable func waits() -> Bool {
                let text = (try? rehearsal.directory.readText("events.jsonl")) ?? ""
                return text.contains(#""event":"wait""#) && text.contains(#""reason":"window""#)
            }
            try await program.signal(SIGTERM) { waits() }
            let result = try await program.end()
            #expect(result.status == 143)
            #expect(rehearsal.puts == 0)
            let errors = String(decoding: result.errors, as: UTF8.self)
            #expect(errors.contains("resume"), "\(errors)")
        }
    }

    @Test("The preview names the hours, the next ones, and the end that they allow")
    func preview() async throws {
        try await Rehearsal.run { rehearsal in
            let plan = try await rehearsal.program([
                "plan", Self.file, "--not-window", Self.aroundNow,
            ])
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(plan.output.contains("\nHours: not \(Self.aroundNow), next from "))
            #expect(plan.output.contains("--not-window '\(Self.aroundNow)'"))
            let json = try await rehearsal.program([
                "plan", Self.file, "--not-window", Self.aroundNow, "--json",
            ])
            #expect(json.output.contains(#""schedule":{"words":"not "#), "\(json.output)")
            #expect(json.output.contains(#"","begin":""#), "\(json.output)")
            let markdown = try await rehearsal.program([
                "plan", Self.file, "--not-window", Self.aroundNow, "--markdown",
            ])
            #expect(markdown.output.contains("Updates are sent in these hours: not "))
        }
    }

    @Test("A quota with lower ones at certain hours is kept, shown and obeyed")
    func timetable() async throws {
        // The sandbox refuses what the lower quota does not allow.
        try await Rehearsal.run(quota: QuotaRule(limit: 20, window: .seconds(1))) { rehearsal in
            let quota = "1000/1s; \(Self.aroundNow) 20/1s"
            let run = ["apply", Self.file, "--yes", "--run-dir", "run", "--quota", quota]
            let plan = try await rehearsal.program(["plan"] + run[1...1] + run[5...])
            #expect(plan.output.contains("\nHours: quota \(quota)"), "\(plan.output)")
            let result = try await rehearsal.program(run)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.sandbox.stats.count(status: 429) == 0)
            let settings = try rehearsal.directory.readText("run/run.json")
            #expect(settings.contains(#""quota" : "\#(quota)""#), "\(settings)")
            #expect(try await rehearsal.program(["resume", "run", "--yes"]).status == 0)
        }
    }

    @Test(
        "Hours that cannot be read or used are refused before anything is asked",
        arguments: [
            (["--window", "Mon-Fri 01:00-05:00 Europe/Berlen"], "did you mean Europe/Berlin?"),
            (["--window", "5-7"], "--window: `5-7` is not a range of hours"),
            (["--not-window", "2026-02-30"], "--not-window: `2026-02-30` is not a date"),
            (["--window", "01:00-01:01", "--timeout", "2m"], "longer than a request may take"),
            (["--window", "01:00-01:01", "--timeout", "1m"], "longer than a request may take"),
            (["--window", "2020-01-01"], "leave no time within the next 400 days"),
            (["--not-window", "00:00-12:00; 12:00-24:00"], "leave no time within the next"),
            (["--quota", "90/30s; 30/30s"], "--quota: `30/30s`: it has no hours"),
            (["--outside", "stop"], "--outside is about --window or --not-window"),
            (["--quota", "90/30s; Mon 99/30s"], "`99/30s`: it is faster than 90/30s"),
            (["--quota", "90/30s; Mun 9/30s"], "--quota: `Mun`: "),
        ])
    func refused(options: [String], words: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(Self.apply + options)
            #expect(result.status == 2)
            #expect(result.errors.contains(words), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }
}
