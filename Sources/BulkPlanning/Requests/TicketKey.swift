import BulkSystem

/// A ticket's id in 16 bytes: the 12 bytes of an ObjectId, or the index of any other id in a table.
///
/// The hexadecimal digits of an ObjectId are accepted in either case and written in lower case, as Mava
/// writes them. So one ticket has one key.
package struct TicketKey: Hashable, Sendable, BitwiseCopyable {
    /// The first four bytes of an ObjectId: its creation time in seconds since 1970.
    package let high: UInt32
    /// The next four bytes.
    package let middle: UInt32
    /// The last four bytes; for any other id, its index in the table of ids.
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

    /// Makes the key of an id that is not an ObjectId.
    ///
    /// - Parameter index: The id's index in the table of ids.
    package init(interned index: Int) {
        high = 0
        middle = 0
        low = UInt32(index)
        isObjectID = false
    }

    /// Parses 24 hexadecimal digits.
    ///
    /// The result is `nil` when there are not 24 characters, or not all of them are hexadecimal.
    ///
    /// - Parameter digits: The digits, in ASCII.
    @inline(__always)
    package init?(hexadecimal digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == 24, let base = digits.baseAddress else { return nil }
        let raw = UnsafeRawPointer(base)
        // The eight digits in the middle are loaded twice, so that both loads have sixteen.
        let first = Self.nibbles(raw.loadUnaligned(as: SIMD16<UInt8>.self))
        let last = Self.nibbles(raw.loadUnaligned(fromByteOffset: 8, as: SIMD16<UInt8>.self))
        let areDigits = unsafeBitCast(first.areDigits & last.areDigits, to: SIMD2<UInt64>.self)
        guard areDigits[0] & areDigits[1] == .max else { return nil }
        let pairs = SIMD16(lowHalf: Self.pairs(first.values), highHalf: Self.pairs(last.values))
        let bytes = SIMD16<UInt8>(truncatingIfNeeded: pairs)
        let words = unsafeBitCast(bytes, to: SIMD2<UInt64>.self)
        let start = UInt64(bigEndian: words[0])
        self.init(
            high: UInt32(truncatingIfNeeded: start >> 32),
            middle: UInt32(truncatingIfNeeded: start),
            low: UInt32(truncatingIfNeeded: UInt64(bigEndian: words[1])))
    }

    /// Whether the id is what a spreadsheet or a script leaves of one that has decimal digits alone: a number of at
    /// most seventeen digits, with zeros behind them.
    @inline(__always)
    package var isRounded: Bool { low & 0x0FFF_FFFF == 0 && isObjectID && isDecimal }

    /// Whether the digits before the last seven are those of a decimal number.
    private var isDecimal: Bool {
        let digits = UInt64(high) << 32 | UInt64(middle)
        return digits >> 60 != 0 && low >> 28 < 10
            && (0..<16).allSatisfy { digits >> UInt64(4 * $0) & 0xF < 10 }
    }

    /// The values of sixteen hexadecimal digits, and a mask of all ones for each byte that is a digit.
    @inline(__always)
    private static func nibbles(
        _ text: SIMD16<UInt8>
    ) -> (values: SIMD16<UInt8>, areDigits: SIMD16<UInt8>) {
        // Each step has a name and a type, because the compiler makes a loop over bytes of a longer
        // expression.
        let number: SIMD16<UInt8> = text &- SIMD16(repeating: 0x30)
        let isDecimal: SIMDMask<SIMD16<Int8>> = number .< SIMD16<UInt8>(repeating: 10)
        let lower: SIMD16<UInt8> = text | SIMD16(repeating: 0x20)
        let place: SIMD16<UInt8> = lower &- SIMD16(repeating: 0x61)
        let isLetter: SIMDMask<SIMD16<Int8>> = place .< SIMD16<UInt8>(repeating: 6)
        let decimals = unsafeBitCast(isDecimal, to: SIMD16<UInt8>.self)
        let letters = unsafeBitCast(isLetter, to: SIMD16<UInt8>.self)
        let nine: SIMD16<UInt8> = letters & SIMD16(repeating: 9)
        return ((text & SIMD16(repeating: 0x0F)) &+ nine, decimals | letters)
    }

    /// Joins pairs of neighbours, of which the first is the higher nibble.
    @inline(__always)
    private static func pairs(_ nibbles: SIMD16<UInt8>) -> SIMD8<UInt16> {
        let both = unsafeBitCast(nibbles, to: SIMD8<UInt16>.self)
        #if _endian(little)
            return (both &<< 4 | both &>> 8) & SIMD8(repeating: 0x00FF)
        #else
            return (both &>> 4 | both) & SIMD8(repeating: 0x00FF)
        #endif
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

extension OutputBuffer {
    /// Appends the digits of an ObjectId as a JSON string.
    @inline(__always)
    mutating func append(objectID key: TicketKey) {
        append("\"")
        append(hexadecimal: key.high)
        append(hexadecimal: key.middle)
        append(hexadecimal: key.low)
        append("\"")
    }
}
