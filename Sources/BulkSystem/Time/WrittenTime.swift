/// Reads an ISO 8601 date, or date and time, as microseconds since 1970.
///
/// The forms are those of RFC 3339: `2026-03-01`, `2026-03-01T09:30:00Z`, `2026-03-01 09:30:00.123+02:00`. An offset
/// can be of whole hours, `+02`, as databases write it, and the date can have slashes, `2026/03/01`.
/// Without an offset the time is taken as UTC, without a time as midnight. Digits beyond microseconds
/// are dropped.
///
/// - Parameter text: The date, in ASCII.
/// - Returns: Microseconds since 1970; `nil` when the text is no such date.
package func microsecondsSince1970(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    WrittenTime(text)?.start
}

/// A date, or date and time, as precisely as it is written.
package struct WrittenTime: Hashable, Sendable {
    /// When it starts, in microseconds since 1970.
    package var start: Int64
    /// How many microseconds it lasts: those of a day, a minute, a second or a fraction of one.
    package var length: Int64

    /// Reads a date as ``microsecondsSince1970(_:)`` does; the result is `nil` where that is.
    package init?(_ text: UnsafeBufferPointer<UInt8>) {
        var parser = TimestampParser(text: text)
        guard let start = parser.parse() else { return nil }
        self.start = start
        length = parser.length
    }

    /// Reads a date from a text, as the other initialiser does.
    package init?(_ text: String) {
        var text = text
        guard let time = text.withUTF8({ WrittenTime($0) }) else { return nil }
        self = time
    }

    /// A time in UTC, as precisely as it is known.
    ///
    /// - Parameters:
    ///   - microseconds: When it starts, in microseconds since 1970.
    ///   - length: How many microseconds it lasts.
    /// - Returns: For example `2026-03-01T09:30Z`.
    package static func text(_ microseconds: Int64, within length: Int64) -> String {
        let fraction = microseconds >= 0 ? microseconds % 1_000_000 : 0
        let whole = CivilTime(secondsSince1970: Int(microseconds / 1_000_000)).iso8601
        if length >= 86_400_000_000 { return String(whole.prefix(10)) }
        if length >= 60_000_000 { return whole.prefix(16) + "Z" }
        if length >= 1_000_000 || fraction == 0 { return whole }
        let digits = String(fraction)
        var padded = String(repeating: "0", count: 6 - digits.count) + digits
        if padded.hasSuffix("000") { padded.removeLast(3) }
        return "\(whole.dropLast()).\(padded)Z"
    }
}

private struct TimestampParser {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0
    /// How many microseconds the last part read lasts.
    var length: Int64 = 86_400_000_000

    mutating func parse() -> Int64? {
        guard let year = number(4), let separator = dateSeparator(), let month = number(2),
            consume(separator), let day = number(2), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        let date = daysSince1970(year: year, month: month, day: day)
        guard monthOfDay(date) == month else { return nil }
        var total = date * 86_400_000_000
        if at == text.count { return total }
        guard consume("T") || consume("t") || consume(" "), let hour = number(2), consume(":"),
            let minute = number(2), hour < 24, minute < 60
        else { return nil }
        total += (hour * 60 + minute) * 60_000_000
        length = 60_000_000
        if consume(":") {
            guard let second = number(2), second <= 60 else { return nil }
            total += second * 1_000_000
            length = 1_000_000
            if consume(".") || consume(",") {
                guard let fraction = fraction() else { return nil }
                total += fraction
            }
        }
        guard let offset = offset() else { return nil }
        return at == text.count ? total - offset : nil
    }

    /// The offset from UTC in microseconds; 0 when there is none.
    private mutating func offset() -> Int64? {
        if at == text.count || consume("Z") || consume("z") { return 0 }
        let sign: Int64 = consume("+") ? 1 : -1
        guard sign == 1 || consume("-"), let hours = number(2) else { return nil }
        if at == text.count, hours < 24 { return sign * hours * 3_600_000_000 }
        _ = consume(":")
        guard let minutes = number(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes) * 60_000_000
    }

    private mutating func dateSeparator() -> Unicode.Scalar? {
        consume("-") ? "-" : consume("/") ? "/" : nil
    }

    private mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while at < text.count, text[at] &- 0x30 < 10 {
            if digits < 6 {
                value = value * 10 + Int64(text[at] - 0x30)
                length /= 10
            }
            digits += 1
            at += 1
        }
        guard digits > 0 else { return nil }
        for _ in min(digits, 6)..<6 { value *= 10 }
        return value
    }

    private mutating func number(_ digits: Int) -> Int64? {
        guard at + digits <= text.count else { return nil }
        var value: Int64 = 0
        for _ in 0..<digits {
            guard text[at] &- 0x30 < 10 else { return nil }
            value = value * 10 + Int64(text[at] - 0x30)
            at += 1
        }
        return value
    }

    private mutating func consume(_ letter: Unicode.Scalar) -> Bool {
        guard at < text.count, text[at] == UInt8(ascii: letter) else { return false }
        at += 1
        return true
    }

    /// Days of the proleptic Gregorian calendar, counted in eras of 400 years that start in March.
    private func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The month that a day lies in: a 31 February lies in March, and so shows itself.
    private func monthOfDay(_ days: Int64) -> Int64 {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        return shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    }
}

/// Reads an instant that a listing writes, as microseconds since 1970.
package func microsecondsSince1970(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { microsecondsSince1970($0) }
}
