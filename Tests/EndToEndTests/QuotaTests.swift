import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("The quota is kept by all runs that share it", .timeLimit(.minutes(20)))
struct QuotaTests {
    private static let quota = ["--quota", "40/2s"]

    private func rows(_ range: Range<Int>, of rehearsal: Rehearsal) -> String {
        let ids = rehearsal.sandbox.workspace.ticketIDs[range]
        return "ticketId,priority\n" + ids.map { "\($0),3\n" }.joined()
    }

    @Test("One run stays within any window, with reads and updates together")
    func alone() async throws {
        let rule = QuotaRule(limit: 40, window: .seconds(2))
        try await Rehearsal.run(quota: rule) { rehearsal in
            try rehearsal.directory.write(rows(0..<90, of: rehearsal), to: "rows.csv")
            let result = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--run-dir", "run"] + Self.quota)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.sandbox.stats.count(status: 429) == 0)
            #expect(rehearsal.sandbox.stats.peak <= 40)
        }
    }

    @Test("Two runs on one machine with one key stay within it together")
    func together() async throws {
        let rule = QuotaRule(limit: 40, window: .seconds(2))
        try await Rehearsal.run(quota: rule) { rehearsal in
            var processes: [ChildProgram] = []
            for (index, range) in [0..<50, 50..<100].enumerated() {
                try rehearsal.directory.write(rows(range, of: rehearsal), to: "\(index).csv")
                processes.append(
                    try rehearsal.start(
                        ["apply", "\(index).csv", "--yes", "--no-read", "--run-dir", "\(index)"]
                            + Self.quota))
            }
            for process in processes {
                let ended = try await process.end()
                #expect(ended.status == 0)
            }
            #expect(rehearsal.puts == 100)
            #expect(rehearsal.sandbox.stats.count(status: 429) == 0)
            #expect(rehearsal.sandbox.stats.peak <= 40)
        }
    }

    @Test("A pause that an earlier run was asked for is not waited for beyond one's patience")
    func longPause() async throws {
        try await Rehearsal.run(faults: "503-date@1,retry-after=600s") { rehearsal in
            try rehearsal.directory.write(rows(0..<3, of: rehearsal), to: "rows.csv")
            let patience = ["--yes", "--give-up-after", "5s", "--concurrency", "1"]
            let first = try await rehearsal.program(
                ["apply", "rows.csv", "--no-read", "--run-dir", "run"] + patience)
            let second = try await rehearsal.program(["resume", "run", "--yes"] + patience)
            for result in [first, second] {
                #expect(result.status == 5)
                #expect(
                    result.errors.contains(
                        "Mava asked for a longer pause than this run waits for: it asked"))
            }
            let agents = try await rehearsal.program(["agents"])
            #expect(agents.status == 5)
            #expect(agents.errors.contains("requests with this key, so none is sent for "))
            #expect(rehearsal.sandbox.stats.total == 1)
        }
    }

    @Test("A pause of more than 15 minutes is tried out by the next command, which says so")
    func farPause() async throws {
        try await Rehearsal.run(faults: "503-date@1..2,retry-after=86400s") { rehearsal in
            try rehearsal.directory.write(rows(0..<3, of: rehearsal), to: "rows.csv")
            let first = try await rehearsal.program(
                [
                    "apply", "rows.csv", "--no-read", "--run-dir", "run", "--yes", "--concurrency",
                    "1",
                ])
            #expect(first.status == 5)
            #expect(rehearsal.sandbox.stats.total == 1)
            // The second request is asked to wait, too: the command sends no other.
            let agents = try await rehearsal.program(["agents"])
            #expect(agents.status == 5)
            #expect(agents.errors.contains("an earlier command was asked to wait, for 2"))
            #expect(rehearsal.sandbox.stats.total == 2)
            let resumed = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("one request is sent to see whether that still holds"))
            // It was answered, so the key is free again.
            let categories = try await rehearsal.program(["categories"])
            #expect(categories.status == 0)
            #expect(!categories.errors.contains("asked to wait"))
        }
    }

    @Test(
        "A pause until far away is told in the same words everywhere",
        arguments: [
            "Fri, 31 Dec 9999 23:59:59 GMT", "999999999", "253402300799000",
        ])
    func pauseWithoutEnd(retryAfter: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write("ticketId,status\n695c76afd0e42018b77a9c2d,Resolved\n", to: "rows.csv")
        try await RawServer.with { connection in
            while connection.readRequest() != nil {
                connection.respond(
                    "429 Too Many Requests",
                    headers: [
                        "date: Fri, 27 Nov 2026 12:00:00 GMT", "retry-after: \(retryAfter)",
                    ])
            }
        } _: { server in
            for command in [
                ["apply", "rows.csv", "--no-read", "--yes", "--run-dir", "run"], ["agents"],
            ] {
                let result = try await BuiltProgram.run(
                    command, in: URL(filePath: directory.path),
                    environment: [
                        "MAVA_API_KEY": "a-key-of-the-tests", "MAVA_BASE_URL": server.baseURL,
                    ])
                #expect(result.status == 5)
                let waits = result.errors.matches(of: /wait,? for ([^;:\n]*)/).map { $0.1 }
                #expect(!waits.isEmpty, "\(result.errors)")
                #expect(waits.allSatisfy { $0.hasPrefix("more than a year") }, "\(result.errors)")
            }
        }
    }

    @Test("A run that only got 429s says that others use the quota, not that Mava is out of reach")
    func usedByOthers() async throws {
        try await Rehearsal.run(faults: "429@every-1") { rehearsal in
            try rehearsal.directory.write(rows(0..<3, of: rehearsal), to: "rows.csv")
            let result = try await rehearsal.program([
                "apply", "rows.csv", "--no-read", "--run-dir", "run", "--yes", "--give-up-after",
                "3s",
            ])
            #expect(result.status == 5)
            #expect(result.errors.contains("others use the quota of this key"))
            #expect(!result.errors.contains("out of reach"))
        }
    }

    @Test("Without a directory to share the quota in, a run says so and goes on alone")
    func noLedger() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await BuiltProgram.run(
                ["agents"], in: rehearsal.folder,
                environment: rehearsal.environment.merging(["HOME": "", "XDG_STATE_HOME": ""]) {
                    $1
                })
            #expect(result.status == 0)
            #expect(result.errors.contains("no ledger for the quota"))
        }
    }
}
