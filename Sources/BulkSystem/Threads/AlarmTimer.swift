import CLibrary

/// The process's real-time timer, which ends with SIGALRM.
///
/// It is in a room without Foundation: beside that, `timeval` belongs to another module as soon as a whole module is
/// compiled at once.
package enum AlarmTimer {
    /// Sets the timer; an earlier setting is replaced.
    ///
    /// - Parameter microseconds: After how long SIGALRM comes; at least 1.
    package static func set(microseconds: Int64) {
        var timer = itimerval()
        timer.it_value.tv_sec = .init(microseconds / 1_000_000)
        timer.it_value.tv_usec = .init(microseconds % 1_000_000)
        // ITIMER_REAL, which each C library gives another type.
        setitimer(0, &timer, nil)
    }
}
