import Testing

@testable import MavaAPI

@Suite("The base URL")
struct BaseURLTests {
    @Test(
        "a usable address is taken, without the slash at its end",
        arguments: [
            ("https://app.mava.app", "https://app.mava.app"),
            ("https://app.mava.app/", "https://app.mava.app"),
            ("HTTPS://gateway.mava.app:8443/v1//", "https://gateway.mava.app:8443/v1"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.9.8.7", "http://127.9.8.7"),
            ("http://LOCALHOST:1/", "http://LOCALHOST:1"),
            ("http://[::1]:9/x", "http://[::1]:9/x"),
        ])
    func usable(url: String, text: String) throws {
        #expect(try BaseURL(url).text == text)
    }

    @Test(
        "an address that would send the key unencrypted is refused",
        arguments: [
            "http://app.mava.app", "http://10.0.0.1", "http://127.0.0.1.evil.com",
            "http://localhost.evil.com", "http://127.1", "http://0127.0.0.1", "http://[::2]",
            "http://127.0.0.256", "http://2130706433", "http://0x7f.0.0.1", "http://127.0.0.01",
        ])
    func insecure(url: String) {
        let error = #expect(throws: ConfigurationError.self) { try BaseURL(url) }
        #expect(error?.code == .insecureBaseURL)
    }

    @Test(
        "plain http goes to the one host that is named",
        arguments: [
            ("http://sandbox:8080", "sandbox"), ("http://SandBox", "sandBOX"),
            ("http://10.0.0.1:1", "10.0.0.1"), ("http://[fd00::1]:1", "[fd00::1]"),
            ("http://127.0.0.1", "sandbox"), ("https://app.mava.app", "sandbox"),
        ])
    func unencrypted(url: String, host: String) throws {
        #expect(
            try BaseURL(url, unencryptedHost: host).endpoint.host == HTTPEndpoint(url: url)?.host)
    }

    @Test(
        "plain http goes to no other host, and never to Mava's own",
        arguments: [
            ("http://sandbox.evil.com", "sandbox"), ("http://sandbox:8080", "sandbox:8080"),
            ("http://evil.com/sandbox", "sandbox"), ("http://sandbox.", "sandbox"),
            ("http://10.0.0.10", "10.0.0.1"), ("http://sandbox", ""), ("http://sandbox", "*"),
            ("http://app.mava.app", "app.mava.app"), ("http://mava.app", "mava.app"),
            ("http://gateway.Mava.App.", "gateway.mava.app."),
        ])
    func otherHost(url: String, host: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try BaseURL(url, unencryptedHost: host)
        }
        #expect(error?.code == .insecureBaseURL)
    }

    @Test(
        "what is not a base URL is refused, without repeating a password",
        arguments: [
            "", "app.mava.app", "ftp://x", "https:", "https://", "https:///x", "https://user@h",
            "https://user:hunter2@h/", "https://h?x=1", "https://h/#f", "https://h:0",
            "https://h:65536", "https://h:", "https://h:1:2", "https://[::1", "https://[zz]",
            "https://ex ample", "https://münchen.de", "https://h\\@evil", "https://h/\n",
            "https://h/a/../b", "https://h/.", "javascript:alert(1)", "https://[::1]x",
        ])
    func unusable(url: String) {
        let error = #expect(throws: ConfigurationError.self) { try BaseURL(url) }
        #expect(error?.code == .invalidBaseURL)
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test("loopback is this machine's own names and numbers only")
    func loopback() {
        for host in ["localhost", "127.0.0.1", "127.255.255.255", "[::1]"] {
            #expect(HTTPEndpoint(url: "http://\(host)/")?.isLoopback == true)
        }
        for host in ["mava.app", "128.0.0.1", "127.0.0", "127.0.0.1.", "[::ffff:7f00:1]"] {
            #expect(HTTPEndpoint(url: "https://\(host)/")?.isLoopback == false)
        }
        #expect(HTTPEndpoint(url: "https://Mava.App/x")?.description == "mava.app:443")
        #expect(HTTPEndpoint(url: "http://h:81?x")?.description == "h:81")
    }
}
