import MavaSandbox
import Testing

/// Paths, methods and keys.
@Suite struct RoutingTests {
    typealias W = ContractWorkspace

    struct Case: Sendable, CustomTestStringConvertible {
        var method: String
        var path: String
        var status: Int
        var allow: String?
        var testDescription: String { "\(method) \(path)" }
    }

    @Test(
        "paths and methods lead to their status and Allow",
        arguments: [
            Case(method: "GET", path: "/api/agents", status: 200),
            Case(method: "HEAD", path: "/api/agents", status: 200),
            Case(method: "GET", path: "/api/%61gents", status: 200),
            Case(method: "GET", path: "/api/agents?x=%zz", status: 200),
            Case(method: "GET", path: "/api%2Fagents", status: 404),
            Case(method: "GET", path: "/api/agents/", status: 404),
            Case(method: "GET", path: "/API/agents", status: 404),
            Case(method: "GET", path: "/api/agents%00", status: 404),
            Case(method: "GET", path: "/api/../api/agents", status: 404),
            Case(method: "GET", path: "/", status: 404),
            Case(method: "PUT", path: "/", status: 404),
            Case(method: "GET", path: "/api/ticket", status: 405, allow: "PUT, OPTIONS"),
            Case(method: "POST", path: "/api/ticket", status: 405, allow: "PUT, OPTIONS"),
            Case(method: "DELETE", path: "/api/ticket", status: 405, allow: "PUT, OPTIONS"),
            Case(method: "put", path: "/api/ticket", status: 405, allow: "PUT, OPTIONS"),
            Case(method: "PUT", path: "/api/tickets", status: 405, allow: "GET, HEAD, OPTIONS"),
            Case(method: "OPTIONS", path: "/api/ticket", status: 204, allow: "PUT, OPTIONS"),
            Case(method: "OPTIONS", path: "/api/agents", status: 204, allow: "GET, HEAD, OPTIONS"),
            Case(method: "OPTIONS", path: "/nothing", status: 404),
            Case(method: "GET", path: "/_sandbox/nothing", status: 404),
            Case(method: "GET", path: "/_sandbox/reset", status: 405, allow: "POST, OPTIONS"),
        ])
    func routes(_ row: Case) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let response = try await Curl.send(
                sandbox.address + row.path, method: row.method, key: W.key)
            #expect(response.exit == 0)
            #expect(response.status == row.status)
            #expect(response.field("Allow") == row.allow)
            #expect(response.field("Date") != nil)
        }
    }

    @Test("HEAD has the length of GET's body, and no body")
    func head() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let url = sandbox.address + "/api/agents"
            let get = try await Curl.send(url, key: W.key)
            let head = try await Curl.send(url, method: "HEAD", key: W.key)
            #expect(head.body.isEmpty)
            #expect(head.field("Content-Length") == String(get.body.utf8.count))
        }
    }

    @Test("the asterisk and a whole URL are targets too")
    func otherTargets() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let fields = "Host: x\r\nx-auth-token: \(W.key)\r\n\r\n"
            let answers = try await RawSocket.play(
                [
                    .init("OPTIONS * HTTP/1.1\r\n\(fields)"),
                    .init("GET HTTP://any.host:1/api/agents HTTP/1.1\r\n\(fields)"),
                    .init("\r\n\r\nGET /api/agents HTTP/1.1\r\n\(fields)"),
                ], port: sandbox.port)
            #expect(answers.map(\.statuses) == [[204], [200], [200]])
        }
    }

    @Test(
        "a key that is missing, wrong, doubled or nearly right is unauthorized",
        arguments: [
            [], ["-H", "x-auth-token;"], ["-H", "x-auth-token: wrong"],
            ["-H", "x-auth-token: acme-keys"], ["-H", "x-auth-token: ACME-KEY"],
            ["-H", "x-auth-token: acme-key", "-H", "x-auth-token: acme-key"],
            ["-H", "Authorization: Bearer acme-key"], ["-u", "acme-key:"],
        ])
    func unauthorized(_ arguments: [String]) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            for path in ["/api/agents", "/api/categories", "/api/tickets"] {
                let response = try await Curl.send(sandbox.address + path, arguments: arguments)
                #expect(response.status == 401)
                #expect(response.body == #"{"error":"Unauthorized"}"#)
            }
            #expect(sandbox.stats.peak == 0, "a request without a key is nobody's")
        }
    }

    @Test("every key of an organisation opens it, and field names have no case")
    func keys() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            for field in ["X-Auth-Token: acme-second-key", "x-AUTH-token:   acme-key  "] {
                let response = try await Curl.send(
                    sandbox.address + "/api/agents", arguments: ["-H", field])
                #expect(response.status == 200)
                #expect(response.body.contains(W.ada))
            }
        }
    }
}
