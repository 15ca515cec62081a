import BulkSystem

/// Parses points in time as people write them: ISO 8601, or an age such as `14d`.
public enum WrittenMoment {
    private static let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// Parses an age: a whole number with a unit `m` (minutes), `h`, `d` or `w`.
    ///
    /// - Parameter text: The written age.
    /// - Returns: The age in seconds; `nil` for any other text.
    public static func age(_ text: String) -> Int64? {
        guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()),
            number >= 0, number < 1 << 32
        else { return nil }
        return number * unit
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
