extension Timestamp {
    /// Parses an ISO 8601 date or date-time.
    ///
    /// Examples: `2026-01-31`, `2026-01-31T08:15`, `2026-01-31T08:15:00.123Z`,
    /// `2026-01-31T08:15:00+02:00`. A date means its midnight, and a time without a zone is in UTC.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: The moment, or nil when the text is not one.
    static func parse(_ bytes: some Collection<UInt8>) -> Timestamp? {
        var reader = ISO8601Reader(bytes: Array(bytes))
        return reader.read()
    }

    /// The same time in the next calendar year; 29 February becomes 1 March.
    var oneYearLater: Timestamp {
        let day: Int64 = 86_400_000
        let days = milliseconds >= 0 ? milliseconds / day : (milliseconds - day + 1) / day
        let date = CivilDate(days: Int(days))
        let next =
            CivilDate(year: date.year + 1, month: date.month, day: date.day)?.days
            ?? CivilDate(year: date.year + 1, month: 2, day: 28).map { $0.days + 1 } ?? 0
        return Timestamp(milliseconds: Int64(next) * day + (milliseconds - days * day))
    }
}

/// Parses a date-time from left to right.
private struct ISO8601Reader {
    var bytes: [UInt8]
    var position = 0

    mutating func read() -> Timestamp? {
        guard let year = digits(4), consume("-"), let month = digits(2), consume("-"),
            let day = digits(2), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let midnight = Int64(date.days) * 86_400_000
        if position == bytes.count { return Timestamp(milliseconds: midnight) }
        guard consume("T") || consume("t") || consume(" "), let time = timeOfDay(),
            let offset = zone(),
            position == bytes.count
        else { return nil }
        return Timestamp(milliseconds: midnight + time - offset)
    }

    private mutating func timeOfDay() -> Int64? {
        guard let hour = digits(2), consume(":"), let minute = digits(2), minute < 60 else {
            return nil
        }
        var second = 0
        var milliseconds = 0
        if consume(":") {
            guard let read = digits(2), read <= 60 else { return nil }
            second = read
            if consume(".") {
                var count = 0
                while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                    if count < 3 { milliseconds = milliseconds * 10 + Int(bytes[position] - 0x30) }
                    count += 1
                    position += 1
                }
                guard count > 0 else { return nil }
                while count < 3 {
                    milliseconds *= 10
                    count += 1
                }
            }
        }
        guard hour < 24 || (hour == 24 && minute == 0 && second == 0 && milliseconds == 0) else {
            return nil
        }
        return Int64(((hour * 60 + minute) * 60 + second) * 1000 + milliseconds)
    }

    /// The zone's offset from UTC in milliseconds.
    private mutating func zone() -> Int64? {
        if position == bytes.count || consume("Z") || consume("z") { return 0 }
        let sign: Int64
        if consume("+") {
            sign = 1
        } else if consume("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hour = digits(2), hour < 24 else { return nil }
        _ = consume(":")
        var minute = 0
        if position < bytes.count {
            guard let read = digits(2), read < 60 else { return nil }
            minute = read
        }
        return sign * Int64(hour * 60 + minute) * 60_000
    }

    private mutating func digits(_ count: Int) -> Int? {
        guard position + count <= bytes.count,
            let value = Decimal.parse(bytes[position..<(position + count)])
        else { return nil }
        position += count
        return value
    }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }
}
