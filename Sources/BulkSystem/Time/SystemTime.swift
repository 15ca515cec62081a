import CLibrary

/// The system's clocks, for code that is not passed a clock.
package enum SystemTime {
    /// A monotonic clock that also counts while the machine sleeps.
    ///
    /// All processes see the same time until the machine restarts.
    package static func monotonic() -> Nanoseconds {
        #if os(Linux) || os(Android)
            read(CLOCK_BOOTTIME)
        #else
            // On Darwin this clock continues while the machine sleeps.
            read(CLOCK_MONOTONIC)
        #endif
    }

    /// The time of day, in milliseconds since 1970.
    ///
    /// It is not computed from nanoseconds, which end in the year 2262.
    package static func millisecondsSince1970() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return milliseconds(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// A time of day in milliseconds, valid for every calendar year.
    package static func milliseconds(seconds: Int64, nanoseconds: Int64) -> Int64 {
        let inCalendar = min(max(seconds, -62_135_596_800), 253_402_300_799)
        return inCalendar * 1000 + nanoseconds / 1_000_000
    }

    /// A number that is the same for all processes until the machine restarts; 0 where the system does not tell it.
    package static func bootID() -> UInt64 {
        #if os(Linux) || os(Android)
            var bytes = [UInt8](repeating: 0, count: 64)
            let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return 0 }
            defer { close(file) }
            let count = bytes.withUnsafeMutableBytes { pread(file, $0.baseAddress, 64, 0) }
            return bytes.prefix(max(0, count)).reduce(0xCBF2_9CE4_8422_2325) { hash, byte in
                (hash ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        #else
            var started = timeval()
            var size = MemoryLayout<timeval>.size
            guard sysctlbyname("kern.boottime", &started, &size, nil, 0) == 0 else { return 0 }
            return UInt64(started.tv_sec)
        #endif
    }

    private static func read(_ clock: clockid_t) -> Nanoseconds {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(Int(time.tv_sec)) + Nanoseconds(count: Int64(time.tv_nsec))
    }
}
