import MavaSandbox
import Testing

/// Bytes that are not a valid request, sent by a Python socket.
@Suite struct MalformedRequestTests {
    /// The bytes sent, and the resulting status.
    static let cases: [(name: String, bytes: String, status: Int)] = [
        ("no request line", "\r\n\r\n\r\n\r\n\r\n\r\n", 400),
        ("one word", "GET\r\n\r\n", 400),
        ("two words", "GET /\r\n\r\n", 400),
        ("HTTP/0.9", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505),
        ("HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        ("an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        ("no version", "GET / HTTP\r\nHost: x\r\n\r\n", 400),
        ("a lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n", 400),
        ("LF alone", "GET / HTTP/1.1\nHost: x\n\n", 400),
        ("LF alone in a field", "GET / HTTP/1.1\r\nHost: x\n\r\n", 400),
        ("a CR in a field", "GET / HTTP/1.1\r\nHost: x\ry\r\n\r\n", 400),
        ("a method that is not a token", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("a control character in the target", "GET /\u{01} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("raw Latin-1 in the target", "GET /\u{E9} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("a fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("a target without slash", "GET api HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("a target of another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("an asterisk for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("TLS on a plain port", "\u{16}\u{03}\u{01}\u{02}\u{00}\r\n\r\n", 400),
        ("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
        ("a field without colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400),
        ("a field without name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400),
        ("a space before the colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        ("a folded field", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
        ("a NUL in a field", "GET / HTTP/1.1\r\nHost: x\r\nA: \u{00}\r\n\r\n", 400),
        (
            "Content-Length of letters", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n",
            400
        ),
        ("Content-Length below 0", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (
            "Content-Length with plus", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
            400
        ),
        ("a list of lengths", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", 400),
        (
            "two lengths",
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400
        ),
        (
            "a length beyond all numbers",
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400
        ),
        ("a great length", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", 413),
        (
            "both framings",
            "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\n", 400
        ),
        ("an unknown coding", "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (
            "chunked twice",
            "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n", 400
        ),
        ("chunked in 1.0", "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("a chunk's size of letters", chunked("zz\r\n"), 400),
        ("no chunk size", chunked("\r\n"), 400),
        ("a chunk with LF alone", chunked("1\na\r\n0\r\n\r\n"), 400),
        ("a chunk longer than its size", chunked("1\r\nab\r\n0\r\n\r\n"), 400),
        ("a chunk without end", chunked("ffffffff\r\n"), 413),
        ("a chunk size beyond all numbers", chunked("fffffffffffffffff\r\n"), 413),
        ("an endless chunk extension", chunked("1;" + String(repeating: "x", count: 5000)), 400),
        (
            "an endless trailer",
            chunked("0\r\n" + String(repeating: "A: bbbbbbbbbbbbbbb\r\n", count: 400) + "\r\n"), 431
        ),
        ("an unknown expectation", "GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417),
        (
            "a long request line",
            "GET /" + String(repeating: "a", count: 9000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414
        ),
        ("a request line without end", String(repeating: "a", count: 9000), 414),
        (
            "a long field",
            "GET / HTTP/1.1\r\nHost: x\r\nA: " + String(repeating: "a", count: 40_000) + "\r\n\r\n",
            431
        ),
        (
            "fields without end",
            "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 10_000), 431
        ),
        (
            "a hundred and one fields",
            "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "A: b\r\n", count: 100) + "\r\n",
            431
        ),
    ]

    private static func chunked(_ body: String) -> String {
        "PUT /api/ticket HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    }

    @Test("what is no request is refused with its status, and the connection is closed")
    func refused() async throws {
        try await withSandbox(try ContractWorkspace.configuration()) { sandbox in
            let answers = try await RawSocket.play(
                Self.cases.map { RawSocket.Exchange($0.bytes) }, port: sandbox.port)
            for (row, answer) in zip(Self.cases, answers) {
                #expect(answer.statuses == [row.status], "\(row.name)")
                #expect(answer.closing == "end", "\(row.name)")
                #expect(answer.received.contains("Connection: close"), "\(row.name)")
            }
            #expect(sandbox.stats.malformedRequests == Self.cases.count)
            #expect(sandbox.stats.total == 0)
        }
    }

    @Test("a request that is cut off gets no answer")
    func cutOff() async throws {
        let whole = "GET /api/agents HTTP/1.1\r\nHost: x\r\n\r\n"
        let exchanges = (0..<whole.utf8.count).map {
            RawSocket.Exchange(String(decoding: whole.utf8.prefix($0), as: UTF8.self))
        }
        try await withSandbox(try ContractWorkspace.configuration()) { sandbox in
            let answers = try await RawSocket.play(exchanges, port: sandbox.port)
            #expect(answers.allSatisfy { $0.received.isEmpty && $0.closing == "end" })
            #expect(answers.count > 30)
        }
    }
}
