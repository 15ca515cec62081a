/// A ticket's id in 16 bytes: of an ObjectId its 12 bytes, of any other id its place in a table.
///
/// The hexadecimal digits of an ObjectId are taken in either case and written in lower case, as Mava
/// writes them, so that one ticket has one key.
package struct TicketKey: Hashable, Sendable, BitwiseCopyable {
    /// The first four bytes of an ObjectId: its creation time in seconds since 1970.
    package let high: UInt32
    /// The next four bytes.
    package let middle: UInt32
    /// The last four bytes; of any other id its place in the table of ids.
    package let low: UInt32
    /// Whether the id is an ObjectId.
    package let isObjectID: Bool

    /// Makes the key of an ObjectId from its words.
    package init(high: UInt32, middle: UInt32, low: UInt32) {
        self.high = high
        self.middle = middle
        self.low = low
        isObjectID = true
    }

    /// Makes the key of an id that is no ObjectId.
    ///
    /// - Parameter index: The id's place in the table of ids.
    package init(interned index: Int) {
        high = 0
        middle = 0
        low = UInt32(index)
        isObjectID = false
    }

    /// Takes 24 hexadecimal digits.
    ///
    /// The result is `nil` when they are not 24, or not all are hexadecimal.
    ///
    /// - Parameter digits: The digits, in ASCII.
    @inline(__always)
    package init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 24, let base = digits.baseAddress else { return nil }
        let raw = UnsafeRawPointer(base)
        // Whether a digit is wrong is asked once for all three words.
        let high = Self.word(raw)
        let middle = Self.word(raw + 8)
        let low = Self.word(raw + 16)
        guard high.wrong | middle.wrong | low.wrong == 0 else { return nil }
        self.init(high: high.value, middle: middle.value, low: low.value)
    }

    /// The value of eight hexadecimal digits, and a bit for each byte that is none.
    @inline(__always)
    private static func word(_ digits: UnsafeRawPointer) -> (value: UInt32, wrong: UInt64) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let written = digits.loadUnaligned(as: UInt64.self).littleEndian
        // Without their top bits, adding to one byte never carries into the next: the top bit tells
        // whether the byte has reached a bound.
        let text = written & ~tops
        let lower = text | ones &* 0x20
        let isDigit = (text &+ ones &* 0x50) & ~(text &+ ones &* 0x46)
        let isLetter = (lower &+ ones &* 0x1F) & ~(lower &+ ones &* 0x19) & tops
        let wrong = (~(isDigit | isLetter) | written) & tops
        let nibbles = (text & (ones &* 0x0F)) &+ (isLetter >> 7) &* 9
        // The first digit is the highest nibble: join neighbours, then bytes, then halves.
        let pairs = (nibbles << 4 | nibbles >> 8) & 0x00FF_00FF_00FF_00FF
        let quads = (pairs << 8 | pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return (UInt32(truncatingIfNeeded: quads << 16 | quads >> 32), wrong)
    }

    /// The digits of an ObjectId, in lower case.
    package var hexadecimal: String {
        String(unsafeUninitializedCapacity: 24) { space in
            for (index, word) in [high, middle, low].enumerated() {
                for digit in 0..<8 {
                    let nibble = UInt8(truncatingIfNeeded: word >> UInt32(28 - 4 * digit)) & 0x0F
                    space[index * 8 + digit] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
                }
            }
            return 24
        }
    }
}
