#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

extension Date {
    /// A point in time, from whole seconds since 1970.
    package init(secondsSince1970 seconds: Int) {
        self.init(microsecondsSince1970: Int64(seconds) * 1_000_000)
    }

    /// A point in time, from whole milliseconds since 1970.
    package init(millisecondsSince1970 milliseconds: Int64) {
        self.init(microsecondsSince1970: milliseconds * 1000)
    }

    /// A point in time, from whole microseconds since 1970.
    ///
    /// The conversion to and from microseconds is exact for the years 1950 to 2050, and exact to a tenth of a
    /// millisecond for every year of the calendar.
    package init(microsecondsSince1970 microseconds: Int64) {
        // A `Date` counts from 2001: subtracting first, as whole numbers, keeps the microseconds.
        let reference = Int64(Date.timeIntervalBetween1970AndReferenceDate) * 1_000_000
        self.init(timeIntervalSinceReferenceDate: Double(microseconds - reference) / 1_000_000)
    }

    /// Whole seconds since 1970, rounded down.
    package var secondsSince1970: Int {
        let (seconds, rest) = microsecondsSince1970.quotientAndRemainder(dividingBy: 1_000_000)
        return Int(rest < 0 ? seconds - 1 : seconds)
    }

    /// Milliseconds since 1970, rounded to the nearest.
    package var millisecondsSince1970: Int64 {
        (Double(microsecondsSince1970) / 1000).rounded().clamped
    }

    /// Microseconds since 1970, rounded to the nearest; those of the calendar's first or last moment for a time
    /// beyond.
    package var microsecondsSince1970: Int64 {
        let reference = Int64(Date.timeIntervalBetween1970AndReferenceDate) * 1_000_000
        return (timeIntervalSinceReferenceDate * 1_000_000).rounded().clamped + reference
    }
}

extension Double {
    /// The nearest integer of a size that no calendar needs: distances between two of them do not overflow.
    fileprivate var clamped: Int64 {
        let limit = 1e18
        return isNaN ? 0 : Int64(Swift.min(Swift.max(self, -limit), limit))
    }
}
