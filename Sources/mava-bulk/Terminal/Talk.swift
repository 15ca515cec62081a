#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import BulkFiles
import Synchronization

/// What the program says: data to standard output, talk to standard error.
final class Talk: Sendable {
    /// When to colour the talk.
    enum Colour: String, CaseIterable {
        case auto, always, never
    }

    private let fileSystem = POSIXFileSystem()
    private let output = OpenFile(descriptor: STDOUT_FILENO, path: "standard output")
    private let errors = OpenFile(descriptor: STDERR_FILENO, path: "standard error")
    /// Whether a progress line stands on the terminal and must be wiped before the next line.
    private let progressShown = Mutex(false)
    /// Whether the person can be asked something.
    let canAsk: Bool
    /// Whether standard error is a terminal, so that a progress line can be redrawn.
    let isTerminal: Bool
    /// Whether the talk is coloured.
    let isColoured: Bool
    /// Whether standard output is a terminal, so that what came from files must be escaped.
    let outputIsTerminal: Bool

    init(colour: Colour = .auto, environment: [String: String]) {
        isTerminal = isatty(STDERR_FILENO) == 1
        outputIsTerminal = isatty(STDOUT_FILENO) == 1
        canAsk = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1
        switch colour {
        case .always: isColoured = true
        case .never: isColoured = false
        case .auto:
            let forced = environment["CLICOLOR_FORCE"].map { $0 != "0" && !$0.isEmpty } ?? false
            let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
            isColoured = forced || (isTerminal && !refused)
        }
    }

    /// The size of the terminal that standard output goes to; elsewhere no line is too long, because nobody
    /// can widen a file to see the rest.
    var terminalSize: (columns: Int, lines: Int) {
        var size = winsize()
        guard outputIsTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0
        else { return (outputIsTerminal ? 80 : .max, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes data to standard output.
    ///
    /// A reader that has gone away (`EPIPE`) is an error like any other: the caller ends the command.
    func data(_ text: String) throws(FileError) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        try data(&buffer)
    }

    /// Writes data to standard output.
    func data(_ buffer: inout OutputBuffer) throws(FileError) {
        // Both streams may go to the same terminal.
        endProgress()
        try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(output, bytes) }
    }

    /// Says a line; a terminal that has gone away stops no run.
    func say(_ line: String) {
        progressShown.withLock { shown in
            write((shown ? "\r\u{1B}[K" : "") + line + "\n")
            shown = false
        }
    }

    /// Says that something deserves attention.
    func warn(_ line: String) { say(paint("warning: ", "33") + line) }

    /// Says why the program ends.
    func fail(_ line: String) { say(paint("mava-bulk: ", "31") + line) }

    /// Redraws the progress line, on a terminal.
    func progress(_ line: String) {
        progressShown.withLock { shown in
            write("\r\u{1B}[K" + line)
            shown = true
        }
    }

    /// Wipes the progress line, if one stands there.
    func endProgress() {
        progressShown.withLock { shown in
            if shown { write("\r\u{1B}[K") }
            shown = false
        }
    }

    /// Asks for a yes; anything else, and the end of input, is a no.
    func asks(_ question: String) -> Bool {
        progressShown.withLock { _ in write(question + " [y/N] ") }
        guard let answer = readLine() else { return false }
        return ["y", "yes"].contains(answer.lowercased())
    }

    /// A text in a colour (an SGR parameter), where the talk is coloured.
    func paint(_ text: String, _ colour: String) -> String {
        isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    private func write(_ text: String) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        do {
            try buffer.drain { bytes throws(FileError) in try fileSystem.writeAll(errors, bytes) }
        } catch {
            // There is no place left to say that there is no place left to say anything.
        }
    }
}
