import CLibrary
import BulkSystem
import BulkPlan
import BulkPlanning
import Synchronization

/// The program's output: data to standard output, messages to standard error, questions to the terminal.
///
/// All output passes through ``TerminalText`` here, because file names and server texts may contain
/// characters that control a terminal.
final class Talk: Sendable {
    /// When to colour the messages.
    enum Colour: String, CaseIterable {
        case auto, always, never
    }

    /// How much is said on standard error.
    enum Level {
        /// Only errors, and how a run ended.
        case quiet
        case normal
        /// Also every request and every wait.
        case verbose
    }

    /// What the options say of the output.
    struct Settings {
        var colour = Colour.auto
        var level = Level.normal
        /// Whether the person may be asked, where there is one.
        var mayAsk = true
        /// Whether messages are JSON Lines.
        var isJSON = false
        /// What happens, for all that follow the command.
        var events: EventFeed?
        /// Whether standard output is for events alone, so that all data goes to standard error.
        var keepsOutputForEvents = false
    }

    /// The form of the data, which decides how characters that control a terminal are written.
    enum DataForm {
        /// Text for people: `\u{1B}`.
        case text
        /// JSON, one document or many: `\u001B`, which a JSON reader decodes to the same character.
        case json
    }

    private struct State {
        /// The progress line on the terminal, which is erased before the next line.
        var progress: ProgressLine?
        /// Whether the reader of standard output has gone away.
        var isOutputClosed = false
    }

    let fileSystem = POSIXFileSystem()
    let output: OpenFile
    private let errors = OpenFile(descriptor: STDERR_FILENO, path: "standard error")
    private let state = Mutex(State())
    private let questions = Questions()
    /// Whether standard error is a terminal that can redraw a progress line; one with `TERM=dumb` cannot.
    let redraws: Bool
    /// Whether the messages are coloured.
    let isColoured: Bool
    /// Whether headings of help and previews are bold, and the marks of previews coloured.
    let isStyled: Bool
    /// Whether that is so whatever reads standard output.
    let isStyleForced: Bool
    private let settings: Settings
    /// Whether standard output is a terminal.
    let outputIsTerminal: Bool

    /// Whether the person can be asked something.
    var canAsk: Bool { settings.mayAsk && questions.canAsk }

    /// Why no question can be asked, for a message.
    var reasonNotToAsk: String {
        settings.mayAsk ? "there is no terminal to ask on" : "--no-input forbids the question"
    }

    /// What happens, for all that follow the command; `nil` where nothing does.
    var events: EventFeed? { settings.events.flatMap { $0.isFollowed ? $0 : nil } }

    /// Takes the hooks and addresses of a command line; called again when a run's own profile is known.
    ///
    /// - Parameter arguments: The command line.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    func connectEvents(by arguments: ParsedArguments) throws {
        try settings.events?.follow(arguments) { [weak self] in self?.insist(warning: $0) }
    }

    var isQuiet: Bool { settings.level == .quiet }
    var isVerbose: Bool { settings.level == .verbose }

    /// Whether the reader of standard output has gone away, so that more output is useless.
    var isOutputClosed: Bool { state.withLock { $0.isOutputClosed } }

    init(_ settings: Settings = Settings(), environment: [String: String]) {
        self.settings = settings
        let isTerminal = isatty(STDERR_FILENO) == 1
        let isDumb = environment["TERM"] == "dumb"
        redraws = isTerminal && !isDumb && !settings.isJSON
        let outputDescriptor = settings.keepsOutputForEvents ? STDERR_FILENO : STDOUT_FILENO
        output = OpenFile(
            descriptor: outputDescriptor,
            path: settings.keepsOutputForEvents ? "standard error" : "standard output")
        outputIsTerminal = isatty(outputDescriptor) == 1
        let forced = environment["CLICOLOR_FORCE"].map { $0 != "0" && !$0.isEmpty } ?? false
        isStyleForced =
            !settings.isJSON && (settings.colour == .always || settings.colour == .auto && forced)
        switch settings.colour {
        case _ where settings.isJSON: (isColoured, isStyled) = (false, false)
        case .always: (isColoured, isStyled) = (true, true)
        case .never: (isColoured, isStyled) = (false, false)
        case .auto:
            let refused = !(environment["NO_COLOR"] ?? "").isEmpty || isDumb
            isColoured = forced || (isTerminal && !refused)
            isStyled = forced || (outputIsTerminal && !refused)
        }
    }

    /// The size of the terminal that standard output goes to; elsewhere lines have no limit, because a file
    /// cannot be widened to show the rest.
    var terminalSize: (columns: Int, lines: Int) {
        guard outputIsTerminal else { return (.max, .max) }
        return Self.size(of: output.descriptor)
    }

    /// The pager for long texts, where a person reads standard output at a terminal; else `nil`.
    var pager: Pager? {
        let environment = CurrentProcess.environment
        guard outputIsTerminal, environment["TERM"] != "dumb", !isQuiet, canAsk, !settings.isJSON
        else { return nil }
        return Pager(environment)
    }

    private static func size(of terminal: Int32) -> (columns: Int, lines: Int) {
        var size = winsize()
        guard ioctl(terminal, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// The reader of standard output has gone away.
    func outputWasClosed() { state.withLock { $0.isOutputClosed = true } }

    // MARK: Data

    /// Writes data to standard output.
    ///
    /// When the reader has gone away (`EPIPE`), as `head` does, the rest is dropped without a message: see
    /// ``isOutputClosed``.
    func data(_ text: String, as form: DataForm = .text) throws(FileError) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        try data(&buffer, as: form)
    }

    /// Writes data to standard output, and empties the buffer.
    func data(_ buffer: inout OutputBuffer, as form: DataForm = .text) throws(FileError) {
        if settings.keepsOutputForEvents, settings.isJSON { return log(&buffer) }
        // Both streams may go to the same terminal.
        endProgress()
        do {
            try buffer.drain { bytes throws(FileError) in
                guard !isOutputClosed else { return }
                guard let safe = Self.escaped(bytes, as: form) else {
                    return try fileSystem.writeAll(output, bytes)
                }
                var copy = OutputBuffer(capacity: safe.utf8.count)
                copy.append(text: safe)
                try copy.drain { bytes throws(FileError) in
                    try fileSystem.writeAll(output, bytes)
                }
            }
        } catch  where error.errorNumber == EPIPE {
            outputWasClosed()
        }
    }

    /// Writes data as a message, and empties the buffer.
    ///
    /// Standard output is for events then, and standard error holds nothing but JSON Lines.
    private func log(_ buffer: inout OutputBuffer) {
        var text = ""
        buffer.drain { text = String(decoding: $0, as: UTF8.self) }
        if text.last == "\n" { text.removeLast() }
        if !text.isEmpty { writeLine(text, .info, text) }
    }

    /// Writes an export to standard output, and empties the buffer.
    ///
    /// A file or a pipe gets the bytes as they are. A terminal gets them as ``data(_:as:)`` writes them.
    func exactData(_ buffer: inout OutputBuffer, as form: DataForm) throws(FileError) {
        guard !outputIsTerminal else { return try data(&buffer, as: form) }
        do {
            try buffer.drain { bytes throws(FileError) in
                if !isOutputClosed { try fileSystem.writeAll(output, bytes) }
            }
        } catch  where error.errorNumber == EPIPE {
            outputWasClosed()
        }
    }

    /// The bytes as text in which nothing steers a terminal; `nil` where they are that already.
    private static func escaped(_ bytes: UnsafeRawBufferPointer, as form: DataForm) -> String? {
        if bytes.allSatisfy({ ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A }) { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        return switch form {
        case .text: TerminalText.escapedLines(text)
        case .json: TerminalText.escapedJSON(text)
        }
    }

    // MARK: Messages

    /// Prints a message on one line; a terminal that has gone away stops no run.
    func say(_ line: String) {
        if !isQuiet { insist(line) }
    }

    /// Prints a message even where only errors are wanted: a question's reason, or what to do after an error.
    func insist(_ line: String) { writeLine(TerminalText.escaped(line), .info, line) }

    /// Prints a message of several lines.
    func say(lines: String) { writeLine(TerminalText.escapedLines(lines), .info, lines) }

    /// Prints a message only where more is wanted.
    func detail(_ line: String) {
        if isVerbose { writeLine(TerminalText.escaped(line), .debug, line) }
    }

    /// Prints a warning.
    func warn(_ line: String) {
        if !isQuiet { insist(warning: line) }
    }

    /// Prints a warning even where only errors are wanted: why a run ended before its end.
    func insist(warning line: String) {
        writeLine(paint("warning: ", "33") + TerminalText.escaped(line), .warning, line)
    }

    /// Says why the program ends.
    ///
    /// - Parameters:
    ///   - failure: Why.
    ///   - isJSON: Whether a program reads the messages, so that the error is a JSON object on one line.
    func fail(_ failure: CommandFailure, isJSON: Bool) {
        guard !isJSON, !settings.isJSON else {
            let error: [(name: String, value: JSONValue)] = [("error", failure.json)]
            let start = settings.isJSON ? Self.start(of: .error, failure.message) : []
            return writeLine(TerminalText.escapedJSON(JSONValue.object(start + error).line))
        }
        let more = failure.explained.map { "more: mava-bulk explain \($0)" }
        let details = failure.details + [more].compactMap { $0 }
        let lines = [paint("mava-bulk: ", "31") + TerminalText.escaped(failure.message)]
        writeLine((lines + details.map { "  " + TerminalText.escaped($0) }).joined(separator: "\n"))
    }

    /// How much a message matters, as JSON Lines say it.
    private enum Severity: String {
        case debug, info, warning, error
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

    /// Prints a message, as text or as a JSON object.
    private func writeLine(_ text: String, _ severity: Severity, _ message: String) {
        guard settings.isJSON else { return writeLine(text) }
        writeLine(
            TerminalText.escapedJSON(JSONValue.object(Self.start(of: severity, message)).line))
    }

    /// Prints a message only if the write does not block: a stopped terminal, or a pipe that is not read,
    /// must not keep the program from ending.
    func sayNow(_ line: String) {
        guard Self.acceptsNow(STDERR_FILENO) else { return }
        _ = state.withLockIfAvailable { state in
            let text =
                settings.isJSON
                ? TerminalText.escapedJSON(JSONValue.object(Self.start(of: .info, line)).line)
                : TerminalText.escaped(line)
            write((state.progress == nil ? "" : Self.wipe) + text + "\n")
            state.progress = nil
        }
    }

    /// Whether a write does not have to wait.
    static func acceptsNow(_ descriptor: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&ready, 1, 0) == 1 && ready.revents & Int16(POLLOUT) != 0
    }

    private func writeLine(_ line: String) {
        state.withLock { state in
            write((state.progress == nil ? "" : Self.wipe) + line + "\n")
            state.progress = nil
        }
    }

    // MARK: Progress

    /// Redraws the progress line, on a terminal; it has the parts for which the terminal is wide enough now.
    func progress(_ line: ProgressLine) {
        state.withLock { state in
            state.progress = line
            draw(line)
        }
    }

    /// Erases the progress line, if there is one.
    func endProgress() {
        state.withLock { state in
            if state.progress != nil { write(Self.wipe) }
            state.progress = nil
        }
    }

    /// Erases the progress line before the program leaves, unless that would block.
    func endProgressNow() {
        guard Self.acceptsNow(STDERR_FILENO) else { return }
        _ = state.withLockIfAvailable { state in
            if state.progress != nil { write(Self.wipe) }
            state.progress = nil
        }
    }

    /// Shows what was on the terminal before the program was stopped and went on.
    func showAgain() {
        questions.askAgain()
        guard Self.acceptsNow(STDERR_FILENO) else { return }
        _ = state.withLockIfAvailable { state in
            if let line = state.progress { draw(line) }
        }
    }

    /// Moves to the line's start and erases the rest of the line.
    private static let wipe = "\r\u{1B}[K"

    /// Draws the progress line.
    ///
    /// The last column stays free: some terminals wrap as soon as it is written. A terminal that becomes
    /// narrower at this very moment does not wrap either, because wrapping is off meanwhile.
    private func draw(_ line: ProgressLine) {
        let columns = Self.size(of: STDERR_FILENO).columns
        let shown = line.pieces(columns: max(1, columns - 1)).map { piece in
            piece.colour.map { paint(piece.text, $0) } ?? piece.text
        }
        write("\u{1B}[?7l" + Self.wipe + shown.joined() + "\u{1B}[?7h")
    }

    // MARK: Questions

    /// Asks for a yes on the terminal; anything else, the end of input, and a signal are a no.
    func asks(_ question: String) -> Bool {
        endProgress()
        return questions.asks(TerminalText.escaped(question))
    }

    /// Asks for a number on the terminal; another number, the end of input, and a signal are a no.
    func asks(_ question: String, expecting number: Int) -> Bool {
        endProgress()
        let answer = questions.answer(to: TerminalText.escaped(question) + " ")
        return answer?.filter { $0 != "," } == "\(number)"
    }

    /// Answers the present question, and all further ones, with no.
    func endQuestions() { questions.end() }

    /// A text in a colour (an SGR parameter), when messages are coloured.
    func paint(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    private func write(_ text: String) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        do {
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(errors, bytes) }
        } catch {
            // No stream is left on which this failure could be reported.
        }
    }
}
