import Testing

@testable import BulkPlan

@Suite("Small JSON values of a plan")
struct JSONCursorTests {
    @Test(
        "whole numbers are read to the last one that fits, and nothing else is",
        arguments: [
            ("0", 0), ("-0", 0), (" \t\r\n42", 42), ("-7,", -7), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("92233720368547758070", nil), ("", nil), ("-", nil),
            ("x1", nil), ("\"1\"", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) {
        Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            #expect(cursor.integer() == expected)
        }
    }
}
