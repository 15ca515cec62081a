import BulkTestSupport
import Testing

@testable import MavaAPI

@Suite("What is said of a request without an answer")
struct FailureTextTests {
    /// A transport that sends a read several times before it gives its last answer back.
    private struct Repeating: HTTPTransport {
        let inner: ScriptedTransport
        let tries: Int

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            for _ in 1..<tries { request.sendCount?.note() }
            request.sendCount?.note()
            return try await inner.send(request)
        }
    }

    private func message(_ reply: ScriptedTransport.Reply, tries: Int) async throws -> String? {
        let client = try MavaClient(
            baseURL: "https://h", key: try #require(APIKey("k")),
            transport: Repeating(inner: ScriptedTransport(replies: [reply]), tries: tries))
        let error = await #expect(throws: ClientError.self) { try await client.agents() }
        return error?.message
    }

    @Test("an error of the server has its status and the number of tries")
    func status() async throws {
        #expect(
            try await message(.error(503, "Down"), tries: 5)
                == "h:443 said: HTTP 503: Down (5 tries)")
        #expect(try await message(.error(500, "Oops"), tries: 1) == "h:443 said: HTTP 500: Oops")
        // The text has the status already.
        #expect(
            try await message(.json(500, ""), tries: 2)?.hasPrefix("h:443 said: HTTP 500 without")
                == true)
        // A wait that the server asks for is no try.
        #expect(
            try await message(.error(429, "Slow"), tries: 4)?.contains("tries") == false)
        let lost = TransportError(
            code: .connect, message: "No connection to h:443.", mayHaveReachedServer: false)
        #expect(
            try await message(.failure(lost), tries: 3) == "No connection to h:443 (3 tries).")
    }

    @Test("the transport counts what it sends, and says once why there is no connection")
    func refusedConnection() async throws {
        let transport = CurlTransport()
        defer { transport.shutdown() }
        let port = try RawServer.unusedPort()
        var request = HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)/")
        let count = SendCount()
        request.sendCount = count
        for _ in 0..<2 {
            let error = await #expect(throws: TransportError.self) {
                try await transport.send(request)
            }
            #expect(error?.message == "No connection to 127.0.0.1:\(port): Connection refused.")
        }
        #expect(count.value == 2)
    }

    @Test("a deadline that passed names the setting")
    func deadline() throws {
        let transfer = CurlTransfer(
            request: HTTPRequest(method: .get, url: "https://h/", timeout: .seconds(30)),
            target: CurlTarget(
                endpoint: try #require(HTTPEndpoint(url: "https://h/")), isLoopback: false),
            deadline: .now)
        #expect(
            transfer.timeoutError(reached: true).message
                == "h:443 gave no complete answer within 30.0 seconds; MavaConnection(timeout:) sets "
                + "how long one is waited for.")
    }

    @Test("a server without TLS is distinguished from other faults of a handshake")
    func plainHTTP() throws {
        #expect(CurlHandle.isPlain("error:0A00010B:SSL routines::wrong version number"))
        #expect(!CurlHandle.isPlain("error:0A000410:SSL routines::ssl/tls alert handshake failure"))
        func advice(_ url: String) throws -> String {
            CurlHandle.adviceOnPlainHTTP(at: try #require(HTTPEndpoint(url: url)))
        }
        #expect(try advice("https://127.0.0.1:8080/").hasSuffix("write its address with http://."))
        #expect(try advice("https://sandbox:8080/").contains("on loopback only"))
        #expect(try advice("https://sandbox:8080/").contains("MavaConnection(unencryptedHost:)"))
        #expect(try !advice("https://app.mava.app/").contains("http://"))
    }
}
