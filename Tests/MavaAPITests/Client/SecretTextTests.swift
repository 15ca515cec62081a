import BulkTestSupport
import Testing

@testable import MavaAPI

@Suite("Secrets are taken out of foreign texts")
struct SecretTextTests {
    @Test(
        "a URL loses its user information, and so does user:password@host",
        arguments: [
            ("http://u:p@proxy:3128", "http://<redacted>@proxy:3128"),
            ("see https://token@host/x, then", "see https://<redacted>@host/x, then"),
            ("'http://a:b@c@d/e'", "'http://<redacted>@d/e'"),
            ("in \"socks5h://u:p,q(r@[::1]:9\"", "in \"socks5h://<redacted>@[::1]:9\""),
            ("u:secret@proxy", "<redacted>@proxy"),
            ("two http://a:b@c https://d:e@f", "two http://<redacted>@c https://<redacted>@f"),
            // Nothing here is user information.
            ("ada@acme.com", "ada@acme.com"),
            ("mailto:ada@acme.com", "mailto:ada@acme.com"),
            ("https://host/agents/ada@acme.com", "https://host/agents/ada@acme.com"),
            ("https://host?mail=ada@acme.com", "https://host?mail=ada@acme.com"),
            ("no secret", "no secret"),
            ("", ""),
        ])
    func urls(text: String, shown: String) {
        #expect(SecretText.removed(from: text, key: nil, credentials: []) == shown)
    }

    @Test(
        "the environment's proxies give up user name and password, however malformed the address",
        arguments: [
            ("http://user:s3cr/et pass@proxy:1", "'http://user:s3cr/et pass@proxy:1'"),
            ("user:pa%2Fss@proxy", "password pa/ss was refused"),
            ("http://user:p@ss?word@proxy", "p@ss?word"),
            ("http://justatoken@proxy", "justatoken"),
        ])
    func credentials(variable: String, text: String) {
        let credentials = SecretText.credentials(inURLs: [variable])
        let shown = SecretText.removed(from: text, key: nil, credentials: credentials)
        #expect(shown.contains("<redacted>"))
        for secret in ["s3cr", "et pass", "pa/ss", "p@ss", "word@", "justatoken"] {
            #expect(!shown.contains(secret), "\(shown)")
        }
    }

    @Test("an address without user information names no secret")
    func noCredentials() {
        #expect(SecretText.credentials(inURLs: ["http://proxy:3128", "", "://", "@", "a@b"]) == [])
    }

    @Test("the key is removed as it is and percent-encoded, and a short one is not")
    func key() throws {
        let key = try #require(APIKey("k+ey/123456"))
        let text = "token=k%2Bey%2F123456 or k+ey/123456"
        #expect(
            SecretText.removed(from: text, key: key, credentials: [])
                == "token=<redacted> or <redacted>")
        let short = try #require(APIKey("sample"))
        #expect(
            SecretText.removed(from: "a sample", key: short, credentials: []) == "a sample")
    }

    @Test(
        "the key is found wherever a body holds it",
        arguments: [
            ("k+ey/123456", "<redacted>"), ("xk+ey/123456", "x<redacted>"),
            ("k+ey/123456x", "<redacted>x"), ("kk+ekk+ey/123456", "kk+ek<redacted>"),
            ("k+ey/12345", "k+ey/12345"), ("k+ey/12345k+ey/12345", "k+ey/12345k+ey/12345"),
            ("", ""),
        ])
    func body(text: String, shown: String) throws {
        let key = try #require(APIKey("k+ey/123456"))
        let response = SecretText.removed(
            from: HTTPResponse(status: 200, body: Array(text.utf8)), key: key)
        #expect(String(decoding: response.body, as: UTF8.self) == shown)
    }

    @Test("a listing that repeats the key gives names and headers without it")
    func listing() async throws {
        let (client, _) = try scriptedClient { _, _ in
            .json(200, #"{"agents":[{"id":"1","username":"s3cret-key","email":"x@s3cret-key.y"}]}"#)
        }
        let listing = try await client.agents()
        #expect(listing.elements.map(\.username) == ["<redacted>"])
        #expect(listing.elements.map(\.email) == ["x@<redacted>.y"])
    }

    @Test("an error of the transport that repeats the key is cleaned by the client")
    func transportError() async throws {
        let (client, _) = try scriptedClient { _, _ in
            .failure(
                TransportError(
                    code: .connect, message: "cannot send x-auth-token: s3cret-key",
                    mayHaveReachedServer: false))
        }
        let update = TicketUpdate(ticketID: MavaClientTests.id, status: .resolved)
        let error = await #expect(throws: TransportError.self) {
            try await client.update(update)
        }
        #expect(error?.message == "cannot send x-auth-token: <redacted>")
    }
}
