import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Foundation
import Testing

@Suite("Keys, names and times")
struct ValueTextTests {
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

    @Test("An ObjectId's key gives back its digits, in lower case")
    func keys() throws {
        var random = SeededGenerator(seed: 12)
        let digits = Array("0123456789abcdefABCDEF".utf8)
        for _ in 0..<1000 {
            let text = (0..<24).map { _ in digits[Int(random.next() % 22)] }
            let key = text.withUnsafeBufferPointer { TicketKey(hexadecimal: $0) }
            let isSame = key?.hexadecimal == String(decoding: text, as: UTF8.self).lowercased()
            #expect(isSame)
            var other = text
            other[Int(random.next() % 24)] =
                [0x2F, 0x3A, 0x40, 0x47, 0x60, 0x67, 0xC1, 0x00][Int(random.next() % 8)]
            let none = other.withUnsafeBufferPointer { TicketKey(hexadecimal: $0) }
            #expect(none == nil)
        }
        let short = Array(repeating: UInt8(0x30), count: 23)
        #expect(short.withUnsafeBufferPointer { TicketKey(hexadecimal: $0) } == nil)
    }

    @Test("A text has one number, and a number its text, whatever the texts' lengths")
    func names() {
        var table = NameTable(seed: 1)
        var numbers: [String: Int] = [:]
        var random = SeededGenerator(seed: 13)
        for _ in 0..<5000 {
            let length = Int(random.next() % 40)
            let text = String((0..<length).map { _ in "abé".randomElement(using: &random)! })
            let number = Array(text.utf8).withUnsafeBufferPointer { table.intern($0) }
            #expect(numbers[text] ?? numbers.count == number)
            numbers[text] = number
            #expect(table.name(number) == text)
        }
        #expect(table.count == numbers.count)
    }
}
