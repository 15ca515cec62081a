import CLibrary

/// The sandbox's source of time, which a test can replace.
///
/// The quota and the delays use `monotonic`. Times written into tickets use `wall`.
package struct SandboxClock: Sendable {
    /// A monotonic clock: nanoseconds since any fixed time.
    package var monotonic: @Sendable () -> UInt64
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package var wall: @Sendable () -> Int64

    /// Makes a clock from two functions, which are called on the sandbox's own thread.
    package init(
        monotonic: @escaping @Sendable () -> UInt64, wall: @escaping @Sendable () -> Int64
    ) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// The system's clocks.
    package static let system = SandboxClock(
        monotonic: {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        },
        wall: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        })
}
