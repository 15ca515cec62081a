import Testing

@testable import MavaAPI

@Suite("The address that a quota is shared by")
struct QuotaAddressTests {
    @Test(
        "Spellings of one address are one",
        arguments: [
            (
                "https://app.mava.app",
                [
                    "HTTPS://App.Mava.App/", "https://app.mava.app:443", "https://app.mava.app.//",
                ]
            ),
            (
                "http://127.0.0.1:80",
                [
                    "http://localhost", "http://127.0.0.1", "http://[::1]/",
                    "http://LOCALHOST.:80/",
                    "http://127.9.9.9", "http://[0:0:0:0:0:0:0:1]", "http://[::ffff:127.0.0.1]",
                    "http://[::ffff:7f00:1]", "http://127.1", "http://0x7f000001",
                    "http://2130706433",
                    "http://0.0.0.0", "http://[::]", "http://me.localhost",
                ]
            ),
            (
                "https://desk.example/a%2Fb/c",
                [
                    "https://DESK.example.:443//a%2fb//c/", "https://desk.example/%61%2Fb/%63",
                ]
            ), ("https://[2001:db8::1]", ["https://[2001:DB8:0:0:0:0:0:1]:443/"]),
            ("https://10.0.0.1", ["https://10.1", "https://[::ffff:10.0.0.1]"]),
        ])
    func one(address: String, spellings: [String]) {
        for spelling in spellings {
            #expect(QuotaAddress(spelling) == QuotaAddress(address), "\(spelling)")
        }
    }

    @Test("Other addresses stay apart")
    func apart() {
        let addresses = [
            "https://app.mava.app", "https://gateway.mava.app", "http://app.mava.app",
            "https://app.mava.app:8443",
            "https://mava.example", "https://app.mava.app/api", "https://app.mava.app/API",
            "https://app.mava.app/a%2Fpi", "https://127.0.0.1", "https://128.0.0.1",
            "https://[::2]",
            "http://localhost:8080", "http://localhost:8081", "https://localhost.example",
        ]
        #expect(Set(addresses.map(QuotaAddress.init)).count == addresses.count)
    }
}
