/// A date and time of day in UTC, and its distance from 1970.
///
/// The arithmetic is that of the proleptic Gregorian calendar, in eras of 400 years that start in
/// March, so that the leap day is the last day of its year. It is exact for every year from 1 to
/// 9999.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// Makes a time from a date and a time of day; `nil` when either does not exist.
    ///
    /// A second of 60 is accepted, because clocks announce leap seconds.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The date and time at a number of seconds since 1970, clamped to the years 1 to 9999.
    package init(secondsSince1970: Int) {
        let seconds = min(max(secondsSince1970, -62_135_596_800), 253_402_300_799)
        let days = Int((Double(seconds) / 86_400).rounded(.down))
        let rest = seconds - days * 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
    }

    /// The seconds since 1970-01-01T00:00:00Z.
    package var secondsSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// The time in ISO 8601, to the second: `2026-01-31T08:05:09Z`.
    package var iso8601: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))Z"
    }

    /// A time in ISO 8601, to the millisecond: `2026-01-31T08:05:09.250Z`.
    ///
    /// - Parameter time: Milliseconds since 1970, negative for an earlier time.
    /// - Returns: The text.
    package static func iso8601(millisecondsSince1970 time: Int64) -> String {
        let fraction = (time % 1000 + 1000) % 1000
        let seconds = time / 1000 - (time % 1000 < 0 ? 1 : 0)
        let digits = String(fraction)
        let padding = String(repeating: "0", count: 3 - digits.count)
        return CivilTime(secondsSince1970: Int(seconds)).iso8601.dropLast()
            + ".\(padding)\(digits)Z"
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
