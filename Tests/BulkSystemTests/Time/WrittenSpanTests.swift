import BulkSystem
import Testing

@Suite("Spans of time, as written")
struct WrittenSpanTests {
    private static let units = Set(WrittenSpan.Unit.allCases)

    @Test(
        "fractions are read where they are taken",
        arguments: [
            ("1.5h", 5_400_000), ("0.25s", 250), ("2h30m", 9_000_000), ("1.5h10.5s", 5_410_500),
            ("0.0009s", 0), ("30s", 30_000), ("1.000001s", 1000),
        ] as [(String, Int64)])
    func fractions(text: String, milliseconds: Int64) {
        let span = WrittenSpan(text, units: Self.units, takesFractions: true)
        #expect(span?.milliseconds == milliseconds)
    }

    @Test(
        "what is no span is refused",
        arguments: [
            "", ".5h", "1.h", "1..5h", "1.5", "1.5x", "h", "1.0000001s", "-1s", "1 s",
            "9999999999999999999h",
            "9223372036854775.807s9223372036854775s", "1e3s",
        ])
    func refused(text: String) {
        #expect(WrittenSpan(text, units: Self.units, takesFractions: true) == nil)
    }

    @Test("elsewhere fractions are refused")
    func wholeNumbers() {
        #expect(WrittenSpan("1.5h", units: Self.units) == nil)
        #expect(WrittenSpan("1h30m", units: Self.units)?.parts == 2)
    }
}
