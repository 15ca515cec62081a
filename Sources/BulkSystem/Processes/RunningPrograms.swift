import CLibrary
import Synchronization

/// The programs that this process waits for, so that none is left when the process ends early.
package enum RunningPrograms {
    /// How long a program gets after SIGTERM, which lets it restore the terminal.
    private static let grace = 100 * Nanoseconds.millisecond

    private struct State {
        var programs: Set<pid_t> = []
        var isEnding = false
    }

    private static let state = Mutex(State())

    /// Starts a program and adds it, in one step: ``endAll()`` comes before both or after both.
    ///
    /// - Parameters:
    ///   - asGroup: Whether its whole process group is meant.
    ///   - start: Starts it.
    /// - Returns: Its number.
    /// - Throws: What `start` throws.
    static func start(
        asGroup: Bool, _ start: () throws(ExternalProgram.Failure) -> pid_t
    ) throws(ExternalProgram.Failure) -> pid_t {
        let started = state.withLock { state -> Result<pid_t, ExternalProgram.Failure>? in
            guard !state.isEnding else { return nil }
            let started = Result { () throws(ExternalProgram.Failure) in try start() }
            if case .success(let child) = started {
                state.programs.insert(asGroup ? -child : child)
            }
            return started
        }
        guard let started else {
            pauseIfEnding()
            throw .notStarted(EINTR)
        }
        return try started.get()
    }

    /// Drops a program from the list, because it has ended.
    static func forget(_ target: pid_t) { state.withLock { _ = $0.programs.remove(target) } }

    /// Ends the listed programs; this process ends right afterwards.
    package static func endAll() {
        let targets = state.withLock { state in
            state.isEnding = true
            return state.programs
        }
        end(targets)
    }

    /// Never returns once ``endAll()`` was called.
    ///
    /// The thread that waited for the program would report that it failed, and end this process with another exit
    /// code than the signal's.
    static func pauseIfEnding() {
        while state.withLock({ $0.isEnding }) { usleep(10_000) }
    }

    /// Ends a program, or its process group, and returns when it has none left or was killed.
    static func end(_ target: pid_t) { end([target]) }

    private static func end(_ targets: Set<pid_t>) {
        var left = targets.filter { kill($0, SIGTERM) == 0 }
        let limit = SystemTime.monotonic() + grace
        while !left.isEmpty, SystemTime.monotonic() < limit {
            left = left.filter { target in
                var status: Int32 = 0
                _ = waitpid(target, &status, WNOHANG)
                return kill(target, 0) == 0
            }
            usleep(1000)
        }
        for target in left { kill(target, SIGKILL) }
    }
}
