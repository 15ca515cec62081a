import CLibrary

extension ExternalProgram {
    /// Runs the program to its end in a process group of its own, with its output on this process's standard error.
    ///
    /// At the limit, the program and all others of its group are ended, and so they are when this process is ended by
    /// a signal (``RunningPrograms``). Programs that it left behind when it ended in time go on. A Ctrl-C at the
    /// terminal does not reach the group.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - input: What it reads from standard input.
    ///   - variables: Variables that it gets beside this process's own, such as `NAME=value`.
    ///   - limit: How long it may take.
    ///   - bound: When it has to end at the latest, asked again and again with the time at which it began.
    /// - Returns: Its exit code; 128 and the signal's number where a signal ended it.
    /// - Throws: A ``Failure``; a ``FileError`` when its input cannot be written; a `CancellationError` when the task
    ///   was cancelled, and the group is ended then.
    package func runAsGroup(
        _ arguments: [String], input: [UInt8], adding variables: [String],
        within limit: Nanoseconds,
        orUntil bound: (_ began: Nanoseconds) -> Nanoseconds = { _ in .max }
    ) throws -> Int32 {
        let streams = try PrivateDirectory()
        let start = Start(
            streams: [try streams.write(input, to: "input")], outputGoesToErrors: true,
            leadsGroup: true, variables: variables)
        let child = try RunningPrograms.start(asGroup: true) { () throws(Failure) in
            try self.start(arguments, start)
        }
        defer { RunningPrograms.forget(-child) }
        streams.remove()
        let began = SystemTime.monotonic()
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended != 0 { RunningPrograms.pauseIfEnding() }
            if ended == child { break }
            guard ended == 0 || errno == EINTR else { throw Failure.notStarted(errno) }
            let isLate = SystemTime.monotonic() >= min(began + limit, bound(began))
            if isLate || Task.isCancelled {
                kill(-child, SIGKILL)
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                if isLate { throw Failure.tookTooLong }
                throw CancellationError()
            }
            usleep(2000)
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
