import CLibrary
import BulkSystem
import Synchronization

/// Standard error: messages, and below them a progress line that is redrawn.
///
/// Messages are text, or JSON Lines with a time and a level. A stream that has gone away stops no run.
final class MessageStream: Sendable {
    /// How much a message matters, as JSON Lines say it.
    enum Severity: String {
        case debug, info, warning, error
    }

    private let fileSystem = POSIXFileSystem()
    private let errors = OpenFile(descriptor: STDERR_FILENO, path: "standard error")
    /// The progress line on the terminal, which is erased before the next line.
    private let shownProgress = Mutex<ProgressLine?>(nil)
    /// Whether messages are JSON Lines.
    private let isJSON: Bool
    /// Whether the messages are coloured.
    private let isColoured: Bool
    /// Whether standard error is a terminal that can redraw a progress line; one with `TERM=dumb` cannot.
    let redraws: Bool

    /// Creates the stream of this process.
    ///
    /// - Parameters:
    ///   - isJSON: Whether messages are JSON Lines.
    ///   - isColoured: Whether the messages are coloured.
    ///   - redraws: Whether standard error is a terminal that can redraw a line.
    init(isJSON: Bool, isColoured: Bool, redraws: Bool) {
        self.isJSON = isJSON
        self.isColoured = isColoured
        self.redraws = redraws
    }

    // MARK: Messages

    /// Prints a message on one line.
    func write(_ line: String, _ severity: Severity = .info) {
        write(as: severity, line) { TerminalText.escaped(line) }
    }

    /// Prints a message of several lines.
    func write(lines: String) {
        write(as: .info, lines) { TerminalText.escapedLines(lines) }
    }

    /// Prints a warning.
    func warn(_ line: String) {
        write(as: .warning, line) { paint("warning: ", "33") + TerminalText.escaped(line) }
    }

    /// Says why the program ends.
    ///
    /// - Parameters:
    ///   - failure: Why.
    ///   - isErrorJSON: Whether the error is a JSON object on one line although messages are text.
    func fail(_ failure: CommandFailure, isErrorJSON: Bool) {
        guard !isErrorJSON, !isJSON else {
            let error: [(name: String, value: JSONValue)] = [("error", failure.json)]
            let start = isJSON ? Self.start(of: .error, failure.message) : []
            return writeLine(TerminalText.escapedJSON(JSONValue.object(start + error).line))
        }
        let more = failure.explained.map { "more: mava-bulk explain \($0)" }
        let details = failure.details + [more].compactMap { $0 }
        let lines = [paint("mava-bulk: ", "31") + TerminalText.escaped(failure.message)]
        writeLine((lines + details.map { "  " + TerminalText.escaped($0) }).joined(separator: "\n"))
    }

    /// Prints a message only if the write does not block: a stopped terminal, or a pipe that is not read,
    /// must not keep the program from ending.
    func writeNow(_ line: String) {
        withProgressNow { progress in
            let text = isJSON ? Self.json(.info, line) : TerminalText.escaped(line)
            print((progress == nil ? "" : Self.wipe) + text + "\n")
            progress = nil
        }
    }

    /// Does something with the stream unless that would block.
    ///
    /// Another thread may be writing at this moment. It is waited for a short time: if it is blocked itself,
    /// nothing more can be written.
    private func withProgressNow(_ body: (inout ProgressLine?) -> Void) {
        for _ in 0..<100 {
            guard Self.acceptsNow(STDERR_FILENO) else { return }
            if shownProgress.withLockIfAvailable({ body(&$0) }) != nil { return }
            usleep(1_000)
        }
    }

    /// Whether a write does not have to wait.
    static func acceptsNow(_ descriptor: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&ready, 1, 0) == 1 && ready.revents & Int16(POLLOUT) != 0
    }

    /// A text in a colour (an SGR parameter), when messages are coloured.
    func paint(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    /// Prints a message, as text or as a JSON object.
    private func write(as severity: Severity, _ message: String, _ text: () -> String) {
        writeLine(isJSON ? Self.json(severity, message) : text())
    }

    private static func json(_ severity: Severity, _ message: String) -> String {
        TerminalText.escapedJSON(JSONValue.object(start(of: severity, message)).line)
    }

    private static func start(
        of severity: Severity, _ message: String
    ) -> [(name: String, value: JSONValue)] {
        let now = SystemTime.millisecondsSince1970()
        return [
            ("time", .text(CivilTime.iso8601(millisecondsSince1970: now))),
            ("level", .text(severity.rawValue)), ("message", .text(message)),
        ]
    }

    /// Prints a line as it is.
    func writeLine(_ line: String) {
        shownProgress.withLock { progress in
            print((progress == nil ? "" : Self.wipe) + line + "\n")
            progress = nil
        }
    }

    // MARK: Progress

    /// Redraws the progress line, on a terminal; it has the parts for which the terminal is wide enough now.
    func show(progress line: ProgressLine) {
        shownProgress.withLock { progress in
            progress = line
            draw(line)
        }
    }

    /// Erases the progress line, if there is one.
    func endProgress() { shownProgress.withLock { erase(&$0) } }

    /// Erases the progress line before the program leaves, unless that would block.
    func endProgressNow() { withProgressNow { erase(&$0) } }

    /// Draws the progress line again after the program was stopped and went on.
    func redrawNow() {
        withProgressNow { progress in
            if let line = progress { draw(line) }
        }
    }

    private func erase(_ progress: inout ProgressLine?) {
        if progress != nil { print(Self.wipe) }
        progress = nil
    }

    /// Moves to the line's start and erases all that follows: a terminal that became narrower may have broken the
    /// line into several.
    private static let wipe = "\r\u{1B}[J"

    /// Draws the progress line.
    ///
    /// The last column stays free: some terminals wrap as soon as it is written. A terminal that becomes
    /// narrower at this very moment does not wrap either, because wrapping is off meanwhile. The cursor is left at
    /// the start of the line, where it stays when a terminal that becomes narrower breaks the line.
    private func draw(_ line: ProgressLine) {
        let columns = TerminalSize(of: STDERR_FILENO).columns
        let shown = line.pieces(columns: max(1, columns - 1)).map { piece in
            piece.colour.map { paint(piece.text, $0) } ?? piece.text
        }
        print("\u{1B}[?7l" + Self.wipe + shown.joined() + "\r\u{1B}[?7h")
    }

    private func print(_ text: String) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        do {
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(errors, bytes) }
        } catch {
            // No stream is left on which this failure could be reported.
        }
    }
}
