import CLibrary
import BulkSystem
import Synchronization

/// Asks the person at the terminal, whatever the standard streams are.
///
/// The terminal is `/dev/tty`; where that cannot be opened, standard input and standard error if both are
/// one. The wait for the answer ends when the program is asked to end.
final class Questions: Sendable {
    private struct State {
        var isEnded = false
        /// The terminal, after the first use; it stays open.
        var terminal: Terminal??
        /// The question that waits for its answer, and the pipe that ends or repeats it.
        var open: (question: String, terminal: Int32, waker: Int32)?
    }

    private let state = Mutex(State())

    /// Whether a person can be asked.
    var canAsk: Bool {
        terminal != nil
    }

    private var terminal: Terminal? {
        state.withLock { state in
            if let known = state.terminal { return known }
            let found = Self.openTerminal()
            state.terminal = .some(found)
            return found
        }
    }

    /// How often a question is asked whose answer is neither yes nor no.
    private static let mostRounds = 3

    /// Asks for a yes.
    ///
    /// An empty answer and none are a no. After any other answer it asks again, and at last takes it for a no.
    func asks(_ question: String) -> Bool {
        var text = question + " [y/N] "
        for _ in 0..<Self.mostRounds {
            switch answer(to: text) {
            case "y", "yes": return true
            case nil, "", "n", "no": return false
            default: text = "Please answer y or n. \(question) [y/N] "
            }
        }
        return false
    }

    /// Asks a question.
    ///
    /// - Parameter text: The question, up to the place where the answer is written.
    /// - Returns: The answer without blanks, in lower case; `nil` where none came.
    func answer(to text: String) -> String? {
        guard let terminal else { return nil }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { for end in ends { close(end) } }
        let mayAsk = state.withLock { state in
            guard !state.isEnded else { return false }
            state.open = (text, terminal.writing, ends[1])
            return true
        }
        defer { state.withLock { $0.open = nil } }
        guard mayAsk else { return nil }
        guard Self.dropsInput(of: terminal.reading) else {
            Self.write(text + "\n", to: terminal.writing)
            return nil
        }
        Self.write(text, to: terminal.writing)
        let answer = answer(from: terminal.reading, waker: ends[0])
        if answer == nil, state.withLock({ !$0.isEnded }) {
            Self.write("\n", to: terminal.writing)
        }
        return answer
    }

    /// Drops what was typed before a question is there: it does not answer it.
    ///
    /// - Parameter terminal: The terminal.
    /// - Returns: Whether there can be an answer; `false` at the end of input.
    private static func dropsInput(of terminal: Int32) -> Bool {
        var ready = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        let space = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { space.deallocate() }
        while poll(&ready, 1, 0) > 0 {
            if read(terminal, space.baseAddress, space.count) <= 0 { return false }
        }
        // The beginning of a line, which cannot be read yet.
        tcflush(terminal, TCIFLUSH)
        return true
    }

    /// Answers the present question, and all further ones, with no.
    func end() {
        state.withLock { state in
            state.isEnded = true
            guard let open = state.open else { return }
            // The next message begins on a new line.
            if MessageStream.acceptsNow(open.terminal) { Self.write("\n", to: open.terminal) }
            Self.write("\n", to: open.waker)
        }
    }

    /// Writes the present question again, as after the program was stopped.
    func askAgain() {
        state.withLock { state in
            guard let open = state.open, MessageStream.acceptsNow(open.terminal) else { return }
            Self.write(open.question, to: open.terminal)
        }
    }

    /// A line without its end and blanks around it, in lower case; `nil` at the end of input.
    private func answer(from terminal: Int32, waker: Int32) -> String? {
        var line: [UInt8] = []
        while true {
            var ready = [
                pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
                pollfd(fd: waker, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&ready, 2, -1) > 0 else {
                if errno == EINTR { continue }
                return nil
            }
            if ready[1].revents != 0 { return nil }
            var byte: UInt8 = 0
            switch read(terminal, &byte, 1) {
            case 1 where byte == UInt8(ascii: "\n"):
                return String(decoding: line, as: UTF8.self).lowercased()
                    .filter { !$0.isWhitespace }
            case 1: if line.count < 80 { line.append(byte) }
            case -1 where errno == EINTR: continue
            default: return nil
            }
        }
    }

    /// The terminal's descriptors.
    private struct Terminal {
        var reading: Int32
        var writing: Int32
    }

    /// The terminal, if there is one and a person is at it.
    ///
    /// A background job without a stream on a terminal has no person to ask, although it could open the
    /// terminal from which it was started.
    private static func openTerminal() -> Terminal? {
        let isSeen = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].contains { isatty($0) == 1 }
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        if terminal >= 0 {
            if isSeen || tcgetpgrp(terminal) == getpgrp() {
                return Terminal(reading: terminal, writing: terminal)
            }
            close(terminal)
        }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
        return Terminal(reading: STDIN_FILENO, writing: STDERR_FILENO)
    }

    private static func write(_ text: String, to terminal: Int32) {
        var buffer = OutputBuffer(capacity: text.utf8.count)
        buffer.append(text: text)
        let file = OpenFile(descriptor: terminal, path: "terminal")
        do {
            try buffer.drain { bytes throws(FileError) in
                try POSIXFileSystem().writeAll(file, bytes)
            }
        } catch {
            // The terminal has gone away: there will be no answer either.
        }
    }
}
