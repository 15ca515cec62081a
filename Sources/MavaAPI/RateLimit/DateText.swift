import BulkSystem

/// Points in time as headers write them besides numbers.
enum DateText {
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

    /// A time to the second or more precise, rounded down; a day or a minute is no point in time.
    private static func iso8601(_ text: String) -> Int? {
        guard let time = WrittenTime(text), time.length <= 1_000_000 else { return nil }
        let (seconds, rest) = time.start.quotientAndRemainder(dividingBy: 1_000_000)
        return Int(rest < 0 ? seconds - 1 : seconds)
    }

    private static func javaScript(_ text: String) -> Int? {
        // Tue Feb 16 2021 09:02:42 GMT+0100 (Central European Standard Time)
        let words = text.split(separator: " ", maxSplits: 6)
        guard (6...7).contains(words.count), words[5].hasPrefix("GMT"),
            words.count == 6 || words[6].hasPrefix("(") && words[6].hasSuffix(")"),
            let offset = offset(words[5].dropFirst(3)),
            let time = HTTPDate.civil(
                day: words[2], month: words[1], year: words[3], clock: words[4])
        else { return nil }
        return time.secondsSince1970 - offset
    }

    /// The seconds of an offset such as `+0100`.
    private static func offset(_ text: Substring) -> Int? {
        guard text.first == "+" || text.first == "-", text.utf8.count == 5,
            let hours = HTTPDate.number(text.dropFirst().prefix(2), digits: 2...2), hours < 24,
            let minutes = HTTPDate.number(text.suffix(2), digits: 2...2), minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return text.first == "-" ? -seconds : seconds
    }
}
