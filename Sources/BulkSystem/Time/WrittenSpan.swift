/// A span of time as it is written: whole numbers with units, such as `30s`, `14d` or `2h30m`.
package struct WrittenSpan: Hashable, Sendable {
    /// A unit of time.
    package enum Unit: String, CaseIterable, Hashable, Sendable {
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "m"
        case hours = "h"
        case days = "d"
        case weeks = "w"
        /// 365 days.
        case years = "y"

        fileprivate var length: Int64 {
            switch self {
            case .milliseconds: 1
            case .seconds: 1000
            case .minutes: 60_000
            case .hours: 3_600_000
            case .days: 86_400_000
            case .weeks: 7 * 86_400_000
            case .years: 365 * 86_400_000
            }
        }
    }

    /// How long it lasts, in milliseconds.
    package var milliseconds: Int64
    /// The number of parts; `2h30m` has two.
    package var parts: Int

    /// Reads a span; the result is `nil` when the text is none, or one of more than 292 million years.
    ///
    /// - Parameters:
    ///   - text: The span, with its units in lower case.
    ///   - units: The units that may be used.
    package init?(_ text: String, units: Set<Unit>) {
        var rest = text.utf8[...]
        milliseconds = 0
        parts = 0
        repeat {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { !(0x30...0x39 ~= $0) }
            rest = rest.dropFirst(letters.count)
            guard let number = Int64(String(Substring(digits))),
                let unit = Unit(rawValue: String(Substring(letters))), units.contains(unit)
            else { return nil }
            let (part, isTooLong) = number.multipliedReportingOverflow(by: unit.length)
            let (sum, isSumTooLong) = milliseconds.addingReportingOverflow(part)
            guard !isTooLong, !isSumTooLong else { return nil }
            milliseconds = sum
            parts += 1
        } while !rest.isEmpty
    }
}
