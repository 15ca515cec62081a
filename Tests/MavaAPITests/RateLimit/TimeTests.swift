import BulkSystem
import BulkTestSupport
import Foundation
import Testing

@testable import MavaAPI

@Suite("Dates and times")
struct TimeTests {
    @Test(
        "the three forms of an HTTP date are read",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ])
    func forms(text: String) {
        #expect(HTTPDate.seconds(of: text) == 784_111_777)
    }

    @Test(
        "what is not an HTTP date is not read",
        arguments: [
            "", "0", "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 31 Feb 2026 00:00:00 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49 1994",
            "Sun, 06 Nov 1994 08:49:-1 GMT", "Sun, ٠6 Nov 1994 08:49:37 GMT",
            "Sun, 29 Feb 2100 00:00:00 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT extra",
        ])
    func malformed(text: String) {
        #expect(HTTPDate.seconds(of: text) == nil)
    }

    @Test(
        "dates as ISO 8601 and JavaScript write them are read, to the second",
        arguments: [
            "1994-11-06T08:49:37Z", "1994-11-06 08:49:37", "1994-11-06T08:49:37.999Z",
            "1994-11-06T09:49:37+01:00", "1994-11-06T03:19:37-0530",
            "Sun Nov 06 1994 08:49:37 GMT+0000",
            "Sun Nov 06 1994 09:49:37 GMT+0100 (Central European Standard Time)",
            "Sun Nov 06 1994 03:19:37 GMT-0530 (a zone (of two words))",
        ])
    func otherForms(text: String) {
        #expect(DateText.seconds(of: text, near: 784_111_777) == 784_111_777)
    }

    @Test(
        "a day, a minute and what is nearly a date are no point in time",
        arguments: [
            "1994-11-06", "1994-11-06T08:49Z", "1994-11-06T08:49:37Z ", "1994-13-06T08:49:37Z",
            "1994-11-06T08:49:37+24:00", "Sun Nov 06 1994 08:49:37 GMT",
            "Sun Nov 06 1994 08:49:37 GMT+2400", "Sun Nov 06 1994 08:49:37 GMT+0060",
            "Sun Nov 06 1994 08:49:37 GMT+01", "Sun Nov 06 1994 08:49:37 GMT+0100 (open",
            "Sun Nov 06 1994 08:49:37 GMT+0100 extra", "Sun Nov 31 1994 08:49:37 GMT+0000",
            "Sun Nov 06 1994 08:49:37 UTC+0000", "Sun Nov 06 1994 08:49:37 GMT+٠100",
        ])
    func noOtherForms(text: String) {
        #expect(DateText.seconds(of: text, near: 784_111_777) == nil)
    }

    @Test("a year of two digits is the one at most 50 years ahead")
    func shortYears() throws {
        let now = 1_767_225_600  // 2026
        let ahead = try #require(HTTPDate.seconds(of: "Monday, 01-Jan-76 00:00:00 GMT", near: now))
        #expect(CivilTime(secondsSince1970: ahead).year == 2076)
        let past = try #require(HTTPDate.seconds(of: "Monday, 01-Jan-77 00:00:00 GMT", near: now))
        #expect(CivilTime(secondsSince1970: past).year == 1977)
    }

    @Test("seconds become the same date and time as Foundation's calendar, and back")
    func civil() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!
        var generator = SeededGenerator(seed: 7)
        // From 1583, after the calendar's reform, to 9999.
        let edges = [0, -1, 951_782_399, 951_782_400, 4_107_542_400, 253_402_300_799]
        let random = (0..<5000).map { _ in
            Int.random(in: -12_212_553_600...253_402_300_799, using: &generator)
        }
        for seconds in edges + random {
            let mine = CivilTime(secondsSince1970: seconds)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second],
                from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(
                [mine.year, mine.month, mine.day, mine.hour, mine.minute, mine.second]
                    == [
                        parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second,
                    ])
            #expect(mine.secondsSince1970 == seconds)
        }
        #expect(
            CivilTime.iso8601(millisecondsSince1970: 1_767_225_600_007)
                == "2026-01-01T00:00:00.007Z")
        #expect(CivilTime.iso8601(millisecondsSince1970: 999) == "1970-01-01T00:00:00.999Z")
        #expect(CivilTime.iso8601(millisecondsSince1970: -1) == "1969-12-31T23:59:59.999Z")
        #expect(
            CivilTime.iso8601(millisecondsSince1970: -1000) == "1969-12-31T23:59:59.000Z")
        #expect(
            CivilTime.iso8601(millisecondsSince1970: 32_503_680_000_250)
                == "3000-01-01T00:00:00.250Z")
        #expect(CivilTime(secondsSince1970: .max).iso8601 == "9999-12-31T23:59:59Z")
        #expect(CivilTime(secondsSince1970: .min).iso8601 == "0001-01-01T00:00:00Z")
    }
}
