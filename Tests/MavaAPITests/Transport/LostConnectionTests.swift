import BulkTestSupport
import Testing

@testable import MavaAPI

@Suite("The transport when connections fail, time passes and callers give up")
struct LostConnectionTests {
    @Test("a server that takes a request on a reused connection and hangs up is not asked again")
    func noSilentRepetition() async throws {
        try await RawServer.with { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond()
            // The second request is received, perhaps carried out, and never answered.
            _ = connection.readRequest()
        } _: { server in
            for method in [HTTPRequest.Method.put, .get] {
                let before = server.requests.value
                let transport = CurlTransport.patient()
                let request = HTTPRequest(method: method, url: server.baseURL)
                _ = try await transport.send(request)
                let error = await #expect(throws: TransportError.self) {
                    try await transport.send(request)
                }
                #expect(error?.code == .connectionLost)
                #expect(error?.mayHaveReachedServer == true)
                #expect(error?.isOfReusedConnection == true)
                #expect(server.requests.value == before + 2)
                // The transport continues on a new connection.
                #expect(try await transport.send(request).status == 200)
            }
        }
    }

    @Test("a connection that the server closed while it was idle is replaced")
    func idleClose() async throws {
        let closed = ObservedCount()
        try await RawServer.with { connection in
            guard connection.readRequest() != nil else { return }
            connection.respond()
            connection.finishSending()
            closed.add()
            connection.waitForClose()
        } _: { server in
            let transport = CurlTransport()
            for round in 1...5 {
                let response = try await transport.send(
                    HTTPRequest(method: .put, url: server.baseURL, body: [1]))
                #expect(response.status == 200)
                try await closed.wait(forAtLeast: round)
            }
            #expect(server.accepted.value == 5)
            #expect(server.requests.value == 5)
        }
    }

    @Test("where nobody listens, nothing can have reached the server")
    func refusedConnection() async throws {
        let port = try RawServer.unusedPort()
        let error = await #expect(throws: TransportError.self) {
            try await CurlTransport().send(
                HTTPRequest(method: .put, url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.code == .connect)
        #expect(error?.mayHaveReachedServer == false)
        #expect(error?.isOfReusedConnection == false)
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
    }

    @Test(
        "the deadline holds however the server dawdles",
        arguments: [
            "", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab",
        ])
    func deadline(answer: String) async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
            connection.send(answer)
            connection.waitForClose()
        } _: { server in
            let error = await #expect(throws: TransportError.self) {
                try await CurlTransport().send(
                    HTTPRequest(method: .put, url: server.baseURL, timeout: .milliseconds(250)))
            }
            #expect(error?.code == .timeout)
            #expect(error?.mayHaveReachedServer == true)
            // The system accepts a connection before the server's thread does.
            try await server.accepted.wait(forAtLeast: 1)
            #expect(server.accepted.value == 1)
        }
    }

    @Test("the deadline also holds while a request waits for a free connection")
    func deadlineInQueue() async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
            connection.waitForClose()
        } _: { server in
            let transport = CurlTransport(
                configuration: CurlTransport.Configuration(maxConnections: 1))
            let first = Task {
                try await transport.send(HTTPRequest(method: .put, url: server.baseURL))
            }
            try await server.requests.wait(forAtLeast: 1)
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(
                    HTTPRequest(method: .put, url: server.baseURL, timeout: .milliseconds(50)))
            }
            #expect(error?.code == .timeout)
            #expect(error?.mayHaveReachedServer == false)
            #expect(server.requests.value == 1)
            first.cancel()
            _ = await first.result
        }
    }

    @Test("a deadline that is over before the start sends nothing")
    func pastDeadline() async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
        } _: { server in
            let transport = CurlTransport()
            for timeout in [Duration.zero, .seconds(-1)] {
                let error = await #expect(throws: TransportError.self) {
                    try await transport.send(
                        HTTPRequest(method: .put, url: server.baseURL, timeout: timeout))
                }
                #expect(error?.code == .timeout)
                #expect(error?.mayHaveReachedServer == false)
            }
            #expect(server.accepted.value == 0)
        }
    }

    @Test("cancelling the task ends the request at once and hangs up")
    func cancellation() async throws {
        let hungUp = ObservedCount()
        try await RawServer.with { connection in
            _ = connection.readRequest()
            connection.waitForClose()
            hungUp.add()
        } _: { server in
            let transport = CurlTransport()
            let tasks = (0..<20).map { _ in
                // A deadline of a day: only the cancellation can end these.
                Task {
                    try await transport.send(
                        HTTPRequest(method: .put, url: server.baseURL, timeout: .seconds(86_400)))
                }
            }
            try await server.requests.wait(forAtLeast: 20)
            for task in tasks { task.cancel() }
            for task in tasks {
                let error = await #expect(throws: TransportError.self) { try await task.value }
                #expect(error?.code == .cancelled)
                #expect(error?.mayHaveReachedServer == true)
            }
            try await hungUp.wait(forAtLeast: 20)
        }
    }

    @Test("a task that is cancelled already sends nothing")
    func cancelledBefore() async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
        } _: { server in
            let transport = CurlTransport()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await transport.send(HTTPRequest(method: .put, url: server.baseURL))
            }
            let error = await #expect(throws: TransportError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(error?.mayHaveReachedServer == false)
            #expect(server.accepted.value == 0)
        }
    }

    @Test("cancelling at any moment resumes every task exactly once")
    func cancellationRace() async throws {
        try await RawServer.with { connection in
            while connection.readRequest() != nil { connection.respond(body: "{}") }
        } _: { server in
            let transport = CurlTransport(
                configuration: CurlTransport.Configuration(maxConnections: 8))
            var generator = SeededGenerator(seed: 3)
            var cancelled = 0
            for _ in 0..<20 {
                let tasks = (0..<20).map { _ in
                    Task {
                        try await transport.send(
                            HTTPRequest(method: .put, url: server.baseURL, body: [1]))
                    }
                }
                for task in tasks.shuffled(using: &generator) {
                    if Bool.random(using: &generator) { task.cancel() }
                }
                for task in tasks {
                    switch await task.result {
                    case .success(let response): #expect(response.status == 200)
                    case .failure(let error as TransportError):
                        #expect(error.code == .cancelled)
                        cancelled += 1
                    case .failure(let error): Issue.record(error)
                    }
                }
            }
            #expect(cancelled > 0)
        }
    }

    @Test("libcurl's results mean what they say, and less was sent when no connection stood")
    func resultCodes() {
        let table: [(results: [Int], before: TransportError.Code, after: TransportError.Code)] = [
            ([5, 6], .resolve, .resolve), ([7, 97], .connect, .connect),
            ([35, 58, 59, 98], .tls, .tls), ([60, 77, 82, 83, 90, 91], .untrusted, .untrusted),
            ([28], .timeout, .timeout),
            ([8, 61], .malformedResponse, .malformedResponse),
            ([1], .unavailable, .malformedResponse), ([27], .unavailable, .tooLarge),
            ([100], .tooLarge, .tooLarge), ([2, 3, 4, 48], .unavailable, .unavailable),
            ([16, 18, 52, 55, 56, 92, 99, 12345], .connect, .connectionLost),
        ]
        for (results, before, after) in table {
            for result in results {
                #expect(CurlHandle.code(for: result, reached: false) == before)
                #expect(CurlHandle.code(for: result, reached: true) == after)
            }
        }
    }
}
