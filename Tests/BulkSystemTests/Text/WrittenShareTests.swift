import BulkSystem
import Testing

@Suite("Shares as people write them")
struct WrittenShareTests {
    @Test(
        "a fraction, a percentage and a decimal number are read exactly",
        arguments: [
            ("1/3", 1, 3, "1/3"), ("40%", 40, 100, "40%"), ("0.5", 5, 10, "50%"),
            ("0.0125", 125, 10_000, "1.25%"), ("1.9%", 19, 1000, "1.9%"), ("0%", 0, 100, "0%"),
            ("1.0", 10, 10, "100%"), ("0.01", 1, 100, "1%"), ("0.015", 15, 1000, "1.5%"),
            ("0.0105", 105, 10_000, "1.05%"),
        ])
    func read(text: String, numerator: Int, denominator: Int, shown: String) {
        let share = WrittenShare(text)
        #expect(share?.numerator == numerator)
        #expect(share?.denominator == denominator)
        #expect(share?.description == shown)
        #expect(WrittenShare(shown) != nil, "what is kept can be read again")
    }

    @Test(
        "all else is refused",
        arguments: [
            "", "%", "1", "0", "5", "1.5", "101%", "2/1", "1/0", "0/0", "-1/2", "+1/2", "1/2/3",
            "1e-1",
            "0x1.8", ".", "0.", "0.12345", "1/1000001", "half", "99999999999999999999%",
        ])
    func refused(text: String) { #expect(WrittenShare(text) == nil) }

    @Test("a part of a whole is compared exactly, also where products overflow")
    func bound() throws {
        let twelfth = try #require(WrittenShare("1/12"))
        #expect(twelfth.contains(1, of: 12) && !twelfth.contains(1, of: 11))
        #expect(twelfth.contains(0, of: 0) && !twelfth.contains(1, of: 0))
        let half = try #require(WrittenShare("50%"))
        #expect(half.contains(Int.max / 2, of: .max) && !half.contains(Int.max / 2 + 1, of: .max))
    }
}
