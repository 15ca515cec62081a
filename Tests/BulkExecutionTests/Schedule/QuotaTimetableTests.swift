import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization
import Testing

@testable import BulkExecution

@Suite("A quota that is lower at certain hours")
struct QuotaTimetableTests {
    private static func utc(_ text: String) -> Int { SendWindowsTests.utc(text) }

    private static let written = "90/30s; Mon-Fri 08:00-18:00 UTC 30/30s"

    @Test("the lower quota holds from one window before its hours until one window after them")
    func bounds() throws {
        let timetable = try QuotaTimetable(Self.written)
        // 27 November 2026 is a Friday.
        let (start, end) = (Self.utc("2026-11-27T08:00"), Self.utc("2026-11-27T18:00"))
        for (time, isLow) in [
            (start - 31, false), (start - 30, true), (start, true), (end - 1, true),
            (end + 29, true), (end + 30, false),
            (Self.utc("2026-11-28T12:00"), false),
        ] {
            #expect(timetable.bounds(at: time).quotas.isEmpty == !isLow, "at \(time - start)")
        }
        // Between two looks nothing changes.
        var time = start - 86_400
        while time < end + 2 * 86_400 {
            let (quotas, until) = timetable.bounds(at: time)
            #expect(until > time)
            for later in [time + 1, (time + until) / 2, until - 1]
            where later > time && later < until {
                #expect(timetable.bounds(at: later).quotas == quotas, "at \(later - start)")
            }
            time = until
        }
    }

    @Test(
        "text is read, and written so that it reads as the same timetable",
        arguments: [
            ("90/30s", "90/30s"), (Self.written, Self.written), ("10/500ms", "10/500ms"),
            ("90/1m;30/30s Sat,Sun +01:00", "90/60s; Sat-Sun +01:00 30/30s"),
            (
                "90/30s; 30/30s Mon UTC; Tue 08:00-09:00 1/1s UTC",
                "90/30s; Mon UTC 30/30s; Tue 08:00-09:00 UTC 1/1s"
            ),
        ])
    func text(written: String, text: String) throws {
        let timetable = try QuotaTimetable(written)
        #expect(timetable.text == text)
        #expect(try QuotaTimetable(timetable.text) == timetable)
        #expect(timetable.isPlain == !text.contains(";"))
        #expect(timetable.sharing("1/3")?.quota.share == timetable.quota.requests / 3)
    }

    @Test(
        "what is no timetable is refused with its part",
        arguments: [
            ("", "", nil), ("90", "90", nil), ("90/30", "90/30", nil),
            ("90/30s; Mon 08:00-18:00", "Mon 08:00-18:00", "no requests per time"),
            ("90/30s; Mon 08:00-18:00 100/30s", "100/30s", "only slow a run down"),
            ("90/30s; Mun 30/30s", "Mun", "neither a day"), ("90/30s;", "", "no requests per time"),
            ("Mon 30/30s; 90/30s", "Mon 30/30s", nil), ("90/30s; 30/30s", "30/30s", "no hours"),
            ("90/30s; Mon 30/30s; 10/30s", "10/30s", "no hours"),
        ] as [(String, String, String?)])
    func refused(text: String, part: String, words: String?) {
        let problem = #expect(throws: QuotaTimetable.Problem.self) { try QuotaTimetable(text) }
        #expect(problem?.text == part)
        #expect((problem?.message == nil) == (words == nil))
        if let words { #expect(problem?.message?.contains(words) == true) }
    }

    @Test("permits follow the hours, and no window that touches them has more than they allow")
    func permits() async throws {
        let clock = ManualClock()
        let start = Int64(Self.utc("2026-11-27T07:55")) * 1000
        let gate = QuotaGate(
            Quota(requests: 9, window: .seconds(30)),
            timetable: try QuotaTimetable("9/30s; Fri 08:00-08:02 UTC 3/30s"), clock: clock,
            timeOfDay: { [clock] in
                start + Int64(clock.now.offset / .milliseconds(1))
            })
        var sent: [Nanoseconds] = []
        let end = 600 * Nanoseconds.second
        while gate.now < end {
            switch gate.tryAcquire() {
            case .granted:
                sent.append(gate.now)
                gate.complete(nil)
            case .wait(let until, _):
                clock.advance(by: Duration((until ?? gate.now + .second) - gate.now))
            }
        }
        let (from, to) = (300 * Nanoseconds.second, 420 * Nanoseconds.second)
        let window = 30 * Nanoseconds.second
        for first in sent {
            let inWindow = sent.count { $0 >= first && $0 < first + window }
            let touches = first < to && first + window > from
            #expect(inWindow <= (touches ? 3 : 9), "at \(first)")
        }
        // Before and after the hours the whole quota is used.
        #expect(sent.count { $0 < from - 2 * window } >= 9 * 8)
        #expect(sent.count { $0 > to + 2 * window } >= 9 * 3)
        #expect(sent.count { $0 >= from && $0 < to } >= 3 * 3)
    }

    @Test("the end of a run is computed through its hours and its quotas")
    func end() throws {
        let quota = Quota(requests: 90, window: .seconds(30))
        let plain = SendSchedule()
        #expect(plain.end(ofRequests: 91, quota, from: 100) == 130)
        #expect(plain.end(ofRequests: 0, quota, from: 100) == 100)
        let day = SendSchedule(timetable: try QuotaTimetable(Self.written))
        let noon = Self.utc("2026-11-27T12:00")
        #expect(day.end(ofRequests: 301, quota, from: noon) == noon + 300)
        let night = SendSchedule(windows: try SendWindows(["01:00-01:10 UTC"]))
        let start = Self.utc("2026-11-27T12:00")
        // In each night, 20 batches of 90 fit into 9 min 30 s.
        #expect(
            night.end(ofRequests: 20 * 90 + 1, quota, from: start)
                == Self.utc("2026-11-29T01:00"))
        #expect(
            night.end(ofRequests: 20 * 90, quota, from: start)
                == Self.utc("2026-11-28T01:09") + 30)
        #expect(night.end(ofRequests: .max / 2, quota, from: start) == nil)
        // A request that may take all of the hours starts in their first second only.
        var slow = night
        slow.longestRequest = .seconds(600)
        #expect(
            slow.end(ofRequests: 91, quota, from: start) == Self.utc("2026-11-29T01:00"))
        #expect(slow.nextHours(after: start) == Self.utc("2026-11-28T01:00"))
        #expect(slow.nextHours(after: Self.utc("2026-11-28T01:05")) == nil)
    }
}
