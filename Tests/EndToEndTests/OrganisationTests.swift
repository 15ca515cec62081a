import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A plan is sent only to the organisation it was made for", .timeLimit(.minutes(20)))
struct OrganisationTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    /// Serves another organisation, whose tickets are others too, and gives its address and key.
    private func withOther(
        _ body: ([String: String], Sandbox) async throws -> Void
    ) async throws {
        let workspace = try Workspace.generate(tickets: 20, seed: 3)
        try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
            try await body(
                ["MAVA_BASE_URL": sandbox.address, "MAVA_API_KEY": sandbox.apiKeys[0]], sandbox)
        }
    }

    private func run(
        _ rehearsal: Rehearsal, _ arguments: [String], _ environment: [String: String]
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments + Rehearsal.wideQuota, in: rehearsal.folder, environment: environment)
    }

    @Test(
        "apply, resume, undo, retry and verify with another organisation's key end with 6 after one read"
    )
    func otherKey() async throws {
        try await Rehearsal.run { rehearsal in
            let own = rehearsal.environment
            // The last row names no ticket, so that there is a row to try again.
            let rows = try String(contentsOfFile: Self.file, encoding: .utf8)
            try rehearsal.directory.write(
                rows + "ffffffffffffffffffffffff,Grace,none\n", to: "rows.csv")
            let planned = try await run(
                rehearsal, ["plan", "rows.csv", "--unread", "send", "--output", "plan.jsonl"], own)
            #expect(planned.status == 0, "\(planned.errors)")
            let began = try await run(
                rehearsal,
                ["apply", "plan.jsonl", "--yes", "--run-dir", "begun", "--deadline", "1ms"], own)
            #expect(began.status == 5, "\(began.errors)")
            let done = try await run(
                rehearsal, ["apply", "plan.jsonl", "--yes", "--run-dir", "done"], own)
            #expect(done.status == 3, "\(done.errors)")
            try await withOther { environment, sandbox in
                var reads = 0
                for command in [
                    ["apply", "plan.jsonl", "--yes"], ["resume", "begun", "--yes"],
                    ["undo", "done", "--yes"], ["retry", "done", "--yes"],
                    ["verify", "done"],
                ] {
                    let address = ["--base-url", environment["MAVA_BASE_URL"] ?? ""]
                    let result = try await run(rehearsal, command + address, environment)
                    #expect(result.status == 6, "\(command): \(result.errors)")
                    #expect(
                        result.errors.contains("another organisation than this key's"),
                        "\(command): \(result.errors)")
                    #expect(result.errors.contains("explain other_organisation"))
                    reads += 1
                    #expect(sandbox.stats.total == reads)
                }
            }
        }
    }

    @Test(
        "An agent more or less is the same organisation; a plan without the mark applies as before")
    func sameOrganisation() async throws {
        try await Rehearsal.run { rehearsal in
            let own = rehearsal.environment
            _ = try await run(rehearsal, ["plan", Self.file, "--output", "plan.jsonl"], own)
            let header = try rehearsal.directory.readText("plan.jsonl").prefix { $0 != "\n" }
            let marks = try #require(header.firstMatch(of: /"organisation":\[([^\]]*)\]/))
            let hashes = marks.1.split(separator: ",")
            #expect(hashes.count > 1)
            #expect(hashes.allSatisfy { $0.wholeMatch(of: /"[0-9a-f]{16}"/) != nil })
            // No name is looked up here, so the agents are not read.
            try rehearsal.directory.write(
                "ticketId,priority\n695bcceb7807fc7b43c25a95,3\n", to: "rows.csv")
            _ = try await run(rehearsal, ["plan", "rows.csv", "--output", "plain.jsonl"], own)
            #expect(try !rehearsal.directory.readText("plain.jsonl").contains("\"organisation\""))
            for plan in ["plan.jsonl", "plain.jsonl"] {
                let result = try await run(
                    rehearsal, ["apply", plan, "--yes", "--run-dir", "run-\(plan)"], own)
                #expect(result.status == 0 || result.status == 3, "\(result.errors)")
            }
        }
    }
}
