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

    /// Adds a program for ``endAll()``.
    ///
    /// - Parameter target: Its number; negative for its whole process group.
    static func add(_ target: pid_t) { state.withLock { _ = $0.programs.insert(target) } }

    /// Drops a program from the list, because it has ended.
    static func forget(_ target: pid_t) { state.withLock { _ = $0.programs.remove(target) } }

    /// Ends the listed programs; this process ends right afterwards.
    package static func endAll() {
        let targets = state.withLock { state in
            state.isEnding = true
            return state.programs
        }
        for target in targets { end(target) }
    }

    /// Never returns once ``endAll()`` was called.
    ///
    /// The thread that waited for the program would report that it failed, and end this process with another exit
    /// code than the signal's.
    static func pauseIfEnding() {
        while state.withLock({ $0.isEnding }) { usleep(10_000) }
    }

    /// Ends a program, or its process group, and returns when it has none left or was killed.
    static func end(_ target: pid_t) {
        guard kill(target, SIGTERM) == 0 else { return }
        let limit = SystemTime.monotonic() + grace
        while SystemTime.monotonic() < limit {
            var status: Int32 = 0
            _ = waitpid(target, &status, WNOHANG)
            guard kill(target, 0) == 0 else { return }
            usleep(1000)
        }
        kill(target, SIGKILL)
    }
}
