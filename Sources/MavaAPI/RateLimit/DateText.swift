import BulkSystem

/// Points in time as headers write them besides numbers.
enum DateText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Reads a date of HTTP, of ISO 8601 (`2021-02-16T08:02:42.123Z`) or of JavaScript
    /// (`Tue Feb 16 2021 09:02:42 GMT+0100 (…)`).
    ///
    /// - Parameters:
    ///   - text: The date.
    ///   - now: Seconds since 1970, near which dates with two digits of the year are.
    /// - Returns: Seconds since 1970; `nil` when it is none of these.
    static func seconds(of text: String, near now: Int) -> Int? {
        HTTPDate.seconds(of: text, near: now) ?? iso8601(text) ?? javaScript(text)
    }

    private static func iso8601(_ text: String) -> Int? {
        let pattern =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?/
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        let parts = [match.1, match.2, match.3, match.4, match.5, match.6].compactMap { Int($0) }
        return seconds(parts, zone: match.7.map(String.init) ?? "Z")
    }

    private static func javaScript(_ text: String) -> Int? {
        let pattern =
            /[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT([+-][0-9]{4})(?: \(.*\))?/
        guard let match = text.wholeMatch(of: pattern),
            let month = months.firstIndex(of: String(match.1))
        else { return nil }
        let parts =
            [Int(match.3), month + 1]
            + [match.2, match.4, match.5, match.6].map { Int($0) }
        return seconds(parts.compactMap(\.self), zone: String(match.7))
    }

    /// A time from year, month, day, hour, minute and second in a zone; `nil` where there is no such time.
    private static func seconds(_ parts: [Int], zone: String) -> Int? {
        guard parts.count == 6,
            let time = CivilTime(
                year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
                second: parts[5])
        else { return nil }
        if zone == "Z" { return time.secondsSince1970 }
        guard let value = Int(zone.filter(\.isNumber)), value / 100 < 24, value % 100 < 60 else {
            return nil
        }
        let offset = value / 100 * 3600 + value % 100 * 60
        return time.secondsSince1970 + (zone.hasPrefix("-") ? offset : -offset)
    }
}
