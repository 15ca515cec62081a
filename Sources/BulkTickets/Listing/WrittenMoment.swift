import BulkSystem

/// Parses points in time as people write them: ISO 8601, or an age such as `14d`.
public enum WrittenMoment {
    /// Reads an age: whole numbers with the units `m` (minutes), `h`, `d`, `w` or `y` (365 days), as conditions
    /// write them.
    ///
    /// - Parameter text: The written age.
    /// - Returns: The age in seconds; `nil` for any other text.
    public static func age(_ text: String) -> Int64? {
        let units: Set<WrittenSpan.Unit> = [.minutes, .hours, .days, .weeks, .years]
        guard let span = WrittenSpan(text, units: units), span.milliseconds < 1 << 52 else {
            return nil
        }
        return span.milliseconds / 1000
    }

    /// Parses a point in time.
    ///
    /// A time without a zone is UTC. A date without a time is midnight UTC.
    ///
    /// - Parameters:
    ///   - text: An age, or a date or time in ISO 8601.
    ///   - now: The current time, in seconds since 1970.
    /// - Returns: Microseconds since 1970; `nil` for any other text.
    public static func microseconds(_ text: String, now: Int64) -> Int64? {
        if let age = age(text) { return (now - age) * 1_000_000 }
        return microsecondsSince1970(text)
    }
}
