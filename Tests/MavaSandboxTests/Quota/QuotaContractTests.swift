import MavaSandbox
import Synchronization
import Testing

/// The quota over HTTP, with a clock that only the test advances.
@Suite struct QuotaContractTests {
    typealias W = ContractWorkspace

    /// A clock that stands still until a test advances it.
    final class HandClock: Sendable {
        private let nanoseconds = Mutex<UInt64>(1_000_000_000)

        func advance(milliseconds: UInt64) {
            nanoseconds.withLock { $0 += milliseconds * 1_000_000 }
        }

        var clock: SandboxClock {
            SandboxClock(
                monotonic: { self.nanoseconds.withLock { $0 } },
                wall: { 1_800_000_000_000 + Int64(self.nanoseconds.withLock { $0 } / 1_000_000) })
        }
    }

    private func with(
        _ rule: String, _ body: (Sandbox, HandClock) async throws -> Void
    ) async throws {
        let hand = HandClock()
        var configuration = try W.configuration()
        configuration.quota = try QuotaRule(parsing: rule)
        configuration.clock = hand.clock
        try await withSandbox(configuration) { try await body($0, hand) }
    }

    private func ask(
        _ sandbox: Sandbox, key: String = W.key, path: String = "/api/agents"
    ) async throws -> Curl.Response {
        try await Curl.send(sandbox.address + path, key: key)
    }

    private func expect(_ status: Int, _ sandbox: Sandbox, key: String = W.key) async throws {
        let response = try await ask(sandbox, key: key)
        #expect(response.status == status)
    }

    @Test("sliding: all endpoints together, each key by itself, refused ones not counted")
    func sliding() async throws {
        try await with("3/30s,sliding") { sandbox, hand in
            for path in ["/api/agents", "/api/categories", "/api/tickets"] {
                let status = try await ask(sandbox, path: path).status
                #expect(status != 429)
                hand.advance(milliseconds: 1000)
            }
            let refused = try await ask(sandbox)
            #expect(refused.status == 429)
            #expect(refused.field("Retry-After") == "27")
            try await expect(200, sandbox, key: "acme-second-key")
            try await expect(200, sandbox, key: W.otherKey)
            hand.advance(milliseconds: 26_999)
            try await expect(429, sandbox)
            hand.advance(milliseconds: 1)
            try await expect(200, sandbox)
            try await expect(429, sandbox)
            #expect(sandbox.stats.count(status: 429) == 3)
            #expect(sandbox.stats.peak == 6, "what came of one key, refused or not")
        }
    }

    @Test("fixed: the seam lets twice the limit through")
    func fixed() async throws {
        try await with("2/30s,fixed") { sandbox, hand in
            hand.advance(milliseconds: 29_500)
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await ask(sandbox).status) }
            hand.advance(milliseconds: 500)
            for _ in 0..<3 { statuses.append(try await ask(sandbox).status) }
            #expect(statuses == [200, 200, 429, 200, 200, 429])
            #expect(sandbox.stats.peak == 6)
        }
    }

    @Test("a request that the quota refuses is not carried out, whatever its body")
    func refusedFirst() async throws {
        try await with("1/30s") { sandbox, _ in
            _ = try await ask(sandbox)
            let body = "{\"ticketId\":\"\(W.ticket)\",\"priority\":3}"
            let response = try await Curl.send(
                sandbox.address + "/api/ticket", method: "PUT", key: W.key, body: body)
            #expect(response.status == 429)
            #expect(sandbox.ticket(W.ticket)?.priority == 1)
        }
    }

    @Test(
        "the fields speak of the quota as each style does",
        arguments: [
            ("none", [:]),
            (
                "legacy",
                [
                    "X-RateLimit-Limit": "2", "X-RateLimit-Remaining": "1",
                    "X-RateLimit-Reset": "1800000031",
                ]
            ),
            (
                "draft-6",
                [
                    "RateLimit-Limit": "2", "RateLimit-Remaining": "1", "RateLimit-Reset": "30",
                    "RateLimit-Policy": "2;w=30",
                ]
            ),
            (
                "draft-7",
                ["RateLimit": "limit=2, remaining=1, reset=30", "RateLimit-Policy": "2;w=30"]
            ),
            (
                "draft-8",
                ["RateLimit": "\"default\";r=1;t=30", "RateLimit-Policy": "\"default\";q=2;w=30"]
            ),
        ] as [(String, [String: String])])
    func styles(_ style: String, _ expected: [String: String]) async throws {
        for (retryAfter, value) in [
            ("none", nil), ("seconds", "30"), ("date", "Fri, 15 Jan 2027 08:00:32 GMT"),
        ] {
            let rule = style == "none" ? "2/30s" : "2/30s,\(style)"
            try await with("\(rule),retry-after=\(retryAfter)") { sandbox, _ in
                let first = try await ask(sandbox)
                let fields = first.fields.filter { $0.lowercased().contains("ratelimit") }
                #expect(fields.count == expected.count)
                for (name, value) in expected { #expect(first.field(name) == value) }
                #expect(first.field("Retry-After") == nil)
                _ = try await ask(sandbox)
                let refused = try await ask(sandbox)
                #expect(refused.status == 429)
                #expect(refused.field("Retry-After") == value)
            }
        }
    }
}
