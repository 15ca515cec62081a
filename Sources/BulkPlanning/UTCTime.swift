/// An instant in whole milliseconds since 1970, with the one text form that the API and our files use.
///
/// Source: RFC 3339; the calendar arithmetic counts days in 400-year cycles that begin on 1 March.
package struct UTCTime: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { milliseconds = seconds * 1000 }

    package var seconds: Int64 { (milliseconds - (milliseconds % 1000 + 1000) % 1000) / 1000 }

    package static func < (a: UTCTime, b: UTCTime) -> Bool { a.milliseconds < b.milliseconds }

    /// For example `2026-03-01T09:05:00Z`; milliseconds are written where there are any.
    package var description: String {
        let fraction = milliseconds - seconds * 1000
        let text = "\(dateText)T\(clockText)"
        guard fraction != 0 else { return text + "Z" }
        return text + "." + Self.padded(Int(fraction), 3) + "Z"
    }

    /// For example `09:05:00`.
    package var clockText: String {
        let second = Int(seconds - dayNumber * 86_400)
        return [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }
            .joined(separator: ":")
    }

    /// For example `2026-03-01`.
    package var dateText: String {
        let days = dayNumber + 719_468
        let cycle = (days >= 0 ? days : days - 146_096) / 146_097
        let day = days - cycle * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let written = year + cycle * 400 + (month <= 2 ? 1 : 0)
        return Self.padded(Int(written), 4) + "-" + Self.padded(Int(month), 2) + "-"
            + Self.padded(Int(dayOfYear - (153 * shifted + 2) / 5 + 1), 2)
    }

    private var dayNumber: Int64 {
        let seconds = seconds
        return (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
    }

    /// Reads a date or a date-time with an offset; a time without an offset is taken as UTC.
    ///
    /// - Parameter text: For example `2026-03-01`, `2026-03-01T09:05:00.250Z`, `2026-03-01 11:05+02:00`.
    package init?(_ text: some StringProtocol) {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        var total = Self.dayNumber(year, month, day) * 86_400_000
        if reader.take("T") || reader.take("t") || reader.take(" ") {
            guard let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
                hour < 24, minute < 60
            else { return nil }
            var second: Int64 = 0
            var fraction: Int64 = 0
            if reader.take(":") {
                guard let read = reader.number(2), read <= 60 else { return nil }
                second = read
                if reader.take(".") {
                    guard let read = reader.milliseconds() else { return nil }
                    fraction = read
                }
            }
            total += ((hour * 60 + minute) * 60 + second) * 1000 + fraction
            guard let offset = reader.offsetMinutes() else { return nil }
            total -= offset * 60_000
        }
        guard reader.isAtEnd else { return nil }
        milliseconds = total
    }

    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let cycle = (year >= 0 ? year : year - 399) / 400
        let yearOfCycle = year - cycle * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfCycle = yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear
        return cycle * 146_097 + dayOfCycle - 719_468
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Takes digits and marks off the front of a text.
private struct DigitReader {
    let bytes: [UInt8]
    var index = 0

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ mark: Character) -> Bool {
        guard index < bytes.count, bytes[index] == mark.asciiValue else { return false }
        index += 1
        return true
    }

    mutating func number(_ width: Int) -> Int64? {
        guard index + width <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + width] {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        index += width
        return value
    }

    mutating func milliseconds() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = number(1) {
            if count < 3 { value = value * 10 + digit }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 3)..<3 { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if isAtEnd || take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hour = number(2), hour < 24 else { return nil }
        _ = take(":")
        guard let minute = number(2), minute < 60 else { return nil }
        return sign * (hour * 60 + minute)
    }
}
