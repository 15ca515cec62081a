import Testing

@testable import BulkSystem

@Suite("Words for numbers")
struct WordsTests {
    @Test(
        "A wait is told in a unit that fits it, rounded up, and a far one without a number",
        arguments: [
            (0, "0 s"), (1, "1 s"), (119, "119 s"), (120, "2 min"), (121, "3 min"),
            (7200, "120 min"), (7201, "3 hours"), (86_400, "24 hours"), (172_801, "3 days"),
            (31_622_400, "366 days"), (31_622_401, "more than a year"),
            (4_611_686_019, "more than a year"), (.max, "more than a year"),
        ] as [(Int64, String)])
    func wait(seconds: Int64, text: String) { #expect(Words.wait(seconds: seconds) == text) }
}
