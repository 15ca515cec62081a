import BulkSystem
import BulkTestSupport
import Testing

@testable import BulkExecution

@Suite("Hours in which a run may send")
struct SendWindowsTests {
    static func utc(_ text: String) -> Int {
        Int((microsecondsSince1970(text + ":00Z") ?? .min) / 1_000_000)
    }

    private static let sets: [(windows: [String], except: [String])] = [
        (["Mon-Fri 01:00-05:00 Europe/Berlin"], []),
        (["22:00-06:00 UTC; Sat,Sun UTC"], ["2026-10-25 UTC"]),
        (["02:00-03:00 Europe/Berlin", "08:15-08:16 America/New_York"], ["Sun 00:00-02:30 UTC"]),
        ([], ["Mon-Fri 08:00-18:00 Europe/Berlin"]), ([], []),
        (["00:00-24:00 UTC"], ["00:00-23:59 UTC"]),
    ]

    @Test("openings are those that a look at every second finds", arguments: sets.indices)
    func openings(index: Int) throws {
        let windows = try SendWindows(
            Self.sets[index].windows, except: Self.sets[index].except, localZone: "UTC")
        let start = Self.utc("2026-10-23T00:00")
        let end = start + 3 * 86_400
        // Every border of these sets lies at a whole minute.
        let isOpen = stride(from: start, to: end + 86_400 * 7, by: 60).map(windows.contains)
        for length in [0, 90] {
            for minute in stride(from: 0, to: 3 * 1440, by: 23) {
                let time = start + minute * 60
                // A request of 30 s fits into a minute, one of 90 s into two.
                let needed = max(1, (length + 59) / 60)
                let next = (minute..<isOpen.count - 2).first { minute in
                    isOpen[minute..<minute + needed].allSatisfy(\.self)
                }
                let opening = windows.opening(at: time, lasting: length)
                #expect(
                    opening?.start == next.map { start + $0 * 60 }
                        || next == nil && (opening?.start ?? .max) > end, "\(length) at \(time)")
                guard let opening, opening.lastStart != .max else { continue }
                let close = opening.lastStart + length
                #expect(windows.contains(close - 1) && !windows.contains(close))
            }
        }
    }

    @Test("a run that needs an hour ends where three nights of half an hour allow it")
    func ends() throws {
        let windows = try SendWindows(["01:00-01:30 Europe/Berlin"])
        let end = windows.end(of: 3600, from: Self.utc("2026-11-27T12:00"), lasting: 30)
        // Each night has 29 min 30 s in which a request may start.
        #expect(end == Self.utc("2026-11-30T00:01"))
        #expect(
            windows.end(of: 0, from: Self.utc("2026-11-28T00:10"), lasting: 30)
                == Self.utc("2026-11-28T00:10"))
        #expect(try SendWindows([]).end(of: 7, from: 100, lasting: 30) == 107)
        #expect(windows.end(of: 100 * 86_400, from: 0, lasting: 30) == nil)
    }

    @Test("windows too short for a request, and none at all, have no opening")
    func none() throws {
        let short = try SendWindows(["01:00-01:01 UTC"])
        #expect(short.opening(at: 0, lasting: 60) != nil)
        #expect(short.opening(at: 0, lasting: 61) == nil)
        let never = try SendWindows(["Mon UTC"], except: ["Mon UTC"])
        #expect(never.opening(at: 0, lasting: 1) == nil)
        #expect(never.nextChange(after: 0) == nil)
    }

    @Test("text is kept with its zones, and read again as the same hours")
    func text() throws {
        let windows = try SendWindows(
            ["Mon-Fri 22:00-06:00; Sat"], except: ["2026-12-24..2026-12-26"],
            localZone: "Europe/Berlin")
        #expect(windows.text == "Mon-Fri 22:00-06:00 Europe/Berlin; Sat Europe/Berlin")
        #expect(windows.exceptionsText == "2026-12-24..2026-12-26 Europe/Berlin")
        let again = try SendWindows([windows.text!], except: [windows.exceptionsText!])
        #expect(again == windows)
        #expect(throws: SendWindowsError.self) { try SendWindows(["Mon;"]) }
        let mixed = #expect(throws: SendWindowsError.self) {
            try SendWindows(["Mon 01:00-02:00 Asia/Tokyo; Tue"])
        }
        #expect(mixed?.message.contains("`Tue` names no time zone, and others do") == true)
        #expect(throws: SendWindowsError.self) { try SendWindows([], localZone: "Nowhere") }
    }

    @Test("a watch asks the calendar once for each stretch, and notices a clock that is set back")
    func watch() throws {
        let start = Int64(Self.utc("2026-11-28T01:00")) * 1000
        var watch = WindowWatch(
            try SendWindows(["01:00-02:00 UTC"]), timeout: 30 * .second)
        #expect(watch.opening(at: start - 1) == start)
        #expect(watch.opening(at: start) == nil)
        #expect(watch.opening(at: start + 3_570_000) == nil)
        #expect(watch.opening(at: start + 3_570_001) == start + 86_400_000)
        #expect(watch.opening(at: start - 7_200_000) == start)
        #expect(watch.opening(at: start + 1) == nil)
    }
}
