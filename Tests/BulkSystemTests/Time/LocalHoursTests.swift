import BulkSystem
import BulkTestSupport
import Testing

@Suite("Hours of the week in a time zone")
struct LocalHoursTests {
    /// Seconds since 1970 of a time in UTC such as `2026-03-29T00:59`.
    private static func utc(_ text: String) -> Int {
        Int((microsecondsSince1970(text + ":00Z") ?? .min) / 1_000_000)
    }

    private static func hours(_ text: String) throws -> LocalHours {
        try LocalHours(text, local: .utc)
    }

    @Test("when clocks are set forward, hours begin at the jump, and end an hour earlier in UTC")
    func forward() throws {
        // In Berlin, 29 March 2026 has no time from 02:00 to 03:00; that is 01:00 in UTC.
        let night = try Self.hours("02:30-05:00 Europe/Berlin")
        #expect(!night.contains(Self.utc("2026-03-29T00:59")))
        #expect(night.contains(Self.utc("2026-03-29T01:00")))
        #expect(night.contains(Self.utc("2026-03-29T02:59")))
        #expect(!night.contains(Self.utc("2026-03-29T03:00")))
        let gap = try Self.hours("02:10-02:50 Europe/Berlin")
        let day = (Self.utc("2026-03-28T23:00")..<Self.utc("2026-03-29T22:00"))
        #expect(
            !stride(from: day.lowerBound, to: day.upperBound, by: 60).contains(where: gap.contains))
    }

    @Test("when clocks are set back, an hour that they show twice counts both times")
    func back() throws {
        // In Berlin, 25 October 2026 shows 02:00 to 03:00 twice, from 00:00 and from 01:00 in UTC.
        let hours = try Self.hours("02:00-02:30 Europe/Berlin")
        let open = stride(
            from: Self.utc("2026-10-24T22:00"), to: Self.utc("2026-10-25T23:00"), by: 60
        ).filter(hours.contains)
        let expected =
            Array(
                stride(from: Self.utc("2026-10-25T00:00"), to: Self.utc("2026-10-25T00:30"), by: 60)
            )
            + Array(
                stride(from: Self.utc("2026-10-25T01:00"), to: Self.utc("2026-10-25T01:30"), by: 60)
            )
        #expect(open == expected)
    }

    @Test("hours beyond midnight belong to the day on which they begin")
    func overnight() throws {
        let hours = try Self.hours("Fri 22:00-06:00 UTC")
        // 27 November 2026 is a Friday.
        #expect(hours.contains(Self.utc("2026-11-27T22:00")))
        #expect(hours.contains(Self.utc("2026-11-28T05:59")))
        #expect(!hours.contains(Self.utc("2026-11-28T06:00")))
        #expect(!hours.contains(Self.utc("2026-11-28T22:00")))
        #expect(!hours.contains(Self.utc("2026-11-27T05:00")))
    }

    @Test("dates are whole days of the zone")
    func dates() throws {
        let days = try Self.hours("2026-12-24..2026-12-26 Australia/Sydney")
        #expect(!days.contains(Self.utc("2026-12-23T12:59")))
        #expect(days.contains(Self.utc("2026-12-23T13:00")))
        #expect(days.contains(Self.utc("2026-12-26T12:59")))
        #expect(!days.contains(Self.utc("2026-12-26T13:00")))
    }

    @Test(
        "between a moment and its next border nothing changes, in any zone, at any time of the year"
    )
    func borders() throws {
        var random = SeededGenerator(seed: 17)
        for _ in 0..<60 {
            let zone = random.pick(["Europe/Berlin", "Australia/Lord_Howe", "UTC", "-03:30"])
            let (from, to) = (random.below(1440), random.below(1441))
            let days = LocalHours.Days.weekdays(UInt8(1 + random.below(127)))
            let hours = LocalHours(
                days, from: from, to: to, zone: try #require(ZoneDatabase.zone(zone)))
            let start = Self.utc(
                random.pick(["2026-03-27T00:00", "2026-10-23T00:00", "2026-04-03T00:00"]))
            var border = hours.nextBorder(after: start)
            var known = hours.contains(start)
            for time in stride(from: start, to: start + 4 * 86_400, by: 30) {
                if time >= border {
                    known = hours.contains(border)
                    border = hours.nextBorder(after: border)
                    #expect(border > time)
                }
                #expect(hours.contains(time) == known, "\(hours.text) at \(time)")
                if hours.contains(time) != known { return }
            }
        }
    }

    @Test(
        "text is read, and written so that it reads as the same hours",
        arguments: [
            ("Mon-Fri 01:00-05:00 Europe/Berlin", "Mon-Fri 01:00-05:00 Europe/Berlin"),
            ("monday,WED 9:00-17:30", "Mon,Wed 09:00-17:30 UTC"),
            ("Fri-Mon", "Mon,Fri-Sun UTC"), ("Sat,Sun 00:00-24:00 UTC", "Sat-Sun UTC"),
            ("00:00-24:00", "00:00-24:00 UTC"), ("Mon-Sun", "00:00-24:00 UTC"),
            ("22:00-06:00 +02:00", "22:00-06:00 +02:00"),
            ("2026-12-24", "2026-12-24 UTC"),
            ("2026-12-24..2026-12-26 18:00-20:00 UTC", "2026-12-24..2026-12-26 18:00-20:00 UTC"),
            ("  Tue   01:00-02:00 ", "Tue 01:00-02:00 UTC"),
        ])
    func text(written: String, text: String) throws {
        let hours = try Self.hours(written)
        #expect(hours.text == text)
        #expect(try Self.hours(hours.text) == hours)
    }

    @Test(
        "what names no hours is refused with what is wrong",
        arguments: [
            ("", "no hours in it"), ("Mon-Fry 01:00-02:00", "`Mon-Fry`"),
            ("Mon,Xyz", "`Xyz` is not a day"), ("5-7", "`5-7` is not a range of hours"),
            ("01:00-01:00", "no length"), ("24:00-01:00", "begins at the end of a day"),
            ("01:00-25:00", "is not a range of hours"), ("01:60-02:00", "is not a range of hours"),
            ("01:00-02:00-03:00", "is not a range of hours"),
            ("2026-02-30", "`2026-02-30` is not a date"),
            ("2026-12-26..2026-12-24", "nor two such"), ("Mon 01:00-02:00 UTC x", "`x` follows"),
            ("Mon 01:00-02:00 Europe/Berlen", "did you mean Europe/Berlin?"),
            ("Mon 01:00-02:00 X", "such as Europe/Berlin"),
            ("١:٠٠-٢:٠٠", "is not a range of hours"),
        ])
    func refused(text: String, words: String) {
        let problem = #expect(throws: LocalHours.Problem.self) { try Self.hours(text) }
        #expect(problem?.description.contains(words) == true, "\(problem?.description ?? "")")
    }
}
