import CLibrary

/// Another program that a benchmark starts and measures.
struct ChildProcess {
    /// What came of it.
    struct Result {
        var exitCode: Int32
        /// Wall time in seconds.
        var seconds: Double
        /// Processor time in seconds, the system's part included.
        var processorSeconds: Double
        /// The most memory that it held, in bytes.
        var peakMemory: Int
        /// What it wrote to standard output.
        var output: String
    }

    /// A program that could not be started or did not do its work.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    let id: pid_t
    private let input: Int32?
    private let output: Int32
    private let startedAt = ContinuousClock.now

    /// Starts a program; its standard error is this program's, and its standard input too unless it is
    /// to be asked something.
    init(
        _ program: String, _ arguments: [String], environment: [String] = [],
        silencingErrors: Bool = false, isAsked: Bool = false
    ) throws {
        let pipe = try Self.openPipe()
        let questions = isAsked ? try Self.openPipe() : nil
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe.write, 1)
        if let questions { posix_spawn_file_actions_adddup2(&actions, questions.read, 0) }
        if silencingErrors {
            posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        }
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let names: [String] = ["PATH", "HOME", "LD_LIBRARY_PATH"]
        let inherited = names.compactMap { (name: String) -> String? in
            getenv(name).map { "\(name)=\(String(cString: $0))" }
        }
        let variables = (inherited + environment).map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var id = pid_t()
        let code = posix_spawnp(&id, program, &actions, nil, words, variables)
        close(pipe.write)
        if let questions { close(questions.read) }
        guard code == 0 else {
            close(pipe.read)
            if let questions { close(questions.write) }
            throw Failure(description: "\(program): \(String(cString: strerror(code)))")
        }
        self.id = id
        input = questions?.write
        output = pipe.read
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    /// Opens a pipe that the programs started later do not inherit.
    private static func openPipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The first line of its standard output.
    func firstLine() -> String { nextLine() }

    /// Writes a line to its standard input and reads one of its standard output; empty at its end.
    func ask(_ question: String) -> String {
        guard let input else { return "" }
        let line = Array((question + "\n").utf8)
        guard write(input, line, line.count) == line.count else { return "" }
        return nextLine()
    }

    private func nextLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Asks it to end, and waits for that.
    func stop() {
        kill(id, SIGTERM)
        _ = wait()
    }

    /// Waits for its end.
    func wait() -> Result {
        if let input { close(input) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count <= 0 { break }
            text += buffer[..<count]
        }
        close(output)
        var status: Int32 = 0
        var usage = rusage()
        while wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
        let elapsed = ContinuousClock.now - startedAt
        #if os(Linux) || os(Android)
            let unit = 1024
        #else
            let unit = 1
        #endif
        return Result(
            exitCode: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F,
            seconds: elapsed / .seconds(1),
            processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peakMemory: usage.ru_maxrss * unit,
            output: String(decoding: text, as: UTF8.self))
    }
}
