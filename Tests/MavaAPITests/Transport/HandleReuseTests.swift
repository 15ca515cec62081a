import BulkTestSupport
import MavaAPI
import Testing

@Suite("A transfer that died does not spoil the next one")
struct HandleReuseTests {
    /// The phase in which a transfer fails.
    enum Phase: String, CaseIterable, CustomTestStringConvertible {
        case resolve, connect, beforeAnswer, inHeaders, inBody, reset, timeout, cancelled

        var testDescription: String { rawValue }
    }

    private func request(
        _ method: HTTPRequest.Method, _ url: String, timeout: Duration = .seconds(20)
    ) -> HTTPRequest {
        HTTPRequest(
            method: method, url: url + "/x", headers: [("x-auth-token", "k")],
            body: method == .put ? Array("{}".utf8) : [], timeout: timeout, bodyLimit: 1 << 20)
    }

    @Test(
        "after each phase has failed, reads and updates go through the same transport",
        arguments: Phase.allCases, [HTTPRequest.Method.get, .put])
    func phases(phase: Phase, method: HTTPRequest.Method) async throws {
        let transport = CurlTransport(configuration: .init(maxConnections: 1))
        let dead = try RawServer.unusedPort()
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                guard request.line.contains("/bad") else {
                    connection.respond(body: "fine")
                    continue
                }
                switch phase {
                case .inHeaders: connection.send("HTTP/1.1 200 OK\r\ncontent-le")
                case .inBody: connection.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab")
                case .reset: connection.resetWhenDone()
                case .timeout, .cancelled:
                    connection.waitForClose()
                case .resolve, .connect, .beforeAnswer: break
                }
                return
            }
        } _: { server in
            for _ in 1...3 {
                let bad: HTTPRequest =
                    switch phase {
                    case .resolve: request(method, "http://no-such-host.invalid")
                    case .connect: request(method, "http://127.0.0.1:\(dead)")
                    case .timeout:
                        request(method, server.baseURL + "/bad", timeout: .milliseconds(200))
                    default: request(method, server.baseURL + "/bad")
                    }
                if phase == .cancelled {
                    let reached = server.requests.value
                    let task = Task { try await transport.send(bad) }
                    try await server.requests.wait(forAtLeast: reached + 1)
                    task.cancel()
                    await #expect(throws: TransportError.self) { _ = try await task.value }
                } else {
                    await #expect(throws: TransportError.self) { _ = try await transport.send(bad) }
                }
                for next in [HTTPRequest.Method.get, .put, .get] {
                    let response = try await transport.send(request(next, server.baseURL))
                    #expect(response.body == Array("fine".utf8))
                }
            }
        }
    }
}
