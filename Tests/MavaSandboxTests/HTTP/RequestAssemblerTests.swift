import Testing

@testable import MavaSandbox

/// Requests assembled from pieces of any length.
@Suite struct RequestAssemblerTests {
    /// The result for bytes that arrive in pieces of one length.
    ///
    /// It contains each request's method, path and body, and at the end the failure, if there was
    /// one.
    static func outcome(_ bytes: [UInt8], piece: Int) -> [String] {
        var assembler = RequestAssembler(limits: HTTPLimits())
        var outcome: [String] = []
        var offset = 0
        do throws(HTTPFailure) {
            while offset < bytes.count {
                let end = min(offset + piece, bytes.count)
                bytes[offset..<end].withUnsafeBytes { assembler.append($0) }
                offset = end
                loop: while true {
                    switch try assembler.next() {
                    case .needsMore: break loop
                    case .head: continue
                    case .request:
                        assembler.withRequest(isFromLoopback: true) { request in
                            let method = String(
                                decoding: request.text(request.head.methodRange), as: UTF8.self)
                            let path = String(
                                decoding: request.text(request.head.path), as: UTF8.self)
                            let body = String(decoding: request.body, as: UTF8.self)
                            outcome.append("\(method) \(path) \(body)")
                        }
                        assembler.consume()
                    }
                }
            }
        } catch {
            outcome.append("\(error.status) \(error.reason)")
        }
        return outcome
    }

    @Test("the same comes out whole, byte by byte and in sevens")
    func pieces() {
        let wellFormed = [
            "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n",
            "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
            "PUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: z\r\n\r\n",
            "\r\nHEAD /d HTTP/1.0\r\n\r\n",
        ]
        let expected = ["GET /a ", "PUT /b hello", "PUT /c hello", "HEAD /d "]
        let bytes = Array(wellFormed.joined().utf8)
        for piece in [1, 2, 3, 7, 64, bytes.count] {
            #expect(Self.outcome(bytes, piece: piece) == expected)
        }
        for row in MalformedRequestTests.cases {
            let bytes = Array(row.bytes.unicodeScalars.map { UInt8($0.value) })
            let whole = Self.outcome(bytes, piece: bytes.count)
            #expect(whole.last?.hasPrefix("\(row.status) ") == true, "\(row.name)")
            for piece in [1, 7] {
                #expect(Self.outcome(bytes, piece: piece) == whole, "\(row.name)")
            }
        }
    }

    @Test("a body comes through byte for byte, sized or chunked, up to the limit")
    func bodies() {
        var chance = Chance(seed: 3)
        for size in [0, 1, 4095, 65_536] {
            let body = (0..<size).map { _ in UInt8(truncatingIfNeeded: chance.next()) }
            var sized = Array("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n".utf8)
            sized += body
            var chunked = Array(
                "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
            var rest = body[...]
            while !rest.isEmpty {
                let chunk = rest.prefix(1 + chance.below(70_000))
                rest = rest.dropFirst(chunk.count)
                chunked += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk
                chunked += Array("\r\n".utf8)
            }
            chunked += Array("0\r\n\r\n".utf8)
            let expected = ["PUT / \(String(decoding: body, as: UTF8.self))"]
            #expect(Self.outcome(sized, piece: 65_536) == expected)
            #expect(Self.outcome(chunked, piece: 10_007) == expected)
        }
        let limit = HTTPLimits().body
        let tooLong = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \(limit + 1)\r\n\r\n"
        #expect(Self.outcome(Array(tooLong.utf8), piece: 100).first?.hasPrefix("413") == true)
    }
}
