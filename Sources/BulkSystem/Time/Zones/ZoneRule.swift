/// The rule by which a zone's clocks change every year, as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// The format is that of the variable `TZ` in POSIX.1-2017, chapter 8, with the longer times of RFC 9636.
struct ZoneRule: Hashable, Sendable {
    /// A day of the year, and a time of that day.
    enum Day: Hashable, Sendable {
        /// `M3.5.0`: the last (5) Sunday (0) of March.
        case weekday(month: Int, week: Int, weekday: Int)
        /// `J60`: the 60th day of the year, where 29 February is not counted.
        case julian(Int)
        /// `59`: the day of the year, counted from 0, where 29 February is counted.
        case ordinal(Int)
    }

    /// When the clocks change, in local time before the change.
    struct Change: Hashable, Sendable {
        var day: Day
        /// Seconds after midnight; can be negative or more than a day.
        var time: Int
    }

    /// The other time of the year.
    struct Daylight: Hashable, Sendable {
        /// Seconds east of UTC.
        var offset: Int
        var begin: Change
        var end: Change
    }

    /// Standard time, in seconds east of UTC.
    var standard: Int
    /// Daylight saving time; `nil` where there is none.
    var daylight: Daylight?

    /// Reads a rule; `nil` when the text is none.
    init?(_ text: String) {
        var parser = ZoneRuleParser(text)
        guard parser.consumeName(), let west = parser.consumeOffset() else { return nil }
        standard = -west
        guard !parser.isAtEnd else { return }
        guard parser.consumeName() else { return nil }
        var offset = standard + 3600
        if !parser.isAtEnd, !parser.isAt(",") {
            guard let west = parser.consumeOffset() else { return nil }
            offset = -west
        }
        // Without dates, programs take those of the United States, and no zone is written so.
        guard let begin = parser.consumeChange(), let end = parser.consumeChange(), parser.isAtEnd
        else { return nil }
        daylight = Daylight(offset: offset, begin: begin, end: end)
    }

    /// The offset at a moment.
    func offset(at time: Int) -> Int {
        changes(around: time).last { $0.time <= time }?.offset ?? standard
    }

    /// When the offset changes next after a moment; `nil` for never.
    func nextChange(after time: Int) -> Int? {
        let before = offset(at: time)
        return changes(around: time).first { $0.time > time && $0.offset != before }?.time
    }

    /// The changes of the year before, of the year, and of the two years after it, in order.
    private func changes(around time: Int) -> [(time: Int, offset: Int)] {
        guard let daylight else { return [] }
        let year = CivilTime(secondsSince1970: time + standard).year
        var changes: [(time: Int, offset: Int)] = []
        for year in max(1, year - 1)...min(9999, year + 2) {
            changes.append((daylight.begin.time(in: year) - standard, daylight.offset))
            changes.append((daylight.end.time(in: year) - daylight.offset, standard))
        }
        return changes.sorted { $0.time < $1.time }
    }
}

extension ZoneRule.Change {
    /// The moment in a year, in seconds since 1970 as if the local clock showed UTC.
    fileprivate func time(in year: Int) -> Int {
        func midnight(_ month: Int, _ day: Int) -> Int {
            CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)?
                .secondsSince1970 ?? 0
        }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let newYear = midnight(1, 1)
        let start =
            switch day {
            case .julian(let number):
                newYear + (number - 1 + (isLeap && number >= 60 ? 1 : 0)) * 86_400
            case .ordinal(let number): newYear + number * 86_400
            case .weekday(let month, let week, let weekday):
                Self.day(
                    weekday, week, from: midnight(month, 1),
                    until: month == 12
                        ? newYear + (isLeap ? 366 : 365) * 86_400 : midnight(month + 1, 1))
            }
        return start + time
    }

    /// The midnight of a weekday of a month: the first to the fourth, or with 5 the last.
    private static func day(_ weekday: Int, _ week: Int, from first: Int, until end: Int) -> Int {
        // 1 January 1970 was a Thursday, which is 4 where Sunday is 0.
        let firstWeekday = ((first / 86_400 + 4) % 7 + 7) % 7
        var day = first + ((weekday - firstWeekday + 7) % 7 + (week - 1) * 7) * 86_400
        while day >= end { day -= 7 * 86_400 }
        return day
    }
}

private struct ZoneRuleParser {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ letter: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: letter) }

    private mutating func consume(_ letter: Unicode.Scalar) -> Bool {
        guard isAt(letter) else { return false }
        rest.removeFirst()
        return true
    }

    /// Consumes an abbreviation, such as `CET` or `<+0330>`.
    mutating func consumeName() -> Bool {
        if consume("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            rest = rest[rest.index(after: end)...]
            return true
        }
        let name = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        rest = rest[name.endIndex...]
        return name.count >= 3
    }

    /// Consumes a signed time, such as `-1`, `+5:30` or `167:59:59`, in seconds.
    mutating func consumeOffset() -> Int? {
        let sign = consume("-") ? -1 : 1
        if sign == 1 { _ = consume("+") }
        guard let hours = number(), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] {
            guard consume(":") else { break }
            guard let part = number(), part < 60 else { return nil }
            seconds += part * unit
        }
        return sign * seconds
    }

    /// Consumes a comma, a day, and the time after a slash, which is 2:00 without one.
    mutating func consumeChange() -> ZoneRule.Change? {
        guard consume(","), let day = consumeDay() else { return nil }
        guard consume("/") else { return ZoneRule.Change(day: day, time: 7200) }
        return consumeOffset().map { ZoneRule.Change(day: day, time: $0) }
    }

    private mutating func consumeDay() -> ZoneRule.Day? {
        if consume("J") {
            return number().flatMap { (1...365).contains($0) ? .julian($0) : nil }
        }
        guard consume("M") else {
            return number().flatMap { (0...365).contains($0) ? .ordinal($0) : nil }
        }
        guard let month = number(), (1...12).contains(month), consume("."), let week = number(),
            (1...5).contains(week), consume("."), let weekday = number(), (0...6).contains(weekday)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest[digits.endIndex...]
        return Int(Substring(digits))
    }
}
