import Foundation
import MavaSandbox
import Testing

@Suite("What check finds", .timeLimit(.minutes(20)))
struct CheckTests {
    private struct Checked: Decodable {
        struct Check: Decodable {
            var name: String
            var state: String
            var exitCode: Int?
        }

        var checks: [Check]
    }

    @Test("check sends one read, and says which part is ready")
    func check() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(["check", "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let checks = try JSONDecoder().decode(Checked.self, from: Data(result.output.utf8))
            #expect(
                checks.checks.map(\.name) == [
                    "libcurl", "runs", "ledger", "base URL", "certificate", "key", "organisation",
                    "clock", "quota",
                ])
            #expect(!checks.checks.contains { $0.state == "failed" })
            #expect(rehearsal.sandbox.stats.total == 1)
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.leftovers().sorted() == [".local"])
        }
    }

    @Test(
        "check ends with the code of the first failure",
        arguments: [
            (["MAVA_API_KEY": "wrong"], 4, "key"), (["MAVA_API_KEY": ""], 4, "key"),
            (["MAVA_BASE_URL": "http://example.com"], 2, "base URL"),
            (["MAVA_BULK_RUNS": "/dev/null/runs"], 1, "runs"),
        ])
    func failedCheck(environment: [String: String], code: Int, name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(["check", "--json"], adding: environment)
            #expect(Int(result.status) == code, "\(result.output)")
            let checks = try JSONDecoder().decode(Checked.self, from: Data(result.output.utf8))
            let failed = checks.checks.first { $0.state == "failed" }
            #expect(failed?.name == name, "\(result.output)")
            #expect(failed?.exitCode == code)
        }
    }
}
