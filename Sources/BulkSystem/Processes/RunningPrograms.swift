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

    /// Starts a program and adds it for ``endAll()``; never returns once that was called.
    ///
    /// Both happen under the lock, so that no program is started while the others are ended.
    ///
    /// - Parameters:
    ///   - isGroup: Whether the program leads a process group, which ends with it.
    ///   - start: Starts it, and returns the error number, which is 0 for none, and the program's number.
    /// - Returns: What `start` returns.
    static func add(
        asGroup isGroup: Bool, _ start: () -> (code: Int32, child: pid_t)
    ) -> (code: Int32, child: pid_t) {
        let started: (code: Int32, child: pid_t)? = state.withLock { state in
            guard !state.isEnding else { return nil }
            let started = start()
            if started.code == 0 { state.programs.insert(isGroup ? -started.child : started.child) }
            return started
        }
        if let started { return started }
        while true { usleep(10_000) }
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
