import BulkSystem
import CLibrary
import Dispatch
import MavaBulk
import Synchronization

/// The events of a command as JSON Lines, for programs that watch a run (`--events`).
///
/// Events wait in memory and are written by a queue of its own, at most 50 ms late, so a reader that is slow does
/// not slow the run. `docs/events.md` describes the lines.
final class EventLog: Sendable {
    static let format = "mava-bulk-events"
    static let version = 1
    /// The most bytes that wait for a slow reader.
    private static let most = 64 << 20

    private struct State {
        var waiting: [UInt8] = []
        /// The events that were left out, because too many wait.
        var missed = 0
        /// Whether a write is on its way.
        var isScheduled = false
        /// Why no more is written.
        var failure: FileError?
        var hasEnded = false
    }

    private let file: OpenFile
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "mava-bulk events")

    /// Opens the file, to whose end events are added.
    ///
    /// - Parameters:
    ///   - path: The file, a named pipe that somebody reads, or `-` for standard output.
    ///   - command: The command that is carried out.
    /// - Throws: A `FileError` when the file cannot be opened.
    init(_ path: String, command: String) throws(FileError) {
        if path == "-" {
            file = OpenFile(descriptor: STDOUT_FILENO, path: "standard output")
        } else {
            // A named pipe without a reader is an error then, and no wait without end.
            file = try POSIXFileSystem().open(
                path, flags: O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK)
            // A program that was killed can have left a part of a line.
            if Self.endsWithinLine(path) { state.withLock { $0.waiting = [UInt8(ascii: "\n")] } }
        }
        add(
            RunEvent(
                .hello,
                [
                    ("format", .text(Self.format)), ("version", .number(Self.version)),
                    ("tool", .text("mava-bulk \(ToolVersion.current)")),
                    ("command", .text(command)),
                ]))
    }

    /// Whether a regular file has something else than events; `false` where it cannot be read, and for a stream of
    /// this process, whose file a shell chose.
    static func isForeign(_ path: String) -> Bool {
        guard !path.hasPrefix("/dev/"), !path.hasPrefix("/proc/"), FilePath.isRegularFile(path),
            var reader = try? FileReader(path),
            let start = try? reader.read(upTo: 64), !start.isEmpty
        else { return false }
        let line = start.drop { $0 == UInt8(ascii: "\n") }
        return !line.isEmpty && !line.starts(with: #"{"event":""#.utf8)
    }

    /// Whether a regular file ends with another character than a line end; `false` where it cannot be read.
    private static func endsWithinLine(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var information = stat()
        var last: UInt8 = 0
        guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG,
            information.st_size > 0,
            pread(descriptor, &last, 1, information.st_size - 1) == 1
        else { return false }
        return last != UInt8(ascii: "\n")
    }

    /// Adds an event.
    func add(_ event: RunEvent) {
        let line = event.line
        let isFirst = state.withLock { state in
            guard state.failure == nil, !state.hasEnded else { return false }
            if event.name == RunEvent.Name.end.rawValue {
                state.hasEnded = true
            } else if state.waiting.count > Self.most {
                state.missed += 1
                return false
            }
            state.waiting += line.utf8
            state.waiting.append(UInt8(ascii: "\n"))
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(50)) { self.write() }
    }

    private func write() {
        let bytes = state.withLock { state in
            state.isScheduled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        do throws(FileError) {
            var buffer = OutputBuffer(capacity: bytes.count)
            bytes.withUnsafeBytes { buffer.append($0) }
            try buffer.drain { bytes throws(FileError) in
                try POSIXFileSystem().writeAll(file, bytes)
            }
        } catch {
            state.withLock { $0.failure = $0.failure ?? error }
        }
    }

    /// Waits until all events are written, for at most five seconds.
    ///
    /// - Returns: Why events are missing; `nil` where none are.
    func finish() -> String? {
        let isWritten = DispatchSemaphore(value: 0)
        queue.async {
            self.write()
            isWritten.signal()
        }
        let isInTime = isWritten.wait(timeout: .now() + 5) == .success
        if let failure = state.withLock({ $0.failure }) {
            return "the events could not be written: \(failure)"
        }
        let missed = state.withLock { $0.missed }
        return isInTime && missed == 0
            ? nil
            : "events are missing, because their reader was too slow: the run's report has all rows"
    }
}
