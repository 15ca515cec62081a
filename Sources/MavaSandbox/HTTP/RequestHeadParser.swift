// Parses a whole head strictly by RFC 9112. Anything that a lenient parser could interpret in two
// ways is refused with 400, because a rehearsal that tolerates a client's mistake hides it. Nothing
// is copied; the result contains ranges. The fuzz target in Tests/Fuzz feeds it arbitrary bytes.

/// Parses request heads.
struct RequestHeadParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var head = RequestHead()
    private var fieldCount = 0
    private var transferEncodings = 0
    private var connectionCloses = false
    private var connectionKeeps = false

    /// Parses the bytes from `start`; `HeadScanner` found that they end with an empty line at
    /// `end`.
    static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, limits: HTTPLimits
    ) throws(HTTPFailure) -> RequestHead {
        var parser = RequestHeadParser(bytes: bytes)
        return try parser.parse(from: start, to: end, limits: limits)
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    private mutating func parse(
        from start: Int, to end: Int, limits: HTTPLimits
    ) throws(HTTPFailure) -> RequestHead {
        var lineEnd = self.lineEnd(from: start, to: end)
        try requestLine(start..<lineEnd)
        var lineStart = lineEnd + 2
        while lineStart < end - 2 {
            lineEnd = self.lineEnd(from: lineStart, to: end)
            fieldCount += 1
            guard fieldCount <= limits.fields else {
                throw HTTPFailure(431, "the request has too many fields")
            }
            try field(lineStart..<lineEnd)
            lineStart = lineEnd + 2
        }
        head.length = end
        try conclude()
        return head
    }

    /// The offset of the CR that ends a line; the scanner saw one before every LF.
    private func lineEnd(from start: Int, to end: Int) -> Int {
        var offset = start
        while offset < end, bytes[offset] != 0x0A { offset += 1 }
        return max(start, offset - 1)
    }

    // MARK: The request line

    private mutating func requestLine(_ line: Range<Int>) throws(HTTPFailure) {
        guard let firstSpace = bytes[line].firstIndex(of: 0x20),
            let lastSpace = bytes[line].lastIndex(of: 0x20), firstSpace < lastSpace
        else { throw HTTPFailure(400, "the request line has not three parts") }
        let method = line.lowerBound..<firstSpace
        guard !method.isEmpty, bytes[method].allSatisfy(CharacterTable.isToken) else {
            throw HTTPFailure(400, "the method is not a token")
        }
        head.methodRange = method
        head.method = HTTPMethod(UnsafeBufferPointer(rebasing: bytes[method]))
        try version((lastSpace + 1)..<line.upperBound)
        try target((firstSpace + 1)..<lastSpace)
    }

    private mutating func version(_ range: Range<Int>) throws(HTTPFailure) {
        guard range.count == 8, bytes[range].starts(with: "HTTP/".utf8),
            bytes[range.lowerBound + 6] == UInt8(ascii: "."),
            (0x30...0x39).contains(bytes[range.lowerBound + 5]),
            (0x30...0x39).contains(bytes[range.lowerBound + 7])
        else { throw HTTPFailure(400, "the version is not HTTP's") }
        guard bytes[range.lowerBound + 5] == UInt8(ascii: "1") else {
            throw HTTPFailure(505, "only HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        head.minorVersion = bytes[range.lowerBound + 7] == UInt8(ascii: "0") ? 0 : 1
    }

    private mutating func target(_ range: Range<Int>) throws(HTTPFailure) {
        guard !range.isEmpty, bytes[range].allSatisfy(CharacterTable.isTarget) else {
            throw HTTPFailure(400, "the request target holds a character that must be encoded")
        }
        var start = range.lowerBound
        if bytes[start] != UInt8(ascii: "/") {
            if head.method == .options, range.count == 1, bytes[start] == UInt8(ascii: "*") {
                head.path = range
                return
            }
            start = try afterAuthority(range)
        }
        let question = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: "?"))
        head.path = start..<(question ?? range.upperBound)
        if let question { head.query = (question + 1)..<range.upperBound }
    }

    /// The offset of the path in an absolute target, such as `http://host/path` (RFC 9112, 3.2.2).
    private func afterAuthority(_ range: Range<Int>) throws(HTTPFailure) -> Int {
        let prefix = "http://"
        guard range.count > prefix.utf8.count,
            zip(bytes[range], prefix.utf8).allSatisfy({ CharacterTable.lower($0) == $1 })
        else { throw HTTPFailure(400, "the request target is neither a path nor an http URL") }
        let authority = range.lowerBound + prefix.utf8.count
        guard let slash = bytes[authority..<range.upperBound].firstIndex(of: UInt8(ascii: "/")),
            slash > authority
        else { throw HTTPFailure(400, "the request target has no path") }
        return slash
    }

    // MARK: Fields

    private mutating func field(_ line: Range<Int>) throws(HTTPFailure) {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound
        else { throw HTTPFailure(400, "a field has no name and colon") }
        let name = line.lowerBound..<colon
        // This also refuses a folded line and white space before the colon (RFC 9112, 5.1 and 5.2).
        guard bytes[name].allSatisfy(CharacterTable.isToken) else {
            throw HTTPFailure(400, "a field's name is not a token")
        }
        let value = trimmed((colon + 1)..<line.upperBound)
        guard bytes[value].allSatisfy(CharacterTable.isFieldValue) else {
            throw HTTPFailure(400, "a field's value holds a control character")
        }
        try note(name, value)
    }

    private mutating func note(_ name: Range<Int>, _ value: Range<Int>) throws(HTTPFailure) {
        switch name.count {
        case 4 where isNamed(name, "host"):
            guard !head.hasHost else { throw HTTPFailure(400, "two Host fields") }
            head.hasHost = true
        case 6 where isNamed(name, "expect"):
            guard equals(value, "100-continue") else {
                throw HTTPFailure(417, "only 100-continue can be expected")
            }
            head.expectsContinue = true
        case 10 where isNamed(name, "connection"): connection(value)
        case 12 where isNamed(name, "x-auth-token"):
            if head.token != nil { head.hasSeveralTokens = true }
            head.token = value
        case 12 where isNamed(name, "content-type"): head.contentType = value
        case 14 where isNamed(name, "content-length"):
            guard head.contentLength == nil, let length = Decimal.parse(bytes[value]) else {
                throw HTTPFailure(400, "Content-Length is not one whole number")
            }
            head.contentLength = length
        case 15 where isNamed(name, "x-sandbox-token"): head.adminToken = value
        case 17 where isNamed(name, "transfer-encoding"):
            transferEncodings += 1
            guard equals(value, "chunked") else {
                throw HTTPFailure(501, "the only transfer coding known here is chunked")
            }
            head.isChunked = true
        default: break
        }
    }

    private mutating func connection(_ value: Range<Int>) {
        for option in bytes[value].split(separator: UInt8(ascii: ",")) {
            let option = trimmed(option.startIndex..<option.endIndex)
            if equals(option, "close") { connectionCloses = true }
            if equals(option, "keep-alive") { connectionKeeps = true }
        }
    }

    private mutating func conclude() throws(HTTPFailure) {
        guard head.hasHost || head.minorVersion == 0 else {
            throw HTTPFailure(400, "HTTP/1.1 asks for a Host field")
        }
        if head.isChunked {
            guard head.minorVersion == 1, transferEncodings == 1 else {
                throw HTTPFailure(400, "chunked occurs twice, or in HTTP/1.0")
            }
            guard head.contentLength == nil else {
                throw HTTPFailure(400, "both Content-Length and Transfer-Encoding")
            }
        }
        head.keepsAlive = head.minorVersion == 1 ? !connectionCloses : connectionKeeps
        if connectionCloses { head.keepsAlive = false }
        // RFC 9110 (10.1.1): the expectation of a 1.0 client is ignored.
        if head.minorVersion == 0 { head.expectsContinue = false }
    }

    // MARK: Texts

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }

    /// Whether a name of the right length equals the given one, ignoring case.
    private func isNamed(_ range: Range<Int>, _ name: StaticString) -> Bool {
        equals(range, name)
    }

    private func equals(_ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        var index = 0
        for offset in range {
            guard CharacterTable.lower(bytes[offset]) == text.utf8Start[index] else {
                return false
            }
            index += 1
        }
        return true
    }
}
