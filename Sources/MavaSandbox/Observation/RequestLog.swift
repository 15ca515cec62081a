import Synchronization

/// Writes one JSON line per request.
///
/// It never writes keys or tokens.
final class RequestLog: Sendable {
    private struct Lines {
        var output = JSONOutput()
        var failure: SandboxError?
    }

    private let descriptor: Int32
    private let name: String
    private let ownsDescriptor: Bool
    private let organisations: [String]
    private let lines = Mutex(Lines())

    /// Opens the log.
    ///
    /// - Parameters:
    ///   - destination: Where the lines go.
    ///   - organisations: The names of the workspace's organisations.
    /// - Throws: `SandboxError` with `write` when the file cannot be opened.
    init(_ destination: LogDestination, organisations: [String]) throws(SandboxError) {
        switch destination {
        case .file(let path):
            descriptor = try SandboxFile.openToAppend(path)
            name = path
            ownsDescriptor = true
        case .descriptor(let number):
            descriptor = number
            name = "descriptor \(number)"
            ownsDescriptor = false
        }
        self.organisations = organisations
    }

    deinit {
        if ownsDescriptor { Socket.close(descriptor) }
    }

    /// Why writing failed; after a failure nothing more is written.
    var failure: SandboxError? { lines.withLock { $0.failure } }

    /// Writes a request and its answer.
    func answered(
        _ request: Request, _ route: Route, _ reply: Reply, connection: Int, fate: Fate,
        wall: Int64
    ) {
        line(wall, connection, fate, status: fate.fault == .dropAfterCommit ? 0 : reply.status) {
            output in
            output.raw(",\"method\":")
            // HTTP tokens need no escaping. ASCII paths and queries do not either, except for
            // quotes and backslashes.
            output.string(request.text(request.head.methodRange))
            output.raw(",\"path\":")
            output.string(request.text(request.head.path))
            if let query = request.head.query {
                output.raw(",\"query\":")
                output.string(request.text(query))
            }
            if let organisation = reply.organisation {
                output.raw(",\"organisation\":")
                output.string(organisations[organisation])
            }
            if let ticket = reply.ticketID {
                output.raw(",\"ticketId\":")
                ticket.withUnsafeBufferPointer { output.string($0) }
            }
            if route == .ticket {
                output.raw(",\"changes\":")
                output.number(reply.changes)
            }
            if !reply.reason.isEmpty {
                output.raw(",\"reason\":")
                output.string(reply.reason)
            }
        }
    }

    /// Writes a request whose connection was reset before it was read.
    func dropped(_ route: Route, _ method: HTTPMethod, connection: Int, fate: Fate, wall: Int64) {
        line(wall, connection, fate, status: 0) { output in
            output.raw(",\"method\":\"")
            output.raw(method.name)
            output.raw("\",\"path\":\"")
            output.raw(route.name)
            output.raw("\"")
        }
    }

    /// Writes an answer to a malformed request or to one connection too many.
    func refused(_ reply: Reply, connection: Int, wall: Int64) {
        line(wall, connection, Fate(), status: reply.status) { output in
            output.raw(",\"reason\":")
            output.string(reply.reason)
        }
    }

    /// Writes the buffered lines.
    func flush() {
        lines.withLock { lines in
            guard !lines.output.bytes.isEmpty, lines.failure == nil else { return }
            do throws(SandboxError) {
                try SandboxFile.write(lines.output.bytes, to: descriptor, name: name)
            } catch {
                lines.failure = error
            }
            lines.output.bytes.removeAll(keepingCapacity: true)
        }
    }

    private func line(
        _ wall: Int64, _ connection: Int, _ fate: Fate, status: Int,
        _ body: (inout JSONOutput) -> Void
    ) {
        lines.withLock { lines in
            guard lines.failure == nil else { return }
            lines.output.raw("{\"at\":\"")
            Timestamp(milliseconds: wall).append(to: &lines.output.bytes)
            lines.output.raw("\",\"connection\":")
            lines.output.number(connection)
            if fate.number > 0 {
                lines.output.raw(",\"request\":")
                lines.output.number(fate.number)
            }
            body(&lines.output)
            lines.output.raw(",\"status\":")
            if status == 0 { lines.output.raw("null") } else { lines.output.number(status) }
            if let fault = fate.fault {
                lines.output.raw(",\"fault\":")
                lines.output.string(fault.rawValue)
            }
            if fate.delay > 0 {
                lines.output.raw(",\"delayMs\":")
                lines.output.number(fate.delay / 1_000_000)
            }
            lines.output.raw("}\n")
        }
    }
}
