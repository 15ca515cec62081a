/// Hours of the week in one time zone, such as `Mon-Fri 22:00-06:00 Europe/Berlin`, or whole days.
///
/// A moment lies in the hours when the clocks of the zone show a time in them. So an hour that the clocks show
/// twice counts both times, and hours that begin while the clocks are set forward begin at the jump.
package struct LocalHours: Hashable, Sendable {
    /// The days on which the hours begin.
    package enum Days: Hashable, Sendable {
        /// Bits of weekdays; Monday is the lowest.
        case weekdays(UInt8)
        /// Days since 1970.
        case dates(ClosedRange<Int>)
    }

    package var days: Days
    /// The first minute of the day.
    package var from: Int
    /// The first minute after the hours; where it is not later than ``from``, it is one of the next day.
    package var to: Int
    package var zone: ZoneOffsets

    package init(_ days: Days, from: Int, to: Int, zone: ZoneOffsets) {
        self.days = days
        self.from = from
        self.to = to
        self.zone = zone
    }

    /// Whether a moment lies in the hours.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: Whether it does.
    package func contains(_ time: Int) -> Bool {
        let local = time + zone.offset(at: time)
        let day = Self.day(of: local)
        let second = local - day * 86_400
        let (from, to) = (from * 60, to * 60)
        if from < to { return includes(day) && from <= second && second < to }
        return includes(day) && from <= second || includes(day - 1) && second < to
    }

    /// A later moment at which ``contains(_:)`` may change; it does not change before.
    ///
    /// - Parameter time: Seconds since 1970.
    /// - Returns: Seconds since 1970.
    package func nextBorder(after time: Int) -> Int {
        let offset = zone.offset(at: time)
        let local = time + offset
        let day = Self.day(of: local)
        let next =
            [day * 86_400 + from * 60, day * 86_400 + to * 60, (day + 1) * 86_400]
            .filter { $0 > local }.min() ?? (day + 1) * 86_400
        return min(next - offset, zone.nextChange(after: time) ?? .max)
    }

    private func includes(_ day: Int) -> Bool {
        switch days {
        // 1 January 1970 was a Thursday, which is 3 where Monday is 0.
        case .weekdays(let bits): bits & 1 << UInt8(((day + 3) % 7 + 7) % 7) != 0
        case .dates(let range): range.contains(day)
        }
    }

    private static func day(of local: Int) -> Int {
        local >= 0 ? local / 86_400 : -((86_399 - local) / 86_400)
    }
}

// MARK: As text

extension LocalHours {
    /// Why a text names no hours.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    /// Reads hours such as `Mon-Fri 01:00-05:00 Europe/Berlin`, `22:00-06:00`, `Sat,Sun` or
    /// `2026-12-24..2026-12-26`.
    ///
    /// Days without hours are whole days, and hours without days are those of every day.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - local: The zone where the text names none.
    ///   - zone: Finds a zone by its name.
    /// - Throws: A ``Problem`` that says what is wrong.
    package init(
        _ text: some StringProtocol, local: ZoneOffsets,
        zone: (String) -> ZoneOffsets? = { ZoneDatabase.zone($0) }
    ) throws(Problem) {
        var words = text.split { $0.isWhitespace }.map { String($0) }[...]
        guard !words.isEmpty else { throw Problem(description: "there are no hours in it") }
        var days: Days?
        var minutes: (Int, Int)?
        if let word = words.first, let range = try Self.dates(word) {
            days = .dates(range)
            words.removeFirst()
        } else if let word = words.first, let bits = try Self.weekdays(word) {
            days = .weekdays(bits)
            words.removeFirst()
        }
        if let word = words.first, word.first?.isNumber == true {
            minutes = try Self.hours(word)
            words.removeFirst()
        }
        guard days != nil || minutes != nil else {
            throw Problem(
                description:
                    "`\(words[words.startIndex])` is neither a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun) nor hours "
                    + "such as 01:00-05:00")
        }
        var place = local
        if let name = words.popFirst() {
            guard let named = zone(name) else {
                throw Problem(description: Self.unknownZone(name))
            }
            place = named
        }
        if let word = words.first {
            throw Problem(description: "`\(word)` follows the time zone, which comes last")
        }
        let (from, to) = minutes ?? (0, 1440)
        self.init(days ?? .weekdays(0x7F), from: from, to: to, zone: place)
    }

    /// Reads several hours, of which either each names its time zone or none.
    ///
    /// - Parameters:
    ///   - texts: The texts of the hours.
    ///   - local: The zone for hours without one; `nil` when it is not known.
    /// - Returns: The hours.
    /// - Throws: A ``Problem`` that says what is wrong.
    package static func list(
        _ texts: [String], local: ZoneOffsets?
    ) throws(Problem) -> [LocalHours] {
        let unnamed = ZoneOffsets(name: "", offset: 0)
        var all: [LocalHours] = []
        let texts = texts.map { $0.split { $0.isWhitespace }.joined(separator: " ") }
        for text in texts { all.append(try LocalHours(text, local: unnamed)) }
        let without = all.indices.filter { all[$0].zone == unnamed }
        guard let first = without.first else { return all }
        guard without.count == all.count else {
            throw Problem(
                description:
                    "`\(texts[first])` names no time zone, and others do: name it for each, or for none"
            )
        }
        guard let local else {
            throw Problem(
                description:
                    "the variable TZ names no time zone: name one in the hours, such as UTC")
        }
        for index in without { all[index].zone = local }
        return all
    }

    /// The hours as text that reads as the same hours, with the zone.
    package var text: String {
        var parts: [String] = []
        switch days {
        case .weekdays(0x7F): break
        case .weekdays(let bits): parts.append(Self.words(bits))
        case .dates(let range):
            parts.append(
                range.count == 1
                    ? Self.date(range.lowerBound)
                    : "\(Self.date(range.lowerBound))..\(Self.date(range.upperBound))")
        }
        if (from, to) != (0, 1440) || parts.isEmpty {
            parts.append("\(Self.clock(from))-\(Self.clock(to))")
        }
        if let name = zone.name { parts.append(name) }
        return parts.joined(separator: " ")
    }

    private static let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// Weekdays as text: `Mon-Fri,Sun`.
    private static func words(_ bits: UInt8) -> String {
        var parts: [String] = []
        var day = 0
        while day < 7 {
            var end = day
            while end < 7, bits & 1 << UInt8(end) != 0 { end += 1 }
            if end > day {
                parts.append(end - day == 1 ? names[day] : "\(names[day])-\(names[end - 1])")
            }
            day = end + 1
        }
        return parts.joined(separator: ",")
    }

    private static func clock(_ minutes: Int) -> String {
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(minutes / 60)):\(padded(minutes % 60))"
    }

    private static func date(_ day: Int) -> String {
        String(CivilTime(secondsSince1970: day * 86_400).iso8601.prefix(10))
    }

    private static func unknownZone(_ name: String) -> String {
        let names = ZoneDatabase.names()
        if let guess = closest(to: name.lowercased(), among: names, by: { $0.lowercased() }) {
            return "`\(name)` is not a time zone: did you mean \(guess)?"
        }
        return names.isEmpty
            ? "`\(name)` is not a time zone that this machine knows: install tzdata, or write an offset such "
                + "as +01:00"
            : "`\(name)` is not a time zone: write one such as Europe/Berlin, UTC or +01:00"
    }

    /// The bits of a list such as `Mon-Fri` or `Sat,Sun`; `nil` for a word that names no day.
    private static func weekdays(_ word: String) throws(Problem) -> UInt8? {
        func number(_ name: Substring) -> Int? {
            // Sunday, Sun, sun.
            let lower = name.lowercased()
            return names.firstIndex {
                lower == $0.lowercased()
                    || (lower.count > 3 && lower.hasSuffix("day")
                        && lower.hasPrefix($0.lowercased()))
            }
        }
        var bits: UInt8 = 0
        var unknown: Substring?
        for part in word.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = ends.first.flatMap(number), let last = ends.last.flatMap(number),
                ends.count <= 2
            else {
                unknown = unknown ?? part
                continue
            }
            var day = first
            bits |= 1 << UInt8(day)
            while day != last {
                day = (day + 1) % 7
                bits |= 1 << UInt8(day)
            }
        }
        guard let unknown else { return bits }
        guard bits == 0 else {
            throw Problem(
                description: "`\(unknown)` is not a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun)")
        }
        return nil
    }

    /// The days of a date or of two with `..` between them; `nil` for a word without a date.
    private static func dates(_ word: String) throws(Problem) -> ClosedRange<Int>? {
        let ends = word.split(separator: "..", omittingEmptySubsequences: false)
        guard word.utf8.count >= 10, ends[0].utf8.count == 10,
            ends[0].utf8.filter({ $0 == UInt8(ascii: "-") }).count == 2
        else { return nil }
        let days = try [ends[0], ends[ends.count - 1]].map { text throws(Problem) -> Int in
            guard let time = microsecondsSince1970(String(text)), text.utf8.count == 10 else {
                throw Problem(description: "`\(text)` is not a date such as 2026-12-24")
            }
            return Int(time / 86_400_000_000)
        }
        guard ends.count <= 2, days[0] <= days[1] else {
            throw Problem(
                description: "`\(word)` is neither a date nor two such as 2026-12-24..2026-12-26")
        }
        return days[0]...days[1]
    }

    /// The minutes of hours such as `01:00-05:00`.
    private static func hours(_ word: String) throws(Problem) -> (Int, Int) {
        let ends = word.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let from = minute(ends[0]), let to = minute(ends[1]) else {
            throw Problem(
                description:
                    "`\(word)` is not a range of hours: write two times of 24 hours, such as 01:00-05:00"
            )
        }
        guard from < 1440 else {
            throw Problem(
                description: "`\(word)` begins at the end of a day: write 00:00 for its beginning")
        }
        guard from != to else {
            throw Problem(description: "`\(word)` has no length: write 00:00-24:00 for a whole day")
        }
        return (from, to)
    }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.joined().utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }
}
