import Testing

@testable import MavaAPI

@Suite("The variable that names the proxy")
struct ProxyVariableTests {
    @Test(
        "As libcurl reads them",
        arguments: [
            ("https://desk.example", ["https_proxy": "http://p:1"], "proxy p:1 (from https_proxy)"),
            (
                "https://desk.example", ["https_proxy": "a:1", "HTTPS_PROXY": "b:2"],
                "proxy a:1 (from https_proxy)"
            ),
            (
                "https://desk.example", ["https_proxy": "", "HTTPS_PROXY": "b:2"],
                "proxy b:2 (from HTTPS_PROXY)"
            ),
            (
                "https://desk.example", ["ALL_PROXY": "socks5h://u:p@s:1080/x"],
                "proxy s:1080 (from ALL_PROXY)"
            ),
            (
                "https://desk.example", ["ALL_PROXY": "http://u:a/b@c#d?e@s:1"],
                "proxy s:1 (from ALL_PROXY)"
            ), ("https://desk.example", ["ALL_PROXY": "u:pass word"], "proxy (from ALL_PROXY)"),
            ("https://desk.example", ["http_proxy": "p:1", "HTTP_PROXY": "p:1"], nil),
            ("http://desk.example", ["HTTP_PROXY": "p:1"], nil),
            ("http://desk.example", ["http_proxy": "p:1", "ALL_PROXY": "s:1"], nil),
            ("https://127.0.0.1:8443", ["https_proxy": "p:1"], nil),
            (
                "https://a.desk.example", ["https_proxy": "p:1", "no_proxy": "x, .Desk.example"],
                nil
            ),
            ("https://desk.example", ["https_proxy": "p:1", "NO_PROXY": "*"], nil),
            (
                "https://mydesk.example", ["https_proxy": "p:1", "no_proxy": "desk.example"],
                "proxy p:1 (from https_proxy)"
            ), ("https://desk.example", [:], nil),
        ] as [(String, [String: String], String?)])
    func inForce(url: String, environment: [String: String], text: String?) throws {
        let endpoint = try #require(HTTPEndpoint(url: url))
        #expect(ProxyVariable(for: endpoint, in: environment)?.description == text)
    }
}
