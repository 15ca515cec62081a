/// A point on a monotonic clock, or a distance between two, in whole nanoseconds.
///
/// The state machines of this target take the time as a parameter of this type. A simulation and
/// the real program therefore drive the same code.
package typealias Nanoseconds = Int64

extension Nanoseconds {
    /// One second.
    package static var second: Nanoseconds { 1_000_000_000 }
    /// One millisecond.
    package static var millisecond: Nanoseconds { 1_000_000 }

    /// The value in whole seconds, rounded up.
    package var wholeSeconds: Int64 { (self - 1) / .second + 1 }

    /// A duration in whole nanoseconds, clamped to about 146 years so that sums cannot overflow.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let limit = Nanoseconds.max / 2
        if seconds >= limit / .second {
            self = limit
        } else if seconds <= -limit / .second {
            self = -limit
        } else {
            self = seconds * .second + attoseconds / 1_000_000_000
        }
    }
}
