import Foundation

/// The program on a terminal of its own; a test presses the keys.
enum PseudoTerminal {
    /// The events at the terminal, in order.
    enum Step {
        /// Waits until this text was shown since the last such wait.
        case wait(String)
        /// Waits until each of these texts was shown since the last such wait, in any order.
        case all([String])
        /// Presses keys.
        case keys(String)
        /// Signals the program.
        case signal(Int32)
        /// Lets time pass, for tests about time.
        case seconds(Double)
        /// Makes the terminal as wide as this.
        case columns(Int)

        fileprivate var json: [Any] {
            switch self {
            case .wait(let text): ["wait", [text]]
            case .all(let texts): ["wait", texts]
            case .keys(let text): ["keys", text]
            case .signal(let number): ["signal", Int(number)]
            case .seconds(let time): ["seconds", time]
            case .columns(let count): ["columns", count]
            }
        }
    }

    /// Runs the program on a terminal, with its streams as a shell redirects them; all that was shown is its output.
    static func run(
        _ arguments: [String], _ steps: [Step], in rehearsal: Rehearsal,
        redirection: String = "", environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        try await run(
            command: [
                "/bin/sh", "-c", #"exec "$0" "$@" "# + redirection, BuiltProgram.executable.path,
            ] + arguments, steps, in: rehearsal.folder,
            environment: rehearsal.environment.merging(environment) { $1 })
    }

    /// Runs any program on a terminal, such as a shell.
    static func run(
        command: [String], _ steps: [Step], in folder: URL, environment: [String: String]
    ) async throws -> BuiltProgram.Result {
        let script = try JSONSerialization.data(withJSONObject: steps.map(\.json))
        return try await BuiltProgram.run(
            ["python3", "-c", driver, String(decoding: script, as: UTF8.self)] + command,
            in: folder, environment: environment, executable: URL(filePath: "/usr/bin/env"))
    }

    private static let driver = """
        import fcntl, json, os, pty, struct, sys, termios, time
        steps, command = json.loads(sys.argv[1]), sys.argv[2:]
        def resize(columns):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        gate = os.pipe()
        child, terminal = pty.fork()
        if child == 0:
            os.read(gate[0], 1)
            os.execv(command[0], command)
        resize(100)
        os.write(gate[1], b"g")
        seen, looked = b"", 0
        while True:
            while steps:
                what, value = steps[0]
                if what == "wait":
                    found = [(seen.find(text.encode(), looked), len(text.encode())) for text in value]
                    if any(at < 0 for at, _ in found):
                        break
                    looked = max(at + length for at, length in found)
                elif what == "keys":
                    os.write(terminal, value.encode())
                elif what == "signal":
                    os.kill(child, value)
                elif what == "seconds":
                    time.sleep(value)
                else:
                    resize(value)
                steps.pop(0)
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                # Nothing has the terminal open: the program has ended, or does not use it at this moment.
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    break
                time.sleep(0.005)
                continue
            seen += piece
        sys.stdout.buffer.write(seen)
        sys.stdout.flush()
        if steps:
            sys.exit("the program ended before this step: %s" % steps[0])
        status = os.waitstatus_to_exitcode(status)
        sys.exit(status if status >= 0 else 128 - status)
        """
}
