import Synchronization

import CLibrary

/// One accepted connection for a script; all calls block.
package final class RawConnection: Sendable {
    /// A request as it was received.
    package struct Request: Sendable {
        /// The head: the request line and the header lines, up to and including the empty line.
        package var head: String
        /// The body, with the length that `Content-Length` gave.
        package var body: [UInt8]

        /// The request line.
        package var line: String { lines.first ?? "" }

        /// The values of a header in order of arrival; the name is matched without case.
        package func values(of name: String) -> [String] {
            lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":"),
                    line[..<colon].lowercased() == name.lowercased()
                else { return nil }
                return String(line[line.index(after: colon)...].drop(while: { $0 == " " }))
            }
        }

        private var lines: [String] {
            head.split(separator: "\r\n").map(String.init)
        }
    }

    /// The connection's number on its server, in order of arrival from 0.
    package let number: Int
    private let descriptor: Int32
    private let requests: ObservedCount
    /// Bytes that were read past the last request.
    private let leftover = Mutex<[UInt8]>([])

    init(descriptor: Int32, number: Int, requests: ObservedCount) {
        self.descriptor = descriptor
        self.number = number
        self.requests = requests
    }

    /// Reads one whole request.
    ///
    /// - Returns: The request, or `nil` when the other side closed before the request was complete.
    package func readRequest() -> Request? {
        var bytes = leftover.withLock { $0 }
        var headEnd = Self.endOfHead(bytes)
        while headEnd == nil {
            guard let more = receive() else { return nil }
            bytes += more
            headEnd = Self.endOfHead(bytes)
        }
        guard let headEnd else { return nil }
        var request = Request(head: String(decoding: bytes[..<headEnd], as: UTF8.self), body: [])
        let length = request.values(of: "content-length").first.flatMap { Int($0) } ?? 0
        while bytes.count < headEnd + length {
            guard let more = receive() else { return nil }
            bytes += more
        }
        request.body = Array(bytes[headEnd..<headEnd + length])
        let rest = Array(bytes[(headEnd + length)...])
        leftover.withLock { $0 = rest }
        requests.add()
        return request
    }

    /// Sends bytes.
    ///
    /// - Returns: Whether all of them were sent.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                CLibrary.send(descriptor, $0.baseAddress, $0.count, RawSocket.noSignal)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends text as UTF-8.
    ///
    /// - Returns: Whether all of it was sent.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends a well-formed HTTP/1.1 answer with its length.
    @discardableResult
    package func respond(
        _ status: String = "200 OK", headers: [String] = [], body: String = ""
    ) -> Bool {
        let lines =
            ["HTTP/1.1 \(status)", "content-length: \(body.utf8.count)"] + headers + ["", ""]
        return send(lines.joined(separator: "\r\n") + body)
    }

    /// Shuts down the sending side and continues reading.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Makes the close after the script's end a reset.
    package func resetWhenDone() { RawSocket.resetOnClose(descriptor) }

    /// Waits until the other side has closed or the server stops, and discards what arrives before.
    package func waitForClose() { while receive() != nil {} }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : nil
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<$0 + 4].elementsEqual(mark) }
            .map { $0 + 4 }
    }
}
