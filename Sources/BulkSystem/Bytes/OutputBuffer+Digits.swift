extension OutputBuffer {
    /// Appends a whole number in decimal.
    @inlinable
    package mutating func append(decimal value: Int) {
        // Digits are written as whole words. Only the first bytes count.
        let space = grow(32)
        if let small = UInt32(exactly: value), small < 100_000_000 {
            filled &+= Digits.writeShort(small, to: space)
        } else {
            filled &+= Digits.writeLong(value, to: space)
        }
    }

    /// Appends a word as eight hexadecimal digits in lower case.
    @inlinable
    package mutating func append(hexadecimal word: UInt32) {
        grow(8).storeBytes(of: Digits.hexadecimal(word).littleEndian, as: UInt64.self)
        filled &+= 8
    }
}

/// Appends eight digits at a time, with the first digit in a word's lowest byte.
///
/// It has no loop and no branch, because every row of a plan or journal has several numbers.
@usableFromInline
enum Digits {
    /// The eight decimal digits of a number below 100,000,000, each as its value.
    @inlinable @inline(__always)
    static func decimal(_ number: UInt32) -> UInt64 {
        // The number is split into two numbers of four digits, then four of two, then eight of one.
        // Each division by a constant is a multiplication that is exact for numbers this small.
        let (high, low) = number.quotientAndRemainder(dividingBy: 10_000)
        var lanes = UInt64(high) | UInt64(low) &<< 32
        var quotients = (lanes &* 10_486) &>> 20 & 0x0000_007F_0000_007F
        lanes = quotients | (lanes &- quotients &* 100) &<< 16
        quotients = (lanes &* 103) &>> 10 & 0x000F_000F_000F_000F
        return quotients | (lanes &- quotients &* 10) &<< 8
    }

    /// Writes a number below 100,000,000 and returns its length.
    ///
    /// It always overwrites eight bytes.
    @inlinable @inline(__always)
    static func writeShort(_ number: UInt32, to space: UnsafeMutableRawPointer) -> Int {
        let digits = decimal(number)
        let zeros = min(7, digits.trailingZeroBitCount / 8)
        let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: zeros &* 8)
        space.storeBytes(of: text.littleEndian, as: UInt64.self)
        return 8 &- zeros
    }

    /// Writes any number and returns its length.
    ///
    /// It may overwrite 32 bytes.
    @usableFromInline
    static func writeLong(_ number: Int, to space: UnsafeMutableRawPointer) -> Int {
        var length = 0
        if number < 0 {
            space.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
            length = 1
        }
        let (rest, last) = number.magnitude.quotientAndRemainder(dividingBy: 100_000_000)
        if rest == 0 { return length + writeShort(UInt32(last), to: space + length) }
        let (first, middle) = rest.quotientAndRemainder(dividingBy: 100_000_000)
        if first == 0 {
            length += writeShort(UInt32(middle), to: space + length)
        } else {
            length += writeShort(UInt32(first), to: space + length)
            length += writeAll(UInt32(middle), to: space + length)
        }
        return length + writeAll(UInt32(last), to: space + length)
    }

    /// Writes a number as eight digits, leading zeros included.
    private static func writeAll(_ number: UInt32, to space: UnsafeMutableRawPointer) -> Int {
        let text = decimal(number) | 0x3030_3030_3030_3030
        space.storeBytes(of: text.littleEndian, as: UInt64.self)
        return 8
    }

    /// The eight hexadecimal digits of a word, as text.
    @inlinable @inline(__always)
    static func hexadecimal(_ word: UInt32) -> UInt64 {
        // Each byte moves into a slot of two bytes. Then its upper half moves to the first of the
        // two.
        var digits = UInt64(word.byteSwapped)
        digits = (digits | digits &<< 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits &<< 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits &>> 4 | digits &<< 8) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = (digits &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        return digits &+ 0x3030_3030_3030_3030 &+ isLetter &* 0x27
    }
}
