/// A point on a monotonic clock, or a distance between two, in whole nanoseconds.
///
/// The state machines of this target take the time as a parameter of this type, so that a simulation
/// and the real program drive the same code.
package typealias Nanoseconds = Int64

extension Nanoseconds {
    /// A second.
    package static var second: Nanoseconds { 1_000_000_000 }
    /// A millisecond.
    package static var millisecond: Nanoseconds { 1_000_000 }

    /// It in seconds, rounded up.
    package var wholeSeconds: Int64 { (self - 1) / .second + 1 }

    /// A duration in whole nanoseconds, held at about 146 years so that sums cannot overflow.
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
