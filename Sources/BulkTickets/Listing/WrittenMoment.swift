import BulkSystem
import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Parses points in time as people write them: ISO 8601, or an age such as `14d`.
public enum WrittenMoment {
    /// Reads an age: numbers with the units `s`, `m` (minutes), `h`, `d`, `w` or `y` (365 days), such as `14d`,
    /// `1.5h` or `2h30m`.
    ///
    /// - Parameter text: The written age.
    /// - Returns: The age, in whole seconds; `nil` for any other text.
    public static func age(_ text: String) -> Duration? {
        let units: Set<WrittenSpan.Unit> = [.seconds, .minutes, .hours, .days, .weeks, .years]
        guard let span = WrittenSpan(text, units: units, takesFractions: true),
            span.milliseconds < 1 << 52
        else {
            return nil
        }
        return .seconds(span.milliseconds / 1000)
    }

    /// Parses a point in time.
    ///
    /// A time without a zone is UTC. A date without a time is midnight UTC.
    ///
    /// - Parameters:
    ///   - text: An age, or a date or time in ISO 8601.
    ///   - now: The current time.
    /// - Returns: The point in time, to the microsecond; `nil` for any other text.
    public static func date(_ text: String, now: Date = Date()) -> Date? {
        if let age = age(text) { return now - TimeInterval(age.components.seconds) }
        return microsecondsSince1970(text).map { Date(microsecondsSince1970: $0) }
    }
}
