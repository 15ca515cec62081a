import BulkSystem

/// A date as HTTP headers write it, in any of the three forms that a recipient must accept
/// (RFC 9110 5.6.7).
package enum HTTPDate {
    /// Reads a date.
    ///
    /// - Parameters:
    ///   - text: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or
    ///     `Sun Nov  6 08:49:37 1994`. The day's name is not checked.
    ///   - reference: A time near the date, in seconds since 1970, to which a year of two digits is
    ///     taken: at most 50 years after it.
    /// - Returns: The seconds since 1970, or `nil` when the text has none of the forms.
    package static func seconds(of text: String, near reference: Int = 1_767_225_600) -> Int? {
        // A date has 24 to 33 characters; a much longer text need not be parsed.
        guard text.utf8.count <= 64 else { return nil }
        let words = text.split { $0 == " " || $0 == "," }
        let time: CivilTime?
        switch words.count {
        case 6:
            // Sun, 06 Nov 1994 08:49:37 GMT
            time = civil(day: words[1], month: words[2], year: words[3], clock: words[4])
            guard words[5] == "GMT" || words[5] == "UTC", words[3].utf8.count == 4 else {
                return nil
            }
        case 4:
            // Sunday, 06-Nov-94 08:49:37 GMT
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, words[3] == "GMT" || words[3] == "UTC",
                let short = number(date[2], digits: 2...2)
            else { return nil }
            let year = fullYear(short, near: CivilTime(secondsSince1970: reference).year)
            time = civil(
                day: date[0], month: date[1], year: Substring(String(year)), clock: words[2])
        case 5:
            // Sun Nov  6 08:49:37 1994
            time = civil(day: words[2], month: words[1], year: words[4], clock: words[3])
        default:
            return nil
        }
        return time?.secondsSince1970
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A time from its written parts; `nil` where there is no such time.
    static func civil(
        day: Substring, month: Substring, year: Substring, clock: Substring
    ) -> CivilTime? {
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], digits: 2...2),
            let minute = number(parts[1], digits: 2...2),
            let second = number(parts[2], digits: 2...2),
            let day = number(day, digits: 1...2), let year = number(year, digits: 4...4),
            let month = months.firstIndex(of: String(month))
        else { return nil }
        return CivilTime(
            year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
    }

    /// A two-digit year more than 50 years ahead means the last year with those digits.
    private static func fullYear(_ short: Int, near year: Int) -> Int {
        let candidate = year - year % 100 + short
        if candidate > year + 50 { return candidate - 100 }
        return candidate
    }

    /// A number of ASCII digits; `nil` for other characters, or too few or too many digits.
    static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int(text)
    }
}
