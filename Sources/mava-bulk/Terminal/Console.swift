import CLibrary
import BulkSystem
import BulkPlan
import BulkPlanning
import Synchronization

/// The program's output: data to standard output, messages to standard error, questions to the terminal.
///
/// The settings of the command line decide here what is said; ``MessageStream`` writes it.
///
/// All output passes through ``TerminalText`` here, because file names and server texts may contain
/// characters that control a terminal.
final class Console: Sendable {
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

    let fileSystem = POSIXFileSystem()
    let output: OpenFile
    private let outputState = Mutex(false)
    /// Standard error.
    let messages: MessageStream
    private let questions = Questions()
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

    /// Sets the hooks and addresses of a command line; called again when a run's own profile is known.
    ///
    /// - Parameter arguments: The command line.
    /// - Throws: A ``CommandFailure`` of wrong usage.
    func connectEvents(by arguments: ParsedArguments) throws {
        // The events must not keep this object: it keeps them.
        try settings.events?.follow(arguments) { [messages] in messages.warn($0) }
    }

    var isQuiet: Bool { settings.level == .quiet }
    var isVerbose: Bool { settings.level == .verbose }

    /// What became of the last request, where it failed, for the reason of a wait before another try.
    let lastTrouble = Mutex<String?>(nil)

    /// Whether the reader of standard output has gone away, so that more output is useless.
    var isOutputClosed: Bool { outputState.withLock { $0 } }

    init(_ settings: Settings = Settings(), environment: [String: String]) {
        self.settings = settings
        let isTerminal = isatty(STDERR_FILENO) == 1
        let isDumb = environment["TERM"] == "dumb"
        let outputDescriptor = settings.keepsOutputForEvents ? STDERR_FILENO : STDOUT_FILENO
        output = OpenFile(
            descriptor: outputDescriptor,
            path: settings.keepsOutputForEvents ? "standard error" : "standard output")
        outputIsTerminal = isatty(outputDescriptor) == 1
        let forced = environment["CLICOLOR_FORCE"].map { $0 != "0" && !$0.isEmpty } ?? false
        isStyleForced =
            !settings.isJSON && (settings.colour == .always || settings.colour == .auto && forced)
        let isColoured: Bool
        switch settings.colour {
        case _ where settings.isJSON: (isColoured, isStyled) = (false, false)
        case .always: (isColoured, isStyled) = (true, true)
        case .never: (isColoured, isStyled) = (false, false)
        case .auto:
            let refused = !(environment["NO_COLOR"] ?? "").isEmpty || isDumb
            isColoured = forced || (isTerminal && !refused)
            isStyled = forced || (outputIsTerminal && !refused)
        }
        messages = MessageStream(
            isJSON: settings.isJSON, isColoured: isColoured,
            redraws: isTerminal && !isDumb && !settings.isJSON)
    }

    /// The size of the terminal that standard output goes to; elsewhere lines have no limit.
    var terminalSize: TerminalSize {
        outputIsTerminal ? TerminalSize(of: output.descriptor) : .unlimited
    }

    /// The pager for long texts, where a person reads standard output at a terminal; else `nil`.
    var pager: Pager? {
        let environment = CurrentProcess.environment
        guard outputIsTerminal, environment["TERM"] != "dumb", !isQuiet, canAsk, !settings.isJSON
        else { return nil }
        return Pager(environment)
    }

    /// The reader of standard output has gone away.
    func outputWasClosed() { outputState.withLock { $0 = true } }

    // MARK: Data

    /// Writes data to standard output.
    ///
    /// When the reader has gone away (`EPIPE`), as `head` does, the rest is dropped without a message: see
    /// ``isOutputClosed``.
    func data(_ text: String, as form: DataForm = .text) throws(FileError) {
        var text = text
        let result = text.withUTF8 { bytes in
            Result { () throws(FileError) in try data(UnsafeRawBufferPointer(bytes), as: form) }
        }
        try result.get()
    }

    /// Writes data to standard output, and empties the buffer.
    func data(_ buffer: inout OutputBuffer, as form: DataForm = .text) throws(FileError) {
        try buffer.drain { bytes throws(FileError) in try data(bytes, as: form) }
    }

    /// How many bytes of data are written at a time: whole lines of together so many, or one that is longer.
    private static let dataSize = 64 << 10

    private func data(_ bytes: UnsafeRawBufferPointer, as form: DataForm) throws(FileError) {
        if settings.keepsOutputForEvents, settings.isJSON { return log(bytes) }
        // Both streams may go to the same terminal.
        messages.endProgress()
        do {
            var rest = bytes[...]
            while !rest.isEmpty, !isOutputClosed {
                let lines = Self.firstLines(of: rest)
                try write(UnsafeRawBufferPointer(rebasing: lines), as: form)
                rest = rest[lines.endIndex...]
            }
        } catch  where error.errorNumber == EPIPE {
            outputWasClosed()
        }
    }

    private static func firstLines(
        of bytes: Slice<UnsafeRawBufferPointer>
    ) -> Slice<UnsafeRawBufferPointer> {
        let lineFeed: UInt8 = 0x0A
        let start = bytes.prefix(dataSize)
        if start.endIndex == bytes.endIndex { return start }
        let last =
            start.lastIndex(of: lineFeed) ?? bytes[start.endIndex...].firstIndex(of: lineFeed)
        return last.map { bytes[...$0] } ?? bytes
    }

    private func write(_ bytes: UnsafeRawBufferPointer, as form: DataForm) throws(FileError) {
        guard var safe = Self.escaped(bytes, as: form) else {
            return try fileSystem.writeAll(output, bytes)
        }
        let result = safe.withUTF8 { bytes in
            Result { () throws(FileError) in
                try fileSystem.writeAll(output, UnsafeRawBufferPointer(bytes))
            }
        }
        try result.get()
    }

    /// Writes data as a message.
    ///
    /// Standard output is for events then, and standard error holds nothing but JSON Lines.
    private func log(_ bytes: UnsafeRawBufferPointer) {
        var text = String(decoding: bytes, as: UTF8.self)
        if text.last == "\n" { text.removeLast() }
        if !text.isEmpty { messages.write(lines: text) }
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
    func insist(_ line: String) { messages.write(line) }

    /// Prints a message of several lines.
    func say(lines: String) { messages.write(lines: lines) }

    /// Prints a message only where more is wanted.
    func detail(_ line: String) {
        if isVerbose { messages.write(line, .debug) }
    }

    /// Prints a warning.
    func warn(_ line: String) {
        if !isQuiet { messages.warn(line) }
    }

    /// Prints a warning even where only errors are wanted: why a run ended before its end.
    func insist(warning line: String) { messages.warn(line) }

    // MARK: Questions

    /// Asks for a yes on the terminal; no answer, the end of input, and a signal are a no.
    func asks(_ question: String) -> Bool {
        messages.endProgress()
        return questions.asks(TerminalText.escaped(question))
    }

    /// Asks for a number on the terminal; another number, the end of input, and a signal are a no.
    func asks(_ question: String, expecting number: Int) -> Bool {
        messages.endProgress()
        let answer = questions.answer(to: TerminalText.escaped(question) + " ")
        return answer?.filter { $0 != "," } == "\(number)"
    }

    /// Answers the present question, and all further ones, with no.
    func endQuestions() { questions.end() }

    /// Shows what was on the terminal before the program was stopped and went on.
    func showAgain() {
        questions.askAgain()
        messages.redrawNow()
    }
}
