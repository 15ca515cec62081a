#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's clocks, for those places to which no clock is handed.
package enum SystemTime {
    /// A time that only goes forward and counts while the machine sleeps.
    ///
    /// It is the same for all processes until the machine starts anew.
    package static func monotonic() -> Nanoseconds {
        #if os(Linux) || os(Android)
            read(CLOCK_BOOTTIME)
        #else
            // On Darwin this clock goes on while the machine sleeps.
            read(CLOCK_MONOTONIC)
        #endif
    }

    /// The time of day, in milliseconds since 1970.
    package static func millisecondsSince1970() -> Int64 { read(CLOCK_REALTIME) / .millisecond }

    private static func read(_ clock: clockid_t) -> Nanoseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return Nanoseconds(time.tv_sec) * .second + Nanoseconds(time.tv_nsec)
    }
}
