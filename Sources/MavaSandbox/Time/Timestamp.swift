/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970, without leap seconds.
    var milliseconds: Int64

    static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Appends the moment as `2026-01-31T08:15:00.000Z`.
    func append(to bytes: inout [UInt8]) {
        let (date, time) = civil
        Decimal.append(date.year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Decimal.append(date.month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        Decimal.append(date.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        Self.append(time / 1000, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        Decimal.append(time % 1000, width: 3, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Appends the moment as an HTTP date (RFC 9110, section 5.6.7), such as
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    func appendHTTPDate(to bytes: inout [UInt8]) {
        let (date, time) = civil
        let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        bytes.append(contentsOf: names[((date.days % 7) + 7) % 7].utf8)
        bytes.append(contentsOf: ", ".utf8)
        Decimal.append(date.day, width: 2, to: &bytes)
        bytes.append(contentsOf: " \(months[date.month - 1]) ".utf8)
        Decimal.append(date.year, width: 4, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        Self.append(time / 1000, to: &bytes)
        bytes.append(contentsOf: " GMT".utf8)
    }

    /// The calendar day, and the milliseconds since its midnight.
    private var civil: (date: CivilDate, time: Int) {
        let day: Int64 = 86_400_000
        var days = milliseconds / day
        var rest = milliseconds % day
        if rest < 0 {
            rest += day
            days -= 1
        }
        return (CivilDate(days: Int(days)), Int(rest))
    }

    /// Appends seconds since midnight as `08:15:00`.
    private static func append(_ seconds: Int, to bytes: inout [UInt8]) {
        Decimal.append(seconds / 3600, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Decimal.append(seconds / 60 % 60, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Decimal.append(seconds % 60, width: 2, to: &bytes)
    }
}
