import CLibrary

/// The terminal of this process, lent to a program that may ask for a passphrase there.
///
/// Only the process group in the foreground may read from a terminal. `nil` where there is no terminal, or this
/// process is in the background itself.
struct ForegroundTerminal {
    private let descriptor: Int32

    /// Puts a program's process group into the foreground.
    ///
    /// - Parameter child: The program, the first of its group.
    init?(lentTo child: pid_t) {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        guard tcgetpgrp(descriptor) == getpgrp(), Self.give(descriptor, to: child) else {
            close(descriptor)
            return nil
        }
        // It may have tried to read before the terminal was its own.
        kill(-child, SIGCONT)
    }

    /// Puts this process into the foreground again.
    func reclaim() {
        _ = Self.give(descriptor, to: getpgrp())
        close(descriptor)
    }

    /// Sets the group in the foreground; from the background, that sends SIGTTOU where it is not blocked.
    private static func give(_ terminal: Int32, to group: pid_t) -> Bool {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return tcsetpgrp(terminal, group) == 0
    }
}
