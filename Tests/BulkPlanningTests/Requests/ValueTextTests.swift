import BulkSystem
import BulkPlan
import BulkPlanning
import BulkTestSupport
import Testing

@Suite("Keys and names")
struct ValueTextTests {
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
