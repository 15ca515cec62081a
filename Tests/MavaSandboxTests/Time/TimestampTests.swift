import Foundation
import Testing

@testable import MavaSandbox

/// Dates, with Foundation's calendar as the oracle.
@Suite struct TimestampTests {
    private func text(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("moments are written as Foundation writes them, and read back")
    func writing() {
        let oracle = ISO8601DateFormatter()
        oracle.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let http = DateFormatter()
        http.locale = Locale(identifier: "en_US_POSIX")
        http.timeZone = TimeZone(identifier: "GMT")
        http.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        var chance = Chance(seed: 5)
        for _ in 0..<2000 {
            // From 1900 to 2100.
            let milliseconds = Int64(chance.below(6_311_433_600_000)) - 2_208_988_800_000
            let moment = Timestamp(milliseconds: milliseconds)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            let written = text { moment.append(to: &$0) }
            #expect(written.prefix(19) == oracle.string(from: date).prefix(19))
            #expect(Timestamp.parse(Array(written.utf8)) == moment)
            if milliseconds % 1000 == 0 || milliseconds > 0 {
                #expect(text { moment.appendHTTPDate(to: &$0) } == http.string(from: date))
            }
        }
    }

    @Test(
        "every form of ISO 8601 that is taken",
        arguments: [
            ("2026-01-31", 1_769_817_600_000), ("2026-01-31T08:15", 1_769_847_300_000),
            ("2026-01-31T08:15:30Z", 1_769_847_330_000),
            ("2026-01-31 08:15:30.5z", 1_769_847_330_500),
            ("2026-01-31t08:15:30.1239Z", 1_769_847_330_123),
            ("2026-01-31T10:15:30+02:00", 1_769_847_330_000),
            ("2026-01-31T04:45:30-0330", 1_769_847_330_000),
            ("2026-01-31T10:15:30+02", 1_769_847_330_000),
            ("2026-01-30T24:00:00Z", 1_769_817_600_000), ("2024-02-29", 1_709_164_800_000),
            ("1969-12-31T23:59:59Z", -1000),
        ] as [(String, Int64)])
    func reading(_ text: String, _ milliseconds: Int64) {
        #expect(Timestamp.parse(Array(text.utf8))?.milliseconds == milliseconds)
    }

    @Test(
        "what is no moment is not taken",
        arguments: [
            "", "2026", "2026-1-1", "2026-13-01", "2026-02-29", "2026-00-10", "2026-01-00",
            "2026-01-31T", "2026-01-31T8:15", "2026-01-31T08:60", "2026-01-31T25:00",
            "2026-01-31T24:00:01", "2026-01-31T08:15:30.Z", "2026-01-31T08:15:30+2",
            "2026-01-31T08:15:30 02:00", "2026-01-31T08:15Zx", "31.01.2026", "yesterday",
        ])
    func refusing(_ text: String) {
        #expect(Timestamp.parse(Array(text.utf8)) == nil)
    }
}
