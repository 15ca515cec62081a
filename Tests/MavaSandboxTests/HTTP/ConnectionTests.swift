import MavaSandbox
import Testing

/// Connections as clients use them: kept, pipelined, chunked, slow, too many.
@Suite struct ConnectionTests {
    typealias W = ContractWorkspace

    static let fields = "Host: x\r\nx-auth-token: \(W.key)\r\n"

    static func put(_ body: String, fields: String = "") -> String {
        "PUT /api/ticket HTTP/1.1\r\n\(Self.fields)Content-Type: application/json\r\n\(fields)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("pipelined requests are answered in their order, however the bytes are cut")
    func pipelining() async throws {
        let text =
            Self.put("{\"ticketId\":\"\(W.ticket)\",\"priority\":2}")
            + "GET /api/categories HTTP/1.1\r\n\(Self.fields)\r\n"
            + "GET /nothing HTTP/1.1\r\n\(Self.fields)\r\n"
            + Self.put(
                "{\"ticketId\":\"\(W.ticket)\",\"priority\":9}", fields: "Connection: close\r\n")
            + "GET /api/agents HTTP/1.1\r\n\(Self.fields)\r\n"
        let pieces = stride(from: 0, to: text.count, by: 7).map { start in
            String(text.dropFirst(start).prefix(7))
        }
        try await withSandbox(try W.configuration()) { sandbox in
            for exchange in [RawSocket.Exchange(text), RawSocket.Exchange(pieces: pieces)] {
                let answer = try await RawSocket.play(exchange, port: sandbox.port)
                #expect(answer.statuses == [200, 200, 404, 400])
                #expect(answer.closing == "end")
                #expect(answer.body == #"{"error":"Invalid status or priority"}"#)
            }
            #expect(sandbox.stats.count(route: "/api/agents") == 0, "close was asked for before")
        }
    }

    @Test("a hundred pipelined updates all count")
    func manyPipelined() async throws {
        let text = (0..<100).map { number in
            Self.put("{\"ticketId\":\"\(W.ticket)\",\"priority\":\(number % 2 + 2)}")
        }.joined()
        try await withSandbox(try W.configuration()) { sandbox in
            let answer = try await RawSocket.play(.init(text), port: sandbox.port)
            #expect(answer.statuses == Array(repeating: 200, count: 100))
            #expect(sandbox.stats.auditMessages == 100)
            #expect(sandbox.stats.requestsPerTicket == [100: 1])
            #expect(sandbox.stats.connections == 1)
        }
    }

    @Test("requests that arrived while the client took no answers are answered when it does")
    func pipelinedUnread() async throws {
        var configuration = SandboxConfiguration(
            workspace: try Workspace.generate(tickets: 400, seed: 1))
        configuration.quota = .unlimited
        try await withSandbox(configuration) { sandbox in
            let lines = try await PythonScript.run(
                """
                import socket
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                s.settimeout(60)
                s.connect(("127.0.0.1", int(sys.argv[1])))
                path = "/api/tickets?startDate=2026-01-01&endDate=2026-07-01&limit=100"
                head = "GET " + path + " HTTP/1.1\\r\\nHost: x\\r\\nx-auth-token: \(sandbox.apiKeys[0])\\r\\n"
                requests = 400 * (head + "\\r\\n") + head + "Connection: close\\r\\n\\r\\n"
                s.sendall(requests.encode())
                received = 0
                counts = {}
                rest = b""
                while True:
                    block = s.recv(65536)
                    if not block: break
                    rest += block
                    for status in rest.split(b"HTTP/1.1 ")[1:-1]:
                        counts[status[:3]] = counts.get(status[:3], 0) + 1
                    rest = rest[max(rest.rfind(b"HTTP/1.1 "), 0):]
                    received += len(block)
                last = rest.split(b"HTTP/1.1 ")[1][:3]
                counts[last] = counts.get(last, 0) + 1
                print({key.decode(): value for key, value in counts.items()}, received > 8 << 20)
                """, port: sandbox.port)
            #expect(lines == ["{'200': 401} True"])
        }
    }

    @Test("http.client keeps one connection for many requests")
    func keepAlive() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let lines = try await PythonScript.run(
                """
                c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                for path in ["/api/agents", "/api/categories", "/nothing", "/api/agents"]:
                    c.request("GET", path, headers={"X-AUTH-TOKEN": "\(W.key)"})
                    r = c.getresponse()
                    print(r.status, r.version, len(r.read()) > 0, r.will_close)
                """, port: sandbox.port)
            #expect(
                lines == [
                    "200 11 True False", "200 11 True False", "404 11 True False",
                    "200 11 True False",
                ])
            #expect(sandbox.stats.connections == 1)
        }
    }

    @Test("HTTP/1.0 closes unless it asks to be kept, and needs no Host")
    func oldVersion() async throws {
        let request = "GET /api/agents HTTP/1.0\r\nx-auth-token: \(W.key)\r\n"
        try await withSandbox(try W.configuration()) { sandbox in
            let answers = try await RawSocket.play(
                [
                    .init("\(request)\r\n", ends: false),
                    .init("\(request)Connection: Keep-Alive\r\n\r\n\(request)\r\n", ends: false),
                ], port: sandbox.port)
            #expect(answers.map(\.statuses) == [[200], [200, 200]])
            #expect(answers.map(\.closing) == ["end", "end"])
            #expect(answers[1].received.contains("Connection: keep-alive"))
        }
    }

    @Test(
        "a chunked body is put together, whatever its chunks, extensions and trailer",
        arguments: ["\r\n", "Trailer-Field: x\r\n\r\n"])
    func chunked(_ trailer: String) async throws {
        let body = "{\"ticketId\":\"\(W.ticket)\",\"priority\":3}"
        let chunks = body.enumerated().map { index, character in
            "\(index % 2 == 0 ? "1;a=b" : "01")\r\n\(character)\r\n"
        }.joined()
        let request =
            "PUT /api/ticket HTTP/1.1\r\n\(Self.fields)content-type: application/json\r\n"
            + "TRANSFER-ENCODING: Chunked\r\n\r\n\(chunks)0\r\n\(trailer)"
        try await withSandbox(try W.configuration()) { sandbox in
            let answer = try await RawSocket.play(.init(request + request), port: sandbox.port)
            #expect(answer.statuses == [200, 200])
            #expect(sandbox.ticket(W.ticket)?.priority == 3)
            #expect(sandbox.ticket(W.ticket)?.requests == 2)
        }
    }

    @Test("curl waits for 100, and gets the final answer at once for a body that is too long")
    func expectation() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let url = sandbox.address + "/api/ticket"
            let body = "{\"ticketId\":\"\(W.ticket)\",\"priority\":3}"
            let expecting = ["-H", "Expect: 100-continue", "--expect100-timeout", "15"]
            let response = try await Curl.send(
                url, method: "PUT", key: W.key, body: body, arguments: expecting)
            #expect(response.status == 200)
            let refused = try await Curl.send(
                url, method: "PUT", key: W.key, body: String(repeating: " ", count: 2 << 20),
                arguments: expecting)
            #expect(refused.status == 413)
        }
    }

    @Test("100 is sent once, and not when the body has come along")
    func interim() async throws {
        let head =
            "PUT /api/ticket HTTP/1.1\r\n\(Self.fields)Content-Type: application/json\r\n"
            + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
        try await withSandbox(try W.configuration()) { sandbox in
            let together = try await RawSocket.play(.init(head + "{}"), port: sandbox.port)
            #expect(together.statuses == [400])
            let lines = try await PythonScript.run(
                """
                s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
                s.sendall(sys.argv[2].encode())
                print(s.recv(100))
                s.sendall(b"{}")
                print(s.recv(1000)[:12])
                """, port: sandbox.port, arguments: [head])
            #expect(lines == [#"b'HTTP/1.1 100 Continue\r\n\r\n'"#, "b'HTTP/1.1 400'"])
        }
    }

    @Test("a head that does not come to its end is ended, and so is an idle connection")
    func timeOuts() async throws {
        var configuration = try W.configuration()
        configuration.connections.head = .milliseconds(50)
        configuration.connections.body = .milliseconds(50)
        configuration.connections.idle = .milliseconds(50)
        try await withSandbox(configuration) { sandbox in
            let answers = try await RawSocket.play(
                [
                    .init("GET /api/agents HTT", ends: false),
                    .init(
                        "PUT /api/ticket HTTP/1.1\r\n\(Self.fields)Content-Length: 9\r\n\r\n{",
                        ends: false),
                    .init("", ends: false),
                    .init("GET /api/agents HTTP/1.1\r\n\(Self.fields)\r\n", ends: false),
                ], port: sandbox.port)
            #expect(answers.map(\.statuses) == [[408], [408], [], [200]])
            #expect(answers.allSatisfy { $0.closing == "end" })
        }
    }

    @Test("one connection too many is answered with 503, and the others live on")
    func tooMany() async throws {
        var configuration = try W.configuration()
        configuration.connections.count = 2
        try await withSandbox(configuration) { sandbox in
            let lines = try await PythonScript.run(
                """
                def client():
                    c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                    c.connect()
                    return c
                def ask(c):
                    c.request("GET", "/api/agents", headers={"x-auth-token": "\(W.key)"})
                    r = c.getresponse()
                    r.read()
                    return r.status
                kept = [client(), client()]
                print([ask(c) for c in kept])
                print(ask(client()))
                print([ask(c) for c in kept])
                """, port: sandbox.port)
            #expect(lines == ["[200, 200]", "503", "[200, 200]"])
            #expect(sandbox.stats.refusedConnections == 1)
            #expect(sandbox.stats.connections == 2)
        }
    }

    @Test(
        "a stopped sandbox has closed its connections and refuses new ones; stopping twice is fine")
    func stop() async throws {
        let sandbox = try Sandbox.start(try W.configuration())
        let answered = try await Curl.send(sandbox.address + "/api/agents", key: W.key)
        #expect(answered.status == 200)
        sandbox.stop()
        sandbox.stop()
        let refused = try await Curl.send(sandbox.address + "/api/agents", key: W.key)
        #expect(refused.exit == 7)
        #expect(sandbox.stats.total == 1)
    }

    @Test("an address that cannot be had is an error that says so")
    func addressInUse() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            var configuration = try W.configuration()
            configuration.port = sandbox.port
            let error = #expect(throws: SandboxError.self) { try Sandbox.start(configuration) }
            #expect(error?.code == .listen)
            #expect(error?.message.contains("\(sandbox.port)") == true)
        }
    }
}
