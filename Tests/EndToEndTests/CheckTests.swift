import BulkExecution
import Foundation
import MavaAPI
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("What check finds", .timeLimit(.minutes(20)))
struct CheckTests {
    private struct Checked: Decodable {
        struct Check: Decodable {
            var name: String
            var state: String
            var finding: String
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

    @Test("Runs with a quota of thousands share none, and check says so")
    func ledger() async throws {
        try await Rehearsal.run { rehearsal in
            for (quota, finding) in [
                ("10000/1s", "runs with this key share their quota on this machine"),
                ("10001/1s", "none: runs share no quota of more than 10,000 requests in a window"),
            ] {
                let result = try await rehearsal.program(["check", "--json", "--quota", quota])
                let checks = try JSONDecoder().decode(Checked.self, from: Data(result.output.utf8))
                #expect(checks.checks.first { $0.name == "ledger" }?.finding == finding)
            }
        }
    }

    @Test(
        "More requests left than the server's own limit is said as what it is",
        arguments: [
            ("90", "900", "900 requests left, more than the server's own limit of 90"),
            ("90", "12", "12 of 90 requests left"), (nil, "1", "1 request left"),
        ])
    func remaining(limit: String?, remaining: String, finding: String) {
        let headers = [("x-ratelimit-limit", limit), ("x-ratelimit-remaining", remaining)]
        let answer = AnswerLog.Answer(
            response: HTTPResponse(
                status: 200,
                headers: headers.compactMap { name, value in
                    value.map { (name: name, value: $0) }
                }, body: []),
            seconds: 0)
        #expect(CheckCommand.quota(answer, .mava).finding == finding)
    }
}
