import BulkTestSupport
import MavaAPI
import Testing

@Suite("The transport over TLS", .enabled(if: PrivateAuthority.opensslPath != nil))
struct TLSTests {
    @Test("a private authority is trusted when it is named, and only then")
    func privateAuthority() async throws {
        let authority = try PrivateAuthority(names: "IP:127.0.0.1,DNS:localhost")
        let other = try PrivateAuthority(names: "IP:127.0.0.1")
        try await authority.withServer { port in
            let url = "https://127.0.0.1:\(port)/"
            let trusting = transport(caFile: authority.caFile)
            for _ in 1...2 {
                let response = try await trusting.send(HTTPRequest(method: .get, url: url))
                #expect(response.status == 200)
                #expect(!response.body.isEmpty)
            }
            for caFile in [nil, other.caFile] {
                try await expectDistrust(url, caFile: caFile)
            }
            // The server is still running: the client refused the connections.
            #expect(try await trusting.send(HTTPRequest(method: .get, url: url)).status == 200)
        }
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let authority = try PrivateAuthority(names: "DNS:elsewhere.example")
        try await authority.withServer { port in
            for host in ["127.0.0.1", "localhost"] {
                try await expectDistrust("https://\(host):\(port)/", caFile: authority.caFile)
            }
        }
    }

    @Test("a missing file of authorities is an error, not a reason to trust")
    func missingFile() async throws {
        let authority = try PrivateAuthority(names: "IP:127.0.0.1")
        let directory = try TemporaryDirectory()
        try directory.write("not a certificate", to: "empty.pem")
        try await authority.withServer { port in
            for name in ["missing.pem", "empty.pem"] {
                try await expectDistrust(
                    "https://127.0.0.1:\(port)/", caFile: directory.file(name))
            }
        }
    }

    @Test("a server that does not speak TLS is a TLS failure, and sees no request")
    func plainServer() async throws {
        try await RawServer.with { connection in
            _ = connection.readRequest()
            connection.respond()
        } _: { server in
            // The script waits for a whole HTTP request, which a TLS greeting is not.
            let error = await #expect(throws: TransportError.self) {
                try await CurlTransport().send(
                    HTTPRequest(
                        method: .put, url: "https://127.0.0.1:\(server.port)/",
                        timeout: .milliseconds(200)))
            }
            #expect([.tls, .timeout].contains(error?.code))
            #expect(error?.mayHaveReachedServer == false)
            #expect(server.requests.value == 0)
        }
    }

    private func transport(caFile: String?) -> CurlTransport {
        CurlTransport(configuration: CurlTransport.Configuration(caFile: caFile))
    }

    private func expectDistrust(_ url: String, caFile: String?) async throws {
        let transport = transport(caFile: caFile)
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(
                HTTPRequest(method: .get, url: url, headers: [("x-auth-token", "k")]))
        }
        #expect(error?.code == .untrusted, "\(String(describing: error))")
        #expect(error?.mayHaveReachedServer == false)
    }
}
