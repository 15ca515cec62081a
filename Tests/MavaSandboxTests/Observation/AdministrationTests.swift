import Foundation
import MavaSandbox
import Testing

/// The sandbox's own routes, and who may use them.
@Suite struct AdministrationTests {
    typealias W = ContractWorkspace

    private func ask(
        _ sandbox: Sandbox, _ path: String, method: String = "GET"
    ) async throws -> [String: Any] {
        let response = try await Curl.send(
            "\(sandbox.address)/_sandbox/\(path)", method: method,
            arguments: ["-H", "x-sandbox-token: \(sandbox.adminToken)"])
        #expect(response.status == 200)
        let json = try JSONSerialization.jsonObject(with: Data(response.body.utf8))
        return try #require(json as? [String: Any])
    }

    private func put(_ sandbox: Sandbox, _ ticket: String, _ members: String) async throws {
        _ = try await Curl.send(
            sandbox.address + "/api/ticket", method: "PUT", key: W.key,
            body: "{\"ticketId\":\"\(ticket)\",\(members)}")
    }

    @Test(
        "without the admin token nothing is told and nothing is reset",
        arguments: [
            [], ["-H", "x-sandbox-token: 0"], ["-H", "x-sandbox-token;"],
            ["-H", "x-auth-token: acme-key"],
        ])
    func refused(_ arguments: [String]) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            try await put(sandbox, W.ticket, "\"priority\":3")
            for (method, path) in [("GET", "stats"), ("GET", "audit"), ("POST", "reset")] {
                let response = try await Curl.send(
                    "\(sandbox.address)/_sandbox/\(path)", method: method, arguments: arguments)
                #expect(response.status == 403)
                #expect(!response.body.contains(W.ticket))
            }
            #expect(sandbox.ticket(W.ticket)?.priority == 3)
            #expect(sandbox.adminToken.count == 32)
        }
    }

    @Test("from another address than loopback the right token does not help")
    func otherAddress() async throws {
        let addresses = try await Program.run("hostname", ["-I"]).text.split(separator: " ")
        guard let address = addresses.first(where: { $0.contains(".") }) else { return }
        var configuration = try W.configuration()
        configuration.host = "0.0.0.0"
        try await withSandbox(configuration) { sandbox in
            #expect(!sandbox.isLoopback)
            let token = ["-H", "x-sandbox-token: \(sandbox.adminToken)"]
            let outside = try await Curl.send(
                "http://\(address):\(sandbox.port)/_sandbox/stats", arguments: token)
            #expect(outside.status == 403)
            let inside = try await Curl.send(
                "http://127.0.0.1:\(sandbox.port)/_sandbox/stats", arguments: token)
            #expect(inside.status == 200)
        }
    }

    @Test("the statistics count requests, changes, tickets and the peak")
    func stats() async throws {
        var configuration = try W.configuration()
        // The window is so long that even a slow machine finishes within it, so the peak is exact.
        configuration.quota = QuotaRule(limit: 90, window: .seconds(3600))
        try await withSandbox(configuration) { sandbox in
            try await put(sandbox, W.ticket, "\"priority\":3,\"status\":\"Pending\"")
            try await put(sandbox, W.ticket, "\"priority\":3")
            try await put(sandbox, W.plainID, "\"priority\":9")
            _ = try await Curl.send(sandbox.address + "/nothing", key: W.key)
            let stats = try await ask(sandbox, "stats?tickets")
            #expect(stats["total"] as? Int == 4)
            #expect(stats["auditMessages"] as? Int == 2)
            #expect(stats["ticketsChanged"] as? Int == 1)
            #expect(stats["peak"] as? Int == 3)
            #expect(stats["tickets"] as? [String: Int] == [W.ticket: 2, W.plainID: 1])
            #expect(stats["requestsPerTicket"] as? [String: Int] == ["1": 1, "2": 1])
            let counts = try #require(stats["requests"] as? [[String: Any]])
            let lines = counts.map { count in
                "\(count["method"] ?? "") \(count["route"] ?? "") \(count["status"] ?? "") "
                    + "\(count["count"] ?? "")"
            }
            #expect(
                lines == [
                    "PUT /api/ticket 200 2", "PUT /api/ticket 400 1", "GET other 404 1",
                ])
            #expect(sandbox.stats.count(method: "PUT") == 3)
        }
    }

    @Test("the audit log of one ticket or all, page by page")
    func audit() async throws {
        var configuration = try W.configuration()
        configuration.clock.wall = { 1_800_000_000_000 }
        try await withSandbox(configuration) { sandbox in
            try await put(sandbox, W.ticket, "\"priority\":3")
            try await put(sandbox, W.plainID, "\"assignedTo\":null,\"priority\":2")
            let all = try await ask(sandbox, "audit?skip=1&limit=1")
            #expect(all["total"] as? Int == 3)
            #expect((all["messages"] as? [[String: Any]])?.count == 1)
            let one = try await ask(sandbox, "audit?ticketId=\(W.plainID)")
            let messages = try #require(one["messages"] as? [[String: Any]])
            #expect(messages.map { $0["field"] as? String } == ["priority", "assignedTo"])
            #expect(messages[1]["from"] as? String == W.grace)
            #expect(messages[1]["to"] is NSNull)
            #expect(messages[0]["at"] as? String == "2027-01-15T08:00:00.000Z")
            #expect(messages[0]["organisation"] as? String == "Acme")
        }
    }

    @Test("reset puts everything back")
    func reset() async throws {
        var configuration = try W.configuration()
        configuration.quota = QuotaRule(limit: 1, window: .seconds(3600))
        try await withSandbox(configuration) { sandbox in
            let before = sandbox.workspace.encoded()
            try await put(sandbox, W.ticket, "\"priority\":3")
            try await put(sandbox, W.ticket, "\"priority\":2")
            #expect(sandbox.stats.count(status: 429) == 1)
            #expect(sandbox.workspace.encoded() != before)
            _ = try await ask(sandbox, "reset", method: "POST")
            #expect(sandbox.workspace.encoded() == before)
            #expect(sandbox.stats.total == 0)
            #expect(sandbox.stats.auditMessages == 0)
            #expect(sandbox.audit().isEmpty)
            try await put(sandbox, W.ticket, "\"priority\":2")
            #expect(sandbox.ticket(W.ticket)?.priority == 2, "the quota is whole again")
        }
    }
}
