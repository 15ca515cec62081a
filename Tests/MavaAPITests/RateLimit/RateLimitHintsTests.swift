import BulkTestSupport
import MavaAPI
import Testing

/// Headers and their expected meaning.
struct HintCase: Sendable, CustomTestStringConvertible {
    var name: String
    var headers: [(name: String, value: String)]
    var retryAfter: Duration?
    var windows: [RateLimitWindow]

    init(
        _ name: String, _ headers: [(String, String)], retryAfter: Duration? = nil,
        _ windows: [RateLimitWindow] = []
    ) {
        self.name = name
        self.headers = headers.map { (name: $0.0, value: $0.1) }
        self.retryAfter = retryAfter
        self.windows = windows
    }

    var testDescription: String { name }
}

@Suite("Rate-limit headers")
struct RateLimitHintsTests {
    static let date = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")  // 784111777

    @Test(
        "every usual form is understood",
        arguments: [
            HintCase("nothing", [date]),
            HintCase("retry in seconds", [("Retry-After", " 120 ")], retryAfter: .seconds(120)),
            HintCase("retry at once", [("Retry-After", "0")], retryAfter: .zero),
            HintCase(
                "retry at a date", [date, ("Retry-After", "Sun, 06 Nov 1994 08:50:07 GMT")],
                retryAfter: .seconds(30)),
            HintCase(
                "retry at a date of RFC 850",
                [date, ("Retry-After", "Sunday, 06-Nov-94 08:50:07 GMT")], retryAfter: .seconds(30)),
            HintCase(
                "retry at a date of asctime", [date, ("Retry-After", "Sun Nov  6 08:50:07 1994")],
                retryAfter: .seconds(30)),
            HintCase(
                "retry at a past date", [date, ("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT")],
                retryAfter: .zero),
            HintCase(
                "retry at an epoch",
                [("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Retry-After", "1767225612")],
                retryAfter: .seconds(12)),
            HintCase("a date without a Date", [("Retry-After", "Sun Nov  6 08:50:07 1994")]),
            HintCase(
                "retry behind names, the longest of them",
                [
                    ("Retry-After-short", "2"), ("retry-after-Long", "50"),
                    ("X-RateLimit-Retry-After", "7"),
                ],
                retryAfter: .seconds(50)),
            HintCase(
                "retry in milliseconds", [("Retry-After-Ms", "1500")],
                retryAfter: .milliseconds(1500)),
            HintCase(
                "named limits of NestJS",
                [
                    ("X-RateLimit-Limit-short", "3"), ("X-RateLimit-Remaining-short", "0"),
                    ("X-RateLimit-Reset-short", "5"), ("X-RateLimit-Limit-long", "90"),
                    ("X-RateLimit-Remaining-long", "40"), ("X-RateLimit-Reset-long", "rubbish"),
                ],
                [
                    RateLimitWindow(name: "long", limit: 90, remaining: 40),
                    RateLimitWindow(name: "short", limit: 3, remaining: 0, resetAfter: .seconds(5)),
                ]),
            HintCase(
                "a minute's limit, behind and inside",
                [("X-RateLimit-Limit-Minute", "400"), ("X-RateLimit-Remaining-Minute", "3")],
                [RateLimitWindow(name: "minute", limit: 400, remaining: 3, length: .seconds(60))]),
            HintCase(
                "a minute's limit inside", [("x-ratelimit-minute-limit", "400")],
                [RateLimitWindow(name: "minute", limit: 400, length: .seconds(60))]),
            HintCase(
                "a total, a window and a reset as ISO 8601",
                [
                    date, ("X-RateLimit-Total", "100"), ("X-RateLimit-Remaining", "5"),
                    ("X-RateLimit-Window", "30"), ("X-RateLimit-Reset", "1994-11-06T08:50:07.500Z"),
                ],
                [
                    RateLimitWindow(
                        limit: 100, remaining: 5, resetAfter: .seconds(30), length: .seconds(30))
                ]),
            HintCase(
                "a reset as JavaScript writes it",
                [
                    date, ("X-RateLimit-Remaining", "5"),
                    (
                        "X-RateLimit-Reset",
                        "Sun Nov 06 1994 09:50:07 GMT+0100 (Central European Standard Time)"
                    ),
                ], [RateLimitWindow(remaining: 5, resetAfter: .seconds(30))]),
            HintCase(
                "a reset as a date of HTTP",
                [date, ("X-RateLimit-Reset", "Sun, 06 Nov 1994 08:50:07 GMT")],
                [RateLimitWindow(resetAfter: .seconds(30))]),
            HintCase(
                "a reset that is no date", [date, ("X-RateLimit-Reset", "1994-13-06T08:50:07Z")]),
            HintCase(
                "a bare limit", [("X-Rate-Limit", "700"), ("X-Rate-Limit-Remaining", "699")],
                [RateLimitWindow(limit: 700, remaining: 699)]),
            HintCase(
                "used of allowed", [("X-Shop-Api-Call-Limit", "10/40")],
                [RateLimitWindow(limit: 40, remaining: 30)]),
            HintCase(
                "used of nothing", [("X-Shop-Api-Call-Limit", "10/x"), ("X-Call-Limit", "5")]),
            HintCase("retry malformed", [("Retry-After", "soon"), ("Retry-After", "-5")]),
            HintCase(
                "draft 6",
                [
                    ("RateLimit-Limit", "100"), ("RateLimit-Remaining", "50"),
                    ("RateLimit-Reset", "20"),
                ],
                [RateLimitWindow(limit: 100, remaining: 50, resetAfter: .seconds(20))]),
            HintCase(
                "draft 6 with policies",
                [
                    ("RateLimit-Limit", "100, 100;w=10;comment=\"a, b;c\", 5000;w=3600"),
                    ("RateLimit-Remaining", "50"), ("RateLimit-Reset", "20"),
                ],
                [
                    RateLimitWindow(
                        limit: 100, remaining: 50, resetAfter: .seconds(20), length: .seconds(10)),
                    RateLimitWindow(limit: 5000, length: .seconds(3600)),
                ]),
            HintCase(
                "draft 7",
                [
                    ("RateLimit", "limit=90, remaining=12, reset=29"),
                    ("RateLimit-Policy", "90;w=30, 1000;w=3600"),
                ],
                [
                    RateLimitWindow(
                        limit: 90, remaining: 12, resetAfter: .seconds(29), length: .seconds(30)),
                    RateLimitWindow(limit: 1000, length: .seconds(3600)),
                ]),
            HintCase(
                "draft 8",
                [
                    ("RateLimit", "\"burst\";r=3;t=7, \"day, all\";r=900;t=40000"),
                    ("RateLimit-Policy", "\"burst\";q=90;w=30"),
                    ("RateLimit-Policy", "\"day, all\";q=1000;w=86400;pk=:abc:"),
                ],
                [
                    RateLimitWindow(
                        name: "burst", limit: 90, remaining: 3, resetAfter: .seconds(7),
                        length: .seconds(30)),
                    RateLimitWindow(
                        name: "day, all", limit: 1000, remaining: 900, resetAfter: .seconds(40000),
                        length: .seconds(86400)),
                ]),
            HintCase(
                "a policy alone", [("RateLimit-Policy", "\"x\";q=90;w=30")],
                [RateLimitWindow(name: "x", limit: 90, length: .seconds(30))]),
            HintCase(
                "X-RateLimit, reset in epoch seconds",
                [
                    ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), ("X-RateLimit-Limit", "90"),
                    ("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "1767225612"),
                ],
                [RateLimitWindow(limit: 90, remaining: 1, resetAfter: .seconds(12))]),
            HintCase(
                "X-Rate-Limit with two headers of each",
                [
                    ("X-Rate-Limit-Limit", "90"), ("X-Rate-Limit-Limit", "1000"),
                    ("X-Rate-Limit-Remaining", "89"), ("X-Rate-Limit-Remaining", "7"),
                    ("X-Rate-Limit-Reset", "3"), ("X-Rate-Limit-Reset", "59.5"),
                ],
                [
                    RateLimitWindow(limit: 90, remaining: 89, resetAfter: .seconds(3)),
                    RateLimitWindow(limit: 1000, remaining: 7, resetAfter: .seconds(59.5)),
                ]),
            HintCase(
                "Zendesk",
                [("Zendesk-RateLimit-Tickets-Index", "total=100; remaining=99; resets=41")],
                [RateLimitWindow(limit: 100, remaining: 99, resetAfter: .seconds(41))]),
            HintCase(
                "Zendesk's form in RateLimit", [("ratelimit", "total=100; remaining=0; resets=41")],
                [RateLimitWindow(limit: 100, remaining: 0, resetAfter: .seconds(41))]),
            HintCase(
                "a reset beyond two windows is ignored",
                [("X-RateLimit-Remaining", "5"), ("X-RateLimit-Reset", "61")],
                [RateLimitWindow(remaining: 5)]),
            HintCase(
                "malformed numbers are ignored",
                [
                    ("X-RateLimit-Limit", "many"), ("X-RateLimit-Remaining", "-1"),
                    ("X-RateLimit-Reset", "1e5"), ("RateLimit", "\"a;r=1"),
                    ("RateLimit-Policy", ";;;=,=,,\"\\"),
                    ("RateLimit-Limit", "99999999999999999999999999"),
                ]),
        ])
    func forms(hint: HintCase) {
        let hints = RateLimitHints(HTTPResponse(status: 200, headers: hint.headers))
        #expect(hints.retryAfter == hint.retryAfter)
        #expect(hints.windows == hint.windows)
    }

    @Test("a reset as a point in time is measured against the answer's Date, else against now")
    func epochs() {
        let now = ("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
        for reset in ["1767225612", "1767225612000", "1767225612.0", "12"] {
            let headers = [("X-RateLimit-Remaining", "5"), ("X-RateLimit-Reset", reset)]
            let dated = RateLimitHints(
                HTTPResponse(status: 200, headers: ([now] + headers).map { ($0.0, $0.1) }),
                now: 5)
            #expect(dated.windows == [RateLimitWindow(remaining: 5, resetAfter: .seconds(12))])
            let clocked = RateLimitHints(
                HTTPResponse(status: 200, headers: headers.map { ($0.0, $0.1) }),
                now: 1_767_225_600)
            #expect(clocked == dated)
        }
        let past = RateLimitHints(
            HTTPResponse(
                status: 200,
                headers: [now, ("X-RateLimit-Reset", "1767225599")].map { ($0.0, $0.1) }))
        #expect(past.windows.isEmpty)
    }

    @Test("the strictest quota is the one with the fewest left, then the lowest rate")
    func strictest() {
        let many = RateLimitWindow(limit: 1000, remaining: 50, length: .seconds(60))
        let few = RateLimitWindow(limit: 90, remaining: 3, length: .seconds(30))
        let slow = RateLimitWindow(limit: 10, remaining: 3, length: .seconds(30))
        let silent = RateLimitWindow(limit: 1, length: .seconds(3600))
        #expect(RateLimitHints(windows: [many, few, slow, silent]).strictest == slow)
        #expect(RateLimitHints(windows: [silent, many]).strictest == many)
        #expect(RateLimitHints().strictest == nil)
        #expect(RateLimitHints().isEmpty)
    }

    @Test("no header, however strange, makes reading fail or gives a negative number")
    func fuzz() {
        let names = [
            "date", "retry-after", "ratelimit", "ratelimit-policy", "ratelimit-limit",
            "ratelimit-remaining", "ratelimit-reset", "x-ratelimit-limit", "x-ratelimit-remaining",
            "x-ratelimit-reset", "x-rate-limit-reset", "zendesk-ratelimit-x",
        ]
        let pieces = [
            "\"", "\\", ";", ",", "=", " ", "\t", "r", "t", "q", "w", "limit", "remaining", "reset",
            "0", "1", "9", "30", "90", "1767225600", "1767225612000", "9223372036854775808", "-",
            ".",
            "1e400", "nan", "inf", "é", "\u{0}", "\u{1F600}", "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sun Nov  6 08:50:07 1994", "\"a\";q=90;w=30", "\"a\";r=3;t=7", "limit=9, remaining=1",
        ]
        var generator = SeededGenerator(seed: 42)
        for _ in 0..<5000 {
            let headers = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                let value = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator)!
                }
                return (name: names.randomElement(using: &generator)!, value: value.joined())
            }
            let hints = RateLimitHints(HTTPResponse(status: 429, headers: headers))
            #expect((hints.retryAfter ?? .zero) >= .zero)
            for window in hints.windows {
                #expect((window.limit ?? 0) >= 0 && (window.remaining ?? 0) >= 0)
                #expect((window.resetAfter ?? .zero) >= .zero && (window.length ?? .zero) >= .zero)
                #expect((window.resetAfter ?? .zero) <= (window.length ?? .seconds(30)) * 2)
            }
            _ = hints.strictest
        }
    }
}
