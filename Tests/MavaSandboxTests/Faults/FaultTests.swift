import MavaSandbox
import Testing

/// Each fault as an independent client sees it, and what the sandbox has executed by then.
@Suite struct FaultTests {
    typealias W = ContractWorkspace

    static let body = "{\"ticketId\":\"\(W.ticket)\",\"priority\":3}"
    static let put = ConnectionTests.put(body, fields: "Connection: close\r\n")

    private func with(
        _ plan: String, _ body: (Sandbox) async throws -> Void
    ) async throws {
        var configuration = try W.configuration()
        configuration.faults = try FaultPlan(parsing: plan)
        try await withSandbox(configuration, body)
    }

    private func send(_ sandbox: Sandbox, _ arguments: String...) async throws -> Curl.Response {
        try await Curl.send(
            sandbox.address + "/api/ticket", method: "PUT", key: W.key, body: Self.body,
            arguments: arguments)
    }

    /// The fault, curl's exit status, the HTTP status, and whether the update was executed.
    static let table: [(fault: String, exit: Int32, status: Int, commits: Bool)] = [
        ("drop-before-read", 56, 0, false),
        ("401", 0, 401, false),
        ("401-basic", 0, 401, false),
        ("redirect-same", 0, 307, false),
        ("redirect-other", 0, 307, false),
        ("429", 0, 429, false),
        ("500-before", 0, 500, false),
        ("503", 0, 503, false),
        ("503-date", 0, 503, false),
        ("not-json", 0, 200, false),
        ("500-after", 0, 500, true),
        ("drop-after-commit", 52, 0, true),
        ("slow-drip", 0, 200, true),
        ("truncated-body", 0, 200, true),
        ("wrong-length", 18, 200, true),
        ("gzip-bomb", 0, 200, true),
    ]

    @Test("every fault: what curl makes of it, and whether the update was carried out")
    func table() async throws {
        for row in Self.table {
            try await with("\(row.fault)=1,drip=100us") { sandbox in
                let response = try await send(sandbox, "-o", "-")
                #expect(response.exit == row.exit, "\(row.fault)")
                #expect(response.status == row.status, "\(row.fault)")
                #expect(sandbox.ticket(W.ticket)?.priority == (row.commits ? 3 : 1), "\(row.fault)")
                #expect(sandbox.stats.faults == [row.fault: 1])
                #expect(
                    sandbox.stats.count(route: "/api/ticket", status: row.status) == 1,
                    "\(row.fault)")
            }
        }
    }

    @Test("401-basic challenges, 429 and 503 say nothing of when, 503-date names a date")
    func fields() async throws {
        try await with("401-basic@1,429@2,503@3,503-date@4,401@5") { sandbox in
            let basic = try await send(sandbox)
            #expect(basic.field("WWW-Authenticate") == #"Basic realm="Mava""#)
            let tooMany = try await send(sandbox)
            #expect(tooMany.status == 429)
            #expect(tooMany.field("Retry-After") == nil)
            let unavailable = try await send(sandbox)
            #expect(unavailable.field("Retry-After") == nil)
            let until = try await send(sandbox)
            let (date, now) = (until.field("Retry-After"), until.field("Date"))
            #expect(date?.hasSuffix(" GMT") == true)
            #expect(date != now)
            let plain = try await send(sandbox)
            #expect(plain.status == 401)
            #expect(plain.field("WWW-Authenticate") == nil)
        }
    }

    @Test("a redirect keeps path and query, to the same host or another")
    func redirects() async throws {
        try await with("redirect-same@1,redirect-other@2..,redirect-to=http://127.0.0.1:9") {
            sandbox in
            let url = sandbox.address + "/api/agents?a=b%20c"
            let same = try await Curl.send(url, key: W.key)
            #expect(same.field("Location") == url)
            let other = try await Curl.send(url, key: W.key)
            #expect(other.field("Location") == "http://127.0.0.1:9/api/agents?a=b%20c")
        }
    }

    @Test("following a redirect to the same place carries the update out")
    func followed() async throws {
        try await with("redirect-same@1") { sandbox in
            let response = try await send(sandbox, "-L")
            #expect(response.status == 307 || response.status == 200)
            #expect(sandbox.ticket(W.ticket)?.priority == 3)
            #expect(sandbox.stats.total == 2)
        }
    }

    @Test("a page that is not JSON, an answer cut in half, and one byte after the other")
    func bodies() async throws {
        try await with("not-json@1,truncated-body@2,slow-drip@3,drip=100us") { sandbox in
            let page = try await send(sandbox)
            #expect(page.body.hasPrefix("<!DOCTYPE html>"))
            #expect(page.field("Content-Type") == "text/html; charset=utf-8")
            let cut = try await send(sandbox)
            #expect(cut.body == #"{"message":"Ti"#)
            #expect(cut.field("Content-Length") == "14")
            let dripped = try await send(sandbox)
            #expect(dripped.body == #"{"message":"Ticket updated"}"#)
        }
    }

    @Test("dropped connections: reset before, closed after, and in the middle of the answer")
    func drops() async throws {
        try await with("drop-before-read@1,drop-after-commit@2,drop-mid-reply@3") { sandbox in
            let exchange = RawSocket.Exchange(Self.put, ends: false)
            let answers = try await RawSocket.play(
                [exchange, exchange, exchange], port: sandbox.port)
            #expect(answers.map(\.closing) == ["reset", "end", "end"])
            #expect(answers[0].received.isEmpty)
            #expect(answers[1].received.isEmpty)
            #expect(answers[2].received.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(!answers[2].received.contains("updated"))
        }
    }

    @Test("a wrong Content-Length: http.client misses bytes, or some are left over")
    func lengths() async throws {
        try await with("wrong-length@1,short-length@2") { sandbox in
            let lines = try await PythonScript.run(
                """
                c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                c.request("PUT", "/api/ticket", sys.argv[2],
                    {"x-auth-token": "\(W.key)", "Content-Type": "application/json"})
                try:
                    print(c.getresponse().read())
                except http.client.HTTPException as e:
                    print(type(e).__name__, e.partial)
                """, port: sandbox.port, arguments: [Self.body])
            #expect(lines == [#"IncompleteRead b'{"message":"Ticket updated"}'"#])
            let answer = try await RawSocket.play(
                .init(ConnectionTests.put(Self.body) + Self.put), port: sandbox.port)
            #expect(answer.statuses == [200, 200])
            #expect(answer.received.contains("Content-Length: 23\r\n"))
            // The next response begins at a position where the client does not expect it.
            #expect(
                answer.received.contains("\r\n\r\n{\"message\":\"Ticket updated\"}HTTP/1.1 200"))
        }
    }

    @Test("the gzip bomb is small, true gzip, and unfolds to 258 MiB")
    func gzipBomb() async throws {
        try await with("gzip-bomb=1") { sandbox in
            let lines = try await PythonScript.run(
                """
                c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                c.request("GET", "/api/agents", headers={"x-auth-token": "\(W.key)"})
                r = c.getresponse()
                data = r.read()
                print(r.getheader("Content-Encoding"), len(data) < 300000)
                d = zlib.decompressobj(31)
                total = len(d.decompress(data, 1 << 20))
                while d.unconsumed_tail:
                    total += len(d.decompress(d.unconsumed_tail, 1 << 24))
                print(total, d.eof)
                """, port: sandbox.port)
            // `eof` is reached only when the checksum and the length at the end are correct.
            #expect(lines == ["gzip True", "270532609 True"])
        }
    }

    @Test("headers of 1 MiB: http.client gives up on them, and all of them are sent")
    func hugeHeaders() async throws {
        try await with("huge-headers=1") { sandbox in
            let answer = try await RawSocket.play(.init(Self.put), port: sandbox.port)
            #expect(answer.statuses == [200])
            #expect(answer.received.utf8.count > 1 << 20)
            let lines = try await PythonScript.run(
                """
                c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                c.request("GET", "/api/agents", headers={"x-auth-token": "\(W.key)"})
                try:
                    c.getresponse()
                except http.client.HTTPException as e:
                    print(type(e).__name__, e)
                """, port: sandbox.port)
            #expect(lines == ["HTTPException got more than 100 headers"])
        }
    }

    @Test("latency holds an answer back while the sandbox has acted already, and others go on")
    func latency() async throws {
        try await with("latency=10m,only=put") { sandbox in
            let lines = try await PythonScript.run(
                """
                def ask(c, method, path, body):
                    c.request(method, path, body, {"x-auth-token": "\(W.key)",
                        "Content-Type": "application/json"})
                held = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                ask(held, "PUT", "/api/ticket", sys.argv[2])
                while True:
                    other = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
                    ask(other, "GET", "/api/tickets?startDate=2026-01-10&endDate=2026-01-11", None)
                    ticket = json.load(other.getresponse())["tickets"][0]
                    if ticket["priority"] == 3:
                        break
                held.sock.setblocking(False)
                try:
                    print(held.sock.recv(1))
                except BlockingIOError:
                    print("held")
                """, port: sandbox.port, arguments: [Self.body])
            #expect(lines == ["held"])
        }
    }

    @Test("answers that were held back come in order, and the connection lives on")
    func heldInOrder() async throws {
        try await with("latency=1ms..5ms") { sandbox in
            let text = (0..<20).map { number in
                ConnectionTests.put("{\"ticketId\":\"\(W.ticket)\",\"priority\":\(number % 2 * 9)}")
            }.joined()
            let answer = try await RawSocket.play(
                .init(text + Self.put, ends: false), port: sandbox.port)
            #expect(answer.statuses == Array(repeating: 400, count: 20) + [200])
        }
    }

    @Test("faults leave the sandbox's own routes alone, and reset begins the numbers again")
    func numbers() async throws {
        try await with("500-before@2") { sandbox in
            let admin = ["-H", "x-sandbox-token: \(sandbox.adminToken)"]
            for _ in 0..<2 {
                var statuses: [Int] = []
                for _ in 0..<3 {
                    statuses.append(try await send(sandbox).status)
                    let stats = try await Curl.send(
                        sandbox.address + "/_sandbox/stats", arguments: admin)
                    #expect(stats.status == 200)
                }
                #expect(statuses == [200, 500, 200])
                sandbox.reset()
            }
        }
    }
}
