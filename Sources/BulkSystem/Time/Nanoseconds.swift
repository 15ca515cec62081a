/// A point on a monotonic clock, or a distance between two, in whole nanoseconds.
///
/// The state machines of the package take the time as a parameter of this type. A simulation and the
/// real program therefore drive the same code. Sums and products trap when they overflow, as those of
/// integers do.
package struct Nanoseconds: Comparable, Hashable, Sendable, AdditiveArithmetic {
    /// The number of nanoseconds.
    package var count: Int64

    /// A number of nanoseconds.
    @inlinable package init(count: Int64) { self.count = count }

    /// A duration in whole nanoseconds, clamped to about 146 years so that sums cannot overflow.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let limit = Int64.max / 2
        let second = Nanoseconds.second.count
        if seconds >= limit / second {
            count = limit
        } else if seconds <= -limit / second {
            count = -limit
        } else {
            count = seconds * second + attoseconds / 1_000_000_000
        }
    }

    /// No time, or the clock's origin.
    @inlinable package static var zero: Nanoseconds { Nanoseconds(count: 0) }
    /// The earliest time.
    @inlinable package static var min: Nanoseconds { Nanoseconds(count: .min) }
    /// The latest time, or the longest distance.
    @inlinable package static var max: Nanoseconds { Nanoseconds(count: .max) }
    /// One second.
    @inlinable package static var second: Nanoseconds { Nanoseconds(count: 1_000_000_000) }
    /// One millisecond.
    @inlinable package static var millisecond: Nanoseconds { Nanoseconds(count: 1_000_000) }
    /// One microsecond.
    @inlinable package static var microsecond: Nanoseconds { Nanoseconds(count: 1000) }

    /// A number of seconds.
    @inlinable package static func seconds(_ count: Int) -> Nanoseconds { count * .second }

    /// A number of milliseconds.
    @inlinable package static func milliseconds(_ count: Int) -> Nanoseconds {
        count * .millisecond
    }

    /// The value in whole seconds, rounded up.
    package var wholeSeconds: Int64 { (count - 1) / Nanoseconds.second.count + 1 }

    /// How many times a unit is contained in the value, rounded towards zero.
    @inlinable package func quotient(by unit: Nanoseconds) -> Int64 { count / unit.count }

    @inlinable package static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
        left.count < right.count
    }

    @inlinable package static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(count: left.count + right.count)
    }

    @inlinable package static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        Nanoseconds(count: left.count - right.count)
    }

    /// A multiple of a distance.
    @inlinable package static func * (factor: Int, distance: Nanoseconds) -> Nanoseconds {
        Nanoseconds(count: Int64(factor) * distance.count)
    }

    /// A part of a distance, rounded towards zero.
    @inlinable package static func / (distance: Nanoseconds, divisor: Int) -> Nanoseconds {
        Nanoseconds(count: distance.count / Int64(divisor))
    }
}

extension Duration {
    /// The duration of a distance in nanoseconds.
    package init(_ distance: Nanoseconds) { self = .nanoseconds(distance.count) }
}
