/// Finds the special bytes of a CSV input: the delimiter, quotes, line breaks, NUL.
///
/// 64 bytes are compared together and become a mask with one bit for each special byte. Finding the
/// next one is then a count of trailing zeros. Other control characters also set a bit, because one
/// comparison covers them all. The caller ignores bytes that are none of these. The window's zero
/// padding ends every search.
struct SpecialCursor {
    /// The start of the block that `mask` belongs to.
    private var block: Int
    /// The special bytes of the block that were not visited yet.
    private var mask: UInt64 = 0
    /// Whether the block holds a byte that is not ASCII.
    private(set) var blockIsForeign = false

    init(at position: Int) {
        block = position - 64
    }

    /// Moves to the next special byte.
    ///
    /// - Parameters:
    ///   - base: The window.
    ///   - end: The window's end; the padding after it can be loaded.
    ///   - delimiter: Sixteen times the delimiter.
    ///   - isForeign: Set when a byte that is not ASCII was passed.
    /// - Returns: The byte's position, or one at or past `end`.
    @inline(__always)
    mutating func next(
        _ base: UnsafePointer<UInt8>, end: Int, delimiter: Bytes16, isForeign: inout Bool
    ) -> Int {
        while mask == 0 {
            block += 64
            if block >= end {
                block -= 64
                return end
            }
            load(base + block, delimiter: delimiter)
            if blockIsForeign { isForeign = true }
        }
        let position = block + mask.trailingZeroBitCount
        mask &= mask &- 1
        return position
    }

    @inline(__always)
    private mutating func load(_ pointer: UnsafePointer<UInt8>, delimiter: Bytes16) {
        let first = load16(pointer)
        let second = load16(pointer + 16)
        let third = load16(pointer + 32)
        let fourth = load16(pointer + 48)
        blockIsForeign = hasHighBit((first | second) | (third | fourth))
        mask =
            Self.specials(first, delimiter) | Self.specials(second, delimiter) << 16
            | Self.specials(third, delimiter) << 32 | Self.specials(fourth, delimiter) << 48
    }

    @inline(__always)
    private static func specials(_ bytes: Bytes16, _ delimiter: Bytes16) -> UInt64 {
        let delimiters: Mask16 = bytes .== delimiter
        let quotes: Mask16 = bytes .== splat16(0x22)
        let controls: Mask16 = bytes .<= splat16(0x0D)
        return bits((delimiters .| quotes) .| controls)
    }
}
