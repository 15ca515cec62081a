/// The twelve bytes of an ObjectId, from its 24 hex digits.
///
/// Digits of either case are one id: MongoDB writes lower case and reads both.
struct PackedID: Hashable, BitwiseCopyable {
    /// The first eight bytes; the upper half is the creation time in seconds since 1970.
    var high: UInt64
    /// The last four bytes.
    var low: UInt32

    init(high: UInt64, low: UInt32) {
        self.high = high
        self.low = low
    }

    /// Reads 24 hex digits; `nil` for any other text.
    @inline(__always)
    init?(_ text: UnsafeRawBufferPointer) {
        guard text.count == 24,
            let first = Self.fourBytes(text.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            let second = Self.fourBytes(text.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            let third = Self.fourBytes(text.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        else { return nil }
        high = UInt64(first) &<< 32 | UInt64(second)
        low = third
    }

    /// The creation time in seconds since 1970.
    var seconds: Int64 { Int64(high &>> 32) }

    /// Eight hex digits at once.
    ///
    /// With the case bit set, a digit is 0x30...0x39 (bit 6 clear) and a letter 0x61...0x66 (bit 6 set);
    /// each byte is checked against the range that its bit 6 tells, then the digits are joined in pairs.
    @inline(__always)
    private static func fourBytes(_ raw: UInt64) -> UInt32? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = UInt64(littleEndian: raw)
        let letters = (word &>> 6) & ones
        // Letters: fold the case and take 0x57, so that `a` becomes 10; digits: take 0x30.
        let folded = word | (letters &* 0x20)
        // All bytes must be ASCII, or the bytewise subtraction below could borrow.
        if word & (ones &* 0x80) != 0 { return nil }
        let offset = (ones &* 0x30) &+ letters &* 0x27
        // Adding 0x80 first keeps each byte's borrow inside the byte; the top bit shows there was none.
        let lifted = (folded | (ones &* 0x80)) &- offset
        if lifted & (ones &* 0x80) != ones &* 0x80 { return nil }
        let digits = lifted & (ones &* 0x7F)
        // A digit is at most 9 and a letter 10 to 15.
        let limit = (ones &* 0x76) &- letters &* 0x06
        if (digits &+ limit) & (ones &* 0x80) != 0 { return nil }
        let tooSmall = (digits | (ones &* 0x80)) &- letters &* 0x0A
        if tooSmall & (ones &* 0x80) != ones &* 0x80 { return nil }
        let pairs = (digits &<< 4 | digits &>> 8) & 0x00FF_00FF_00FF_00FF
        let packed = (pairs | pairs &>> 8) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: packed | packed &>> 16).byteSwapped
    }
}
