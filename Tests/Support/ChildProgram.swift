import CLibrary
internal import BulkSystem
internal import MavaAPI

/// Another program that a test starts with posix_spawn(3).
///
/// Foundation's `Process` crashed when several threads started programs at once. Signals are
/// unblocked in the program. Its streams are files, so that neither side can wait for the other.
package final class ChildProgram: Sendable {
    /// The results of a finished program.
    package struct Result: Sendable {
        /// The exit code, or 128 plus the number of the signal that ended it.
        package var status: Int32
        /// What it wrote to standard output.
        package var output: [UInt8]
        /// What it wrote to standard error.
        package var errors: [UInt8]
    }

    /// A program that could not be started.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// What the program reads from standard input.
    package enum Input: Sendable {
        /// Nothing.
        case nothing
        /// These bytes.
        case bytes([UInt8])
        /// Nothing, but standard input stays open while the program runs.
        case open
    }

    /// The program's process id.
    package let processID: Int32
    private let files: TemporaryDirectory
    private let heldOpen: Int32

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path, or its name to look up in the path.
    ///   - arguments: Its arguments.
    ///   - directory: Its working directory; `nil` for the test's.
    ///   - environment: Its environment; `nil` for the test's.
    ///   - input: What it reads from standard input.
    /// - Throws: A ``Failure`` when it cannot be started.
    package init(
        _ program: String, _ arguments: [String], in directory: String? = nil,
        environment: [String: String]? = nil, input: Input = .nothing
    ) throws {
        files = try TemporaryDirectory(name: "mava-bulk-child")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var held: Int32 = -1
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .bytes(let bytes):
            let path = try files.write(bytes, to: "input")
            posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
        case .open:
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
            held = ends[1]
        }
        for (number, name) in [(Int32(1), "output"), (2, "errors")] {
            let path = files.file(name)
            posix_spawn_file_actions_addopen(
                &actions, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        #if !canImport(Darwin)
            // The program must not inherit the tests' open files. Closing unused descriptors does
            // no harm.
            for number in 3..<64 { posix_spawn_file_actions_addclose(&actions, Int32(number)) }
        #endif
        heldOpen = held
        // Swift cannot see the C library's own function for changing the directory.
        let words =
            directory.map { ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, $0, program] }
            ?? [program]
        processID = try Self.spawn(words + arguments, environment, &actions)
    }

    private static func spawn(
        _ command: [String], _ environment: [String: String]?,
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        // Tests run on threads that may block signals, and a shell ignores SIGINT for what it runs beside itself; the
        // program must not inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // The program gets its own session, so that it cannot use the tests' terminal.
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Self.newSession)
        let words = command.map { strdup($0) } + [nil]
        let variables = environment.map { $0.map { strdup("\($0)=\($1)") } + [nil] }
        defer { (words + (variables ?? [])).forEach { free($0) } }
        var id = pid_t()
        let code =
            if let variables {
                posix_spawnp(&id, command[0], &actions, &attributes, words, variables)
            } else {
                posix_spawnp(&id, command[0], &actions, &attributes, words, environ)
            }
        guard code == 0 else {
            throw Failure(description: "\(command[0]): \(String(cString: strerror(code)))")
        }
        return id
    }

    /// POSIX_SPAWN_SETSID, which the C libraries do not declare to all programs.
    #if canImport(Darwin)
        private static let newSession: Int16 = 0x0400
    #else
        private static let newSession: Int16 = 0x80
    #endif

    deinit { if heldOpen >= 0 { close(heldOpen) } }

    /// Whether it has ended; the result of ``wait()`` stays available.
    private var hasEnded: Bool {
        var information = siginfo_t()
        let asked = waitid(P_PID, id_t(processID), &information, WEXITED | WNOHANG | WNOWAIT)
        return asked != 0 || information.si_signo != 0
    }

    #if os(Linux)
        /// Waits until it has blocked SIGTERM, so that a signal arrives after its start-up.
        package func waitUntilItTakesSignals() async throws {
            while !hasEnded {
                var reader = try FileReader("/proc/\(processID)/status")
                let status = String(decoding: try reader.read(upTo: 64 << 10), as: UTF8.self)
                let mask = status.split(separator: "\n").first { $0.hasPrefix("SigBlk:") }
                let bits = mask.flatMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
                if let bits, bits & 1 << UInt64(SIGTERM - 1) != 0 { return }
                // No system call waits for this.
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    #endif

    /// Sends it a signal.
    package func signal(_ number: Int32) { kill(processID, number) }

    /// Sends it a signal as soon as a condition holds.
    ///
    /// A separate thread checks every millisecond, because the cooperative pool can be busy with
    /// other tests for longer than the condition holds.
    package func signal(
        _ number: Int32, when holds: @escaping @Sendable () -> Bool
    ) async throws {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            let thread = JoinableThread {
                while !holds(), !self.hasEnded { usleep(1000) }
                self.signal(number)
                continuation.resume()
            }
            guard let thread else {
                return continuation.resume(throwing: Failure(description: "no thread"))
            }
            thread.detach()
        }
    }

    /// Waits for its end; call it exactly once.
    package func wait() throws -> Result {
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "no such child") }
        }
        return Result(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F,
            output: try files.read("output"), errors: try files.read("errors"))
    }

    /// Waits for its end on a thread that may block.
    package func end() async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = JoinableThread {
                continuation.resume(with: Swift.Result { try self.wait() })
            }
            guard let thread else {
                return continuation.resume(throwing: Failure(description: "no thread"))
            }
            thread.detach()
        }
    }

    /// Waits until its standard error contains a text.
    package func wait(untilErrorsContain text: String) async throws {
        while true {
            let said = try files.readText("errors")
            if said.contains(text) { return }
            if hasEnded { throw Failure(description: "it ended: \(said)") }
            // There is no notification when a file grows.
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits for the first line of its standard output that contains a text.
    package func line(containing text: String) async throws -> String {
        while true {
            let said = try files.readText("output")
            let whole = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            if let line = whole.first(where: { $0.contains(text) }) { return String(line) }
            if hasEnded { throw Failure(description: "it ended: \(said)") }
            // There is no notification when a file grows.
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
