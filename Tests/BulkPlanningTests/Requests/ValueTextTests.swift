import BulkSystem
import BulkPlan
@testable import BulkPlanning
import BulkTestSupport
import MavaAPI
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

    @Test(
        "Statuses and priorities mean the same by the rules for plain texts and by those for any text"
    )
    func rules() {
        let rules = FieldRules.standard
        let words =
            TicketStatus.allCases.map(\.rawValue) + [
                "Spam", "low", "HIGH", "0", "1", "2", "3", "4", "9",
            ]
            + ["Openx", "Ope", "waitingg", "Waiting\0", "resolved ", "[pen", "1.0", "é"]
        var found: Set<UInt8> = []
        for word in words {
            for text in [word, word.uppercased(), word.lowercased()] {
                let bytes = Array(text.utf8)
                // What follows a text in memory must not matter.
                let readable = bytes + Array("Openresolvedwaiting".utf8)
                let (status, priority) = readable.withUnsafeBufferPointer { all in
                    let text = UnsafeBufferPointer(rebasing: all[..<bytes.count])
                    return (rules.status(readable: text), rules.priority(readable: text))
                }
                bytes.withUnsafeBufferPointer { bytes in
                    #expect(rules.status(of: bytes) ?? 0 == status, "\(text)")
                    // Numbers in other notations need more than a look.
                    let isPlain = text != "1.0"
                    #expect((isPlain ? rules.priority(of: bytes) ?? 0 : 0) == priority, "\(text)")
                }
                let expected = TicketStatus.allCases.firstIndex {
                    $0.rawValue.lowercased() == text.lowercased()
                }
                #expect(status == UInt8((expected ?? -1) + 1), "\(text)")
                found.insert(status)
            }
        }
        #expect(found.count == TicketStatus.allCases.count + 1)
        for priority in TicketPriority.allCases {
            for text in [
                "\(priority.rawValue)", priority.word, priority.word.uppercased(), "\(priority)",
            ] {
                let number = Array(text.utf8).withUnsafeBufferPointer(rules.priority(of:))
                #expect(number == UInt8(priority.rawValue), "\(text)")
            }
        }
    }

    @Test("The numbers of values that no update takes follow those of the values that it takes")
    func unwritable() {
        #expect(Int(UnwritableValue.status) == TicketStatus.allCases.count + 1)
        #expect(Int(UnwritableValue.priority) == TicketPriority.allCases.count + 1)
        for (index, status) in TicketStatus.allCases.enumerated() {
            var request = RequestedChange(ticket: TicketKey(interned: 0))
            request.status = status
            #expect(Int(request.statusCode) == index + 1 && request.status == status)
        }
    }

    private static let alike = ["aaaaaaaa", "aaaaaaab", "aaaaaaac", "aaaaaaad", "a", "aaaaaaag"]
    /// A table is never released, so there is one.
    private static let table = WordTable(alike)

    @Test("A table of words finds each of them, however alike they are")
    func words() {
        let table = Self.table
        for (index, word) in Self.alike.enumerated() {
            let number = Array(word.uppercased().utf8).withUnsafeBufferPointer(table.number(of:))
            #expect(number == UInt8(index + 1))
        }
        for other in ["", "aa", "aaaaaaa", "aaaaaaae", "aaaaaaaaa", "\u{FF}\u{FF}"] {
            #expect(Array(other.utf8).withUnsafeBufferPointer(table.number(of:)) == nil)
        }
    }
}
