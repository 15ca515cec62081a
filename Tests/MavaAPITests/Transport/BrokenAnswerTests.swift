import BulkTestSupport
import MavaAPI
import Testing

/// A server's answer to one request, and the expected result.
struct AnswerCase: Sendable, CustomTestStringConvertible {
    /// What follows the bytes.
    enum Ending: Sendable {
        /// The connection stays open.
        case open
        /// The server closes the connection.
        case close
        /// The connection is reset.
        case reset
    }

    var name: String
    var bytes: [UInt8]
    var ending: Ending
    var expected: Result<HTTPResponse, CodeOnly>

    struct CodeOnly: Error {
        var code: TransportError.Code
    }

    init(_ name: String, _ text: String, _ ending: Ending, fails code: TransportError.Code) {
        (self.name, self.ending) = (name, ending)
        bytes = Array(text.utf8)
        expected = .failure(CodeOnly(code: code))
    }

    init(
        _ name: String, _ text: String, _ ending: Ending = .open, status: Int = 200,
        headers: [(name: String, value: String)] = [], body: String
    ) {
        (self.name, self.ending) = (name, ending)
        bytes = Array(text.utf8)
        expected = .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    var testDescription: String { name }
}

@Suite("The transport against strange and broken answers")
struct BrokenAnswerTests {
    static let bodyLimit = 1000
    static let full = String(repeating: "x", count: bodyLimit)

    @Test(
        "each of them is the right answer or the right error",
        arguments: [
            AnswerCase(
                "chunks with extensions and trailers",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n",
                headers: [("transfer-encoding", "chunked")], body: "abcde"),
            AnswerCase(
                "HTTP/1.0, the body until the end", "HTTP/1.0 200 OK\r\n\r\nto the end", .close,
                body: "to the end"),
            AnswerCase(
                "interim answers before the real one",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: b\r\n\r\nok",
                headers: [("content-length", "2"), ("a", "b")], body: "ok"),
            AnswerCase(
                "a header over two lines",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: b\r\n  c\r\n\r\n",
                headers: [("content-length", "0"), ("a", "b c")], body: ""),
            AnswerCase(
                "lines ended by a line feed alone", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                headers: [("content-length", "2")], body: "ok"),
            AnswerCase(
                "a body as large as is taken",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + full,
                headers: [("content-length", "1000")], body: full),
            AnswerCase(
                "204 without a body", "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: ""),
            AnswerCase(
                "compression nobody asked for stays as it is",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
                headers: [("content-encoding", "gzip"), ("content-length", "3")], body: "abc"),
            AnswerCase(
                "a body over the limit, announced",
                "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + full + "x", .open,
                fails: .tooLarge),
            AnswerCase(
                "a body over the limit, in chunks",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + String(repeating: "64\r\n" + full.prefix(100) + "\r\n", count: 11), .open,
                fails: .tooLarge),
            AnswerCase(
                "a body over the limit, until the end", "HTTP/1.0 200 OK\r\n\r\n" + full + "x",
                .open, fails: .tooLarge),
            AnswerCase(
                "too many headers",
                "HTTP/1.1 200 OK\r\n"
                    + String(repeating: "X-Filler: " + full + "\r\n", count: 300), .open,
                fails: .tooLarge),
            AnswerCase(
                "one header that is too long",
                "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 300_000) + "\r\n\r\n",
                .open, fails: .tooLarge),
            AnswerCase(
                "interim answers without end",
                String(repeating: "HTTP/1.1 102 Processing\r\nX: y\r\n\r\n", count: 20_000), .open,
                fails: .tooLarge),
            AnswerCase("nothing at all", "", .close, fails: .connectionLost),
            AnswerCase("a reset instead of an answer", "", .reset, fails: .connectionLost),
            AnswerCase("half a status line", "HTTP/1.1 20", .close, fails: .connectionLost),
            AnswerCase(
                "half the headers", "HTTP/1.1 200 OK\r\nContent-Le", .close,
                fails: .connectionLost),
            AnswerCase(
                "half the body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .close,
                fails: .connectionLost),
            AnswerCase(
                "a reset in the middle of the body",
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .reset,
                fails: .connectionLost),
            AnswerCase(
                "half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
                .close, fails: .connectionLost),
            AnswerCase(
                "a chunk without a length",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", .open,
                fails: .connectionLost),
            AnswerCase(
                "another protocol", "SSH-2.0-OpenSSH_9.2\r\n", .close, fails: .malformedResponse),
            AnswerCase("noise", "\u{0}\u{1}\u{2}\u{3}\r\n\r\n", .close, fails: .malformedResponse),
        ])
    func answers(answer: AnswerCase) async throws {
        try await RawServer.with { connection in
            guard connection.readRequest() != nil else { return }
            connection.send(answer.bytes)
            switch answer.ending {
            case .open: connection.waitForClose()
            case .close: connection.finishSending()
            case .reset: connection.resetWhenDone()
            }
        } _: { server in
            let transport = CurlTransport()
            let request = HTTPRequest(
                method: .put, url: server.baseURL, body: [1], bodyLimit: Self.bodyLimit)
            let result: Result<HTTPResponse, TransportError>
            do throws(TransportError) {
                result = .success(try await transport.send(request))
            } catch {
                result = .failure(error)
            }
            switch (result, answer.expected) {
            case (.success(let response), .success(let expected)):
                #expect(response.status == expected.status)
                #expect(response.body == expected.body)
                #expect(response.headers.map(\.name) == expected.headers.map(\.name))
                #expect(response.headers.map(\.value) == expected.headers.map(\.value))
            case (.failure(let error), .failure(let expected)):
                #expect(error.code == expected.code, "\(error)")
                #expect(error.mayHaveReachedServer)
                #expect(error.message.contains("127.0.0.1:\(server.port)"))
            default: Issue.record("\(result)")
            }
            #expect(server.requests.value == 1)
        }
    }
}
