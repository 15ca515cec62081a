import CLibrary

/// Runs another program of this machine, without a shell and not for longer than a limit.
package struct ExternalProgram: Sendable {
    /// Why a program has no result.
    package enum Failure: Error, Hashable, Sendable {
        /// The system could not start it; the value is its error number.
        case notStarted(Int32)
        /// It took longer than the limit, and was ended.
        case tookTooLong
        /// It wrote more than the limit, and was ended.
        case wroteTooMuch

        /// The system's reason why it was not started; `nil` where it was.
        package var systemReason: String? {
            if case .notStarted(let number) = self {
                String(cString: strerror(number))
            } else {
                nil
            }
        }
    }

    /// What a program that has ended leaves.
    package struct Result: Hashable, Sendable {
        /// Its exit code; 128 and the signal's number where a signal ended it.
        package var status: Int32
        /// Its standard output.
        package var output: [UInt8]
        /// The first 64 KiB of its standard error.
        package var errors: [UInt8]
    }

    /// The program's absolute path.
    package let path: String

    /// Describes a program by its path.
    package init(path: String) { self.path = path }

    /// Finds a program; `nil` when it is not there.
    ///
    /// Relative and empty entries of the search path are skipped: the working directory is where foreign files
    /// are.
    ///
    /// - Parameters:
    ///   - name: The program's name, without a slash.
    ///   - searchPath: The directories, separated by colons; `nil` for the variable `PATH`.
    package init?(named name: String, in searchPath: String? = nil) {
        let variable = searchPath ?? getenv("PATH").map { String(cString: $0) } ?? ""
        for directory in variable.split(separator: ":") where directory.hasPrefix("/") {
            let path = FilePath.joining(String(directory), name)
            guard FilePath.isRegularFile(path), access(path, X_OK) == 0 else { continue }
            self.path = path
            return
        }
        return nil
    }

    /// Runs the program to its end.
    ///
    /// It gets a process group of its own, which ends with it when a limit is passed, when the task is cancelled, and
    /// when this process is ended by a signal (``RunningPrograms``). It has this process's terminal, so that it can ask for
    /// a passphrase, and this process's environment without the variables that may hold the API key.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - input: What it reads from standard input.
    ///   - limit: How long it may take.
    ///   - outputLimit: How many bytes it may write to its standard output. Of its standard error, 1 MiB is the most.
    /// - Returns: What it left.
    /// - Throws: A ``Failure``; a ``FileError`` when its streams cannot be made; a `CancellationError` when
    ///   the task was cancelled, and the program is ended then.
    package func run(
        _ arguments: [String], input: [UInt8] = [], within limit: Nanoseconds,
        outputLimit: Int = 64 << 10
    ) throws -> Result {
        let streams = try PrivateDirectory()
        let names = [
            try streams.write(input, to: "input"), try streams.write([], to: "output"),
            try streams.write([], to: "errors"),
        ]
        var output = try FileReader(names[1])
        var errors = try FileReader(names[2])
        let child = try RunningPrograms.start(asGroup: true) { () throws(Failure) in
            try start(arguments, Start(streams: names, leadsGroup: true))
        }
        let terminal = ForegroundTerminal(lentTo: child)
        defer {
            terminal?.reclaim()
            RunningPrograms.forget(-child)
        }
        // The program has opened them, so they need no names: nothing is left if a signal ends this process.
        streams.remove()
        let end = SystemTime.monotonic() + limit
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended != 0 { RunningPrograms.pauseIfEnding() }
            if ended == child { break }
            guard ended == 0 || errno == EINTR else { throw Failure.notStarted(errno) }
            let isLate = SystemTime.monotonic() >= end
            let isTooMuch = output.size > outputLimit || errors.size > Self.errorLimit
            if isLate || isTooMuch || Task.isCancelled {
                RunningPrograms.end(-child)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                if isTooMuch { throw Failure.wroteTooMuch }
                if isLate { throw Failure.tookTooLong }
                throw CancellationError()
            }
            // No system call waits for a child with a time limit on every platform.
            usleep(2000)
        }
        guard output.size <= outputLimit, errors.size <= Self.errorLimit else {
            throw Failure.wroteTooMuch
        }
        let signal = status & 0x7F
        // Ctrl-C reached only the group that had the terminal, and it is meant for this program, too.
        if terminal != nil, signal == SIGINT || status >> 8 & 0xFF == 128 + SIGINT {
            kill(getpid(), SIGINT)
        }
        return Result(
            status: signal == 0 ? status >> 8 & 0xFF : 128 + signal,
            output: try output.read(upTo: 64 << 10), errors: try errors.read(upTo: 64 << 10))
    }

    /// The most that a program may write to its standard error.
    private static let errorLimit = 1 << 20

    /// Runs the program with this process's standard output and error, such as a pager, to its end.
    ///
    /// - Parameters:
    ///   - input: What it reads from standard input.
    ///   - arguments: Its arguments.
    ///   - variables: Variables that it gets beside this process's own, such as `NAME=value`.
    /// - Returns: Its exit code; 128 and the signal's number where a signal ended it.
    /// - Throws: A ``Failure``; a ``FileError`` when its input cannot be written; a `CancellationError` when the task
    ///   was cancelled, and the program is asked to end then, so that it restores the terminal.
    package func show(
        _ input: [UInt8], _ arguments: [String], variables: [String] = []
    ) throws -> Int32 {
        let streams = try PrivateDirectory()
        let name = try streams.write(input, to: "input")
        let child = try RunningPrograms.start(asGroup: false) { () throws(Failure) in
            try start(arguments, Start(streams: [name], variables: variables))
        }
        streams.remove()
        defer { RunningPrograms.forget(child) }
        var status: Int32 = 0
        var isAsked = false
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended != 0 { RunningPrograms.pauseIfEnding() }
            if ended == child { break }
            guard ended == 0 || errno == EINTR else { throw Failure.notStarted(errno) }
            if Task.isCancelled, !isAsked {
                kill(child, SIGTERM)
                isAsked = true
            }
            usleep(10_000)
        }
        if isAsked { throw CancellationError() }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// How a program is started.
    struct Start {
        /// The files of its standard input, output and error; those left out are this process's own.
        var streams: [String] = []
        /// Descriptors of this process that become its standard input, output and error, instead of files.
        var descriptors: [Int32] = []
        /// Whether its standard output is this process's standard error.
        var outputGoesToErrors = false
        /// Whether it leads a process group of its own.
        var leadsGroup = false
        /// Whether it leads a session of its own, without a terminal; it has a process group of its own then, too.
        var leadsSession = false
        /// Whether it is this program again, and gets the variables of this program, too.
        var isThisProgram = false
        /// Variables that it gets beside this process's own, such as `NAME=value`.
        var variables: [String] = []

        /// The flags of `posix_spawn`.
        var flags: Int16 {
            var flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
            // The group's number is the program's own, which is the attribute's default.
            if leadsGroup { flags |= Int16(POSIX_SPAWN_SETPGROUP) }
            if leadsSession { flags |= PlatformConstant.spawnInSession }
            return flags
        }
    }

    /// Starts the program; ``RunningPrograms`` does not know it.
    func start(_ arguments: [String], _ start: Start) throws(Failure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, path) in start.streams.enumerated() {
            posix_spawn_file_actions_addopen(
                &actions, Int32(number), path, number == 0 ? O_RDONLY : O_WRONLY, 0)
        }
        for (number, descriptor) in start.descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        if start.outputGoesToErrors {
            posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // This process blocks the signals that it waits for and ignores others: the program must not.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        // It would end this program before its first statement, which blocks it.
        if start.isThisProgram { sigaddset(&blocked, SIGUSR1) }
        posix_spawnattr_setsigmask(&attributes, &blocked)
        var ignored = sigset_t()
        sigemptyset(&ignored)
        sigaddset(&ignored, SIGPIPE)
        sigaddset(&ignored, SIGXFSZ)
        posix_spawnattr_setsigdefault(&attributes, &ignored)
        posix_spawnattr_setflags(&attributes, start.flags)
        let words = ([path] + arguments).map { strdup($0) } + [nil]
        let environment = Self.environment(withOwn: start.isThisProgram)
        let variables = (environment + start.variables).map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, path, &actions, &attributes, words, variables)
        guard code == 0 else { throw .notStarted(code) }
        return child
    }
}
