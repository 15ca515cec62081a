/// Writes answers as HTTP/1.1.
enum ResponseWriter {
    /// Appends a whole response.
    ///
    /// - Parameters:
    ///   - reply: The answer.
    ///   - isHead: Whether only the head is sent, as for HEAD.
    ///   - minorVersion: The client's HTTP minor version.
    ///   - keepsAlive: Whether the connection stays open.
    ///   - date: The `Date` field's value.
    ///   - output: Where to write.
    static func append(
        _ reply: Reply, isHead: Bool = false, minorVersion: Int = 1, keepsAlive: Bool = false,
        date: [UInt8], to output: inout [UInt8]
    ) {
        appendHead(
            reply, length: reply.body.count, minorVersion: minorVersion, keepsAlive: keepsAlive,
            date: date, to: &output)
        if !isHead { output.append(contentsOf: reply.body) }
    }

    /// Appends a response's head, which announces a body of `length` bytes.
    static func appendHead(
        _ reply: Reply, length: Int, minorVersion: Int, keepsAlive: Bool, date: [UInt8],
        to output: inout [UInt8]
    ) {
        append("HTTP/1.1 ", to: &output)
        Decimal.append(reply.status, to: &output)
        append(" ", to: &output)
        append(reason(reply.status), to: &output)
        append("\r\nDate: ", to: &output)
        output.append(contentsOf: date)
        // 204 has no body and must not have a length (RFC 9110, section 8.6).
        if reply.status != 204 {
            append("\r\nContent-Type: ", to: &output)
            append(reply.contentType, to: &output)
            append("\r\nContent-Length: ", to: &output)
            Decimal.append(length, to: &output)
        }
        if !keepsAlive {
            append("\r\nConnection: close", to: &output)
        } else if minorVersion == 0 {
            append("\r\nConnection: keep-alive", to: &output)
        }
        append("\r\n", to: &output)
        output.append(contentsOf: reply.fields)
        append("\r\n", to: &output)
    }

    private static func append(_ text: StaticString, to output: inout [UInt8]) {
        output.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 200: "OK"
        case 204: "No Content"
        case 307: "Temporary Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
