import BulkTestSupport
import Testing

@testable import MavaAPI

@Suite("The libcurl transport")
struct CurlTransportTests {
    @Test("a PUT arrives as it was written, and its answer comes back whole")
    func put() async throws {
        let seen = Received<RawConnection.Request>()
        try await RawServer.with { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request)
            connection.respond(headers: ["X-One: 1", "x-one:  2 "], body: #"{"message":"ok"}"#)
        } _: { server in
            let body = #"{"ticketId":"t","assignedTo":null}"#
            let response = try await CurlTransport().send(
                HTTPRequest(
                    method: .put, url: "\(server.baseURL)/api/ticket?a=b%20c",
                    headers: [("x-auth-token", "k3y"), ("content-type", "application/json")],
                    body: Array(body.utf8)))
            #expect(response.status == 200)
            #expect(response.values(of: "x-one") == ["1", "2"])
            #expect(String(decoding: response.body, as: UTF8.self) == #"{"message":"ok"}"#)
            let request = try #require(seen.all.first)
            #expect(request.line == "PUT /api/ticket?a=b%20c HTTP/1.1")
            #expect(request.values(of: "x-auth-token") == ["k3y"])
            #expect(request.values(of: "content-type") == ["application/json"])
            #expect(request.values(of: "content-length") == ["\(body.utf8.count)"])
            #expect(request.values(of: "user-agent") == ["mava-bulk/\(ToolVersion.current)"])
            #expect(request.values(of: "expect").isEmpty)
            #expect(request.values(of: "accept-encoding").isEmpty)
            #expect(request.values(of: "host") == ["127.0.0.1:\(server.port)"])
            #expect(String(decoding: request.body, as: UTF8.self) == body)
        }
    }

    @Test("what differs from the request before on the same connection is sent, all of it")
    func differences() async throws {
        let seen = Received<RawConnection.Request>()
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                seen.add(request)
                connection.respond(body: "{}")
            }
        } _: { server in
            let transport = CurlTransport.patient()
            var random = SeededGenerator(seed: 21)
            var sent: [HTTPRequest] = []
            for _ in 0..<150 {
                let isPut = Int.random(in: 0..<5, using: &random) > 0
                let lengths = [0, 1, 40, 40, 41, 511, 512, 513, 3000]
                let length = isPut ? lengths.randomElement(using: &random)! : 0
                var headers = [("x-auth-token", "k\(Int.random(in: 0...1, using: &random))")]
                if .random(using: &random) { headers.append(("x-more", "e\u{301}")) }
                let byte = UInt8.random(in: 97...122, using: &random)
                sent.append(
                    HTTPRequest(
                        method: isPut ? .put : .get,
                        url: "\(server.baseURL)/\(Int.random(in: 0...2, using: &random))",
                        headers: headers, body: [UInt8](repeating: byte, count: length),
                        timeout: .seconds(Int.random(in: 30...32, using: &random))))
            }
            for request in sent { _ = try await transport.send(request) }
            #expect(server.accepted.value == 1)
            #expect(seen.all.count == sent.count)
            for (request, arrived) in zip(sent, seen.all) {
                let path = request.url.dropFirst(server.baseURL.count)
                #expect(arrived.line == "\(request.method.rawValue) \(path) HTTP/1.1")
                #expect(arrived.body == request.body)
                for name in ["x-auth-token", "x-more"] {
                    let values = request.headers.filter { $0.name == name }.map(\.value)
                    #expect(arrived.values(of: name) == values)
                }
            }
        }
    }

    @Test("two spellings of one character are two values")
    func spellings() {
        #expect("e\u{301}" == "\u{E9}")
        #expect(!"e\u{301}".hasSameBytes(as: "\u{E9}"))
        #expect("e\u{301}".hasSameBytes(as: "e\u{301}"))
        #expect(!"k".hasSameBytes(as: "kk"))
        #expect("".hasSameBytes(as: ""))
        let request = HTTPRequest(method: .get, url: "", headers: [("a", "1"), ("b", "2")])
        #expect(request.hasHeaders([("a", "1"), ("b", "2")]))
        #expect(!request.hasHeaders([("b", "2"), ("a", "1")]))
        #expect(!request.hasHeaders([("a", "1")]))
    }

    @Test(
        "a connection is used again, for PUT and GET in turn, with nothing left of the one before")
    func reuse() async throws {
        let seen = Received<RawConnection.Request>()
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                seen.add(request)
                connection.respond(body: "\(request.body.count)")
            }
        } _: { server in
            let transport = CurlTransport.patient()
            for round in 1...20 {
                let length = round.isMultiple(of: 2) ? 0 : round
                let response = try await transport.send(
                    HTTPRequest(
                        method: round.isMultiple(of: 2) ? .get : .put, url: server.baseURL + "/",
                        headers: round.isMultiple(of: 2) ? [] : [("x-auth-token", "k")],
                        body: [UInt8](repeating: 7, count: length)))
                #expect(response.body == Array("\(length)".utf8))
            }
            #expect(server.accepted.value == 1)
            #expect(seen.all.map(\.line).filter { $0.hasPrefix("GET") }.count == 10)
            let gets = seen.all.filter { $0.line.hasPrefix("GET") }
            #expect(gets.allSatisfy { $0.values(of: "x-auth-token").isEmpty && $0.body.isEmpty })
            #expect(gets.allSatisfy { $0.values(of: "content-length").isEmpty })
        }
    }

    @Test("a body of a megabyte is sent without waiting for a permission to go on")
    func largeBody() async throws {
        let seen = Received<RawConnection.Request>()
        try await RawServer.with { connection in
            guard let request = connection.readRequest() else { return }
            seen.add(request)
            connection.respond()
        } _: { server in
            let body = (0..<(2 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let response = try await CurlTransport().send(
                HTTPRequest(method: .put, url: server.baseURL, body: body))
            #expect(response.status == 200)
            #expect(seen.all.first?.body == body)
            #expect(seen.all.first?.values(of: "expect") == [])
            #expect(seen.all.first?.values(of: "content-type") == [])
        }
    }

    @Test("many requests at once are each answered with their own answer")
    func concurrent() async throws {
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                connection.respond(body: String(decoding: request.body, as: UTF8.self))
            }
        } _: { server in
            let transport = CurlTransport.patient(maxConnections: 8)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<400 {
                    group.addTask {
                        let body = Array("request \(number)".utf8)
                        let response = try await transport.send(
                            HTTPRequest(method: .put, url: server.baseURL, body: body))
                        #expect(response.body == body)
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.value == 400)
            #expect(server.accepted.value <= 8)
        }
    }

    @Test("an answer with any status is an answer, and a redirect is not followed")
    func statuses() async throws {
        let lines = [
            "301 Moved", "302 Found", "401 Unauthorized", "429 Slow", "500 Oops", "204 None",
        ]
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                let index = Int(request.line.split(separator: " ")[1].dropFirst()) ?? 0
                connection.respond(
                    lines[index],
                    headers: [
                        "Location: http://127.0.0.1:1/elsewhere",
                        "WWW-Authenticate: Basic realm=\"x\"",
                    ])
            }
        } _: { server in
            let transport = CurlTransport()
            for index in lines.indices {
                let response = try await transport.send(
                    HTTPRequest(method: .put, url: "\(server.baseURL)/\(index)", body: [1]))
                #expect(lines[index].hasPrefix("\(response.status)"))
            }
            #expect(server.requests.value == lines.count)
        }
    }

    @Test("nothing is sent for a URL or a header that cannot be sent as written")
    func refusals() async throws {
        let transport = CurlTransport()
        for url in [
            "", "ftp://127.0.0.1/", "file:///etc/passwd", "http://user:pass@127.0.0.1/", "http://",
            "http://a b/", "http://127.0.0.1:99999/", "http://[::1/", "http://127.0.0.1\\@evil/",
        ] {
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest(method: .get, url: url))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.mayHaveReachedServer == false)
        }
        for header in [("x", "a\r\nb: c"), ("x\n", "a"), ("", "a"), ("x:", "a"), ("x", "a\0b")] {
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(
                    HTTPRequest(method: .get, url: "http://127.0.0.1:1/", headers: [header]))
            }
            #expect(error?.code == .unavailable)
        }
    }

    @Test("requests after a shutdown fail at once, and those under way fail with it")
    func shutdown() async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
            connection.waitForClose()
        } _: { server in
            let transport = CurlTransport()
            let pending = Task {
                try await transport.send(HTTPRequest(method: .put, url: server.baseURL))
            }
            try await server.requests.wait(forAtLeast: 1)
            transport.shutdown()
            let error = await #expect(throws: TransportError.self) { try await pending.value }
            #expect(error?.code == .cancelled)
            #expect(error?.mayHaveReachedServer == true)
            let late = await #expect(throws: TransportError.self) {
                try await transport.send(HTTPRequest(method: .get, url: server.baseURL))
            }
            #expect(late?.mayHaveReachedServer == false)
            transport.shutdown()
        }
    }
}
