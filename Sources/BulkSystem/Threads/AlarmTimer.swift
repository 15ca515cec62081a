import CLibrary

/// The process's real-time timer, which raises SIGALRM.
///
/// This module does not import Foundation. With Foundation, `timeval` belongs to another module as
/// soon as the whole module is compiled at once.
package enum AlarmTimer {
    /// Sets the timer and replaces an earlier setting.
    ///
    /// - Parameter microseconds: The delay before SIGALRM; at least 1.
    package static func set(microseconds: Int64) {
        var timer = itimerval()
        timer.it_value.tv_sec = .init(microseconds / 1_000_000)
        timer.it_value.tv_usec = .init(microseconds % 1_000_000)
        // ITIMER_REAL, whose type differs between C libraries.
        setitimer(0, &timer, nil)
    }
}
