import BulkSystem
import BulkTestSupport
import Foundation
import Testing

@Suite("Times and spans as they are written")
struct WrittenTimeTests {
    private func microseconds(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBufferPointer { microsecondsSince1970($0) }
    }

    @Test(
        "Times are read as RFC 3339 writes them",
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:01z", 1_000_000),
            ("2026-03-01 09:30", 1_772_357_400_000_000),
            ("2026-03-01T09:30:00.123Z", 1_772_357_400_123_000),
            ("2026-03-01T09:30:00,1234567Z", 1_772_357_400_123_456),
            ("2026-03-01T11:30:00+02:00", 1_772_357_400_000_000),
            ("2026-03-01T04:00:00-0530", 1_772_357_400_000_000),
            ("2026-03-01 11:30:00.5+02", 1_772_357_400_500_000), ("2026-03-01 09:30+24", nil),
            ("2026/03/01 09:30:00", 1_772_357_400_000_000), ("2026/03/01", 1_772_323_200_000_000),
            ("2026/03-01", nil), ("2026-03/01", nil), ("2026-03-01 09:30+2", nil),
            ("1969-12-31T23:59:59Z", -1_000_000),
            ("2024-02-29", 1_709_164_800_000_000), ("2000-02-29", 951_782_400_000_000),
            ("2025-02-29", nil), ("1900-02-29", nil), ("2026-13-01", nil), ("2026-00-01", nil),
            ("2026-01-32", nil), ("2026-04-31", nil), ("2026-1-1", nil),
            ("2026-03-01T24:00:00Z", nil),
            ("2026-03-01T09:60Z", nil), ("2026-03-01T09:30:61Z", nil),
            ("2026-03-01T09:30:00.Z", nil),
            ("2026-03-01T09:30:00+2", nil), ("2026-03-01T", nil), ("2026-03-01x", nil), ("", nil),
        ] as [(String, Int64?)])
    func times(text: String, expected: Int64?) {
        #expect(microseconds(text) == expected)
    }

    @Test("Random times are those of Foundation")
    func randomTimes() throws {
        var random = SeededGenerator(seed: 11)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<500 {
            let seconds = Int64(random.next() % 8_000_000_000) - 4_000_000_000
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(microseconds(text) == seconds * 1_000_000, "\(text)")
        }
    }

    @Test(
        "A time lasts as long as it is precise",
        arguments: [
            ("2026-03-01", 86_400_000_000), ("2026-03-01T09:30Z", 60_000_000),
            ("2026-03-01T09:30:00+02:00", 1_000_000), ("2026-03-01T09:30:00.12Z", 10_000),
        ] as [(String, Int64)])
    func precision(text: String, length: Int64) {
        #expect(WrittenTime(text)?.length == length)
    }

    @Test(
        "Spans are whole numbers with units",
        arguments: [
            ("500ms", 500), ("30s", 30_000), ("0m", 0), ("14d", 14 * 86_400_000),
            ("2w", 14 * 86_400_000),
            ("1y", 365 * 86_400_000), ("2h30m", 9_000_000), ("30m2h", 9_000_000),
            ("1h1h", 7_200_000),
            ("9223372036854775807ms", .max), ("9223372036854775808ms", nil),
            ("9223372036854775807ms1ms", nil),
            ("292471209y", nil), ("", nil), ("14", nil), ("d", nil), ("14d2", nil), ("-1d", nil),
            ("+1d", nil),
            ("1.5h", nil), ("1 h", nil), ("1mo", nil), ("1D", nil), ("1\u{E9}", nil),
            ("\u{661}d", nil),
        ] as [(String, Int64?)])
    func spans(text: String, milliseconds: Int64?) {
        #expect(
            WrittenSpan(text, units: Set(WrittenSpan.Unit.allCases))?.milliseconds == milliseconds)
    }

    @Test("A span has only the units that are allowed, and counts its parts")
    func units() {
        #expect(WrittenSpan("2h", units: [.minutes]) == nil)
        #expect(WrittenSpan("2h30m", units: [.hours]) == nil)
        #expect(WrittenSpan("2h30m", units: [.hours, .minutes])?.parts == 2)
    }
}
