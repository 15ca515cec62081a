import CLibrary

/// A program that runs beside this process, in a session of its own, and whose output this process reads.
///
/// It has no terminal, so a Ctrl-C reaches this process alone. Its standard input is a socket, which ends when this
/// process does.
package struct AttendedProgram: Sendable {
    /// How a program ended.
    package enum End: Hashable, Sendable {
        /// It ended by itself, with an exit code.
        case exited(Int32)
        /// A signal ended it.
        case signalled(Int32)
    }

    /// What is read of the program.
    package enum Stream: CaseIterable, Sendable {
        /// Its standard output.
        case output
        /// Its standard error.
        case errors
        /// What it writes to its standard input, which is a socket.
        case channel
    }

    /// The program's number.
    package let processID: Int32
    private var descriptors: [Stream: Int32]

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The program; it is this one, so it gets all variables.
    ///   - arguments: Its arguments.
    ///   - variables: Variables that it gets beside this process's own, such as `NAME=value`.
    /// - Throws: An ``ExternalProgram/Failure`` where the system has no streams or no process for it.
    package init(
        starting program: ExternalProgram, _ arguments: [String], adding variables: [String]
    ) throws(ExternalProgram.Failure) {
        var pairs: [[Int32]] = []
        var error: Int32 = 0
        for stream in Stream.allCases {
            var ends: [Int32] = [-1, -1]
            let code =
                stream == .channel
                ? socketpair(AF_UNIX, PlatformConstant.streamSocket, 0, &ends) : pipe(&ends)
            guard code == 0 else {
                error = errno
                break
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            // What a program leaves behind can hold the other end open for longer than the program runs.
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            pairs.append(ends)
        }
        defer { for ends in pairs { _ = CLibrary.close(ends[1]) } }
        guard pairs.count == Stream.allCases.count else {
            for ends in pairs { _ = CLibrary.close(ends[0]) }
            throw .notStarted(error)
        }
        do throws(ExternalProgram.Failure) {
            processID = try program.start(
                arguments,
                ExternalProgram.Start(
                    descriptors: [pairs[2][1], pairs[0][1], pairs[1][1]], leadsSession: true,
                    isThisProgram: true, variables: variables))
        } catch {
            for ends in pairs { _ = CLibrary.close(ends[0]) }
            throw error
        }
        descriptors = [.output: pairs[0][0], .errors: pairs[1][0], .channel: pairs[2][0]]
    }

    /// The descriptors that are still open.
    package var open: [Int32] { Array(descriptors.values) }

    /// Whether its standard output and error have ended, so that it is about to end.
    package var isSilent: Bool { descriptors[.output] == nil && descriptors[.errors] == nil }

    /// Reads what a stream has now, at most 64 KiB; does not wait.
    ///
    /// - Parameter stream: The stream; it is closed at its end.
    /// - Returns: The bytes; none where there are none now.
    package mutating func read(_ stream: Stream) -> [UInt8] {
        guard let descriptor = descriptors[stream] else { return [] }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { space, count in
            let got = CLibrary.read(descriptor, space.baseAddress, space.count)
            count = max(0, got)
            failure = got < 0 ? errno : 0
        }
        if bytes.isEmpty, ![EAGAIN, EINTR].contains(failure) { close(stream) }
        return bytes
    }

    /// How the program ended; `nil` while it runs, and its number is its own for so long.
    ///
    /// It must not be asked again once it has ended.
    package func end() -> End? {
        var status: Int32 = 0
        let ended = waitpid(processID, &status, WNOHANG)
        if ended == processID {
            return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
        }
        // Another part of the process took its status, which is a defect.
        return ended < 0 && errno == ECHILD ? .exited(1) : nil
    }

    /// Sends it a signal.
    package func signal(_ number: Int32) { kill(processID, number) }

    /// Closes all streams.
    package mutating func closeStreams() {
        for stream in Stream.allCases { close(stream) }
    }

    private mutating func close(_ stream: Stream) {
        if let descriptor = descriptors.removeValue(forKey: stream) {
            _ = CLibrary.close(descriptor)
        }
    }

    /// Waits until one of some programs has written, or until a time is over.
    ///
    /// - Parameters:
    ///   - programs: The programs.
    ///   - limit: The longest wait.
    package static func wait(for programs: [AttendedProgram], atMost limit: Nanoseconds) {
        var entries = programs.flatMap(\.open).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        _ = poll(&entries, nfds_t(entries.count), Int32(limit.quotient(by: .millisecond)))
    }
}
