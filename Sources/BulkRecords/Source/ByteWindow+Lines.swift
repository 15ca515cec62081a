extension ByteWindow {
    /// The first LF or CR at or after a position; `nil` when there is none in the window.
    func lineBreak(from position: Int) -> Int? {
        var at = position
        while at < end {
            let block = load16(base + at)
            let feeds: Mask16 = block .== splat16(0x0A)
            let returns: Mask16 = block .== splat16(0x0D)
            let found = bits(feeds .| returns)
            if found != 0 { return at + found.trailingZeroBitCount }
            at += 16
        }
        return nil
    }

    /// Where the line after a break starts; `nil` when that is not known yet.
    ///
    /// This is the case if a CR is the last byte read, because an LF may follow.
    @inline(__always)
    func afterBreak(_ position: Int) -> Int? {
        if base[position] == 0x0A { return position + 1 }
        if position + 1 < end { return base[position + 1] == 0x0A ? position + 2 : position + 1 }
        return isFinal ? position + 1 : nil
    }

    /// The first LF or CR at or after a position, or the window's end.
    ///
    /// - Parameters:
    ///   - position: Where to start.
    ///   - isForeign: Set when a byte that is not ASCII was passed, or follows closely.
    /// - Returns: The position.
    @inline(__always)
    func lineBreak(from position: Int, isForeign: inout Bool) -> Int {
        var at = position
        while at < end {
            let low = load16(base + at)
            let high = load16(base + at + 16)
            if hasHighBit(low | high) { isForeign = true }
            let found = Self.breakBits(low) | Self.breakBits(high) << 16
            if found != 0 { return min(end, at + found.trailingZeroBitCount) }
            at += 32
        }
        return end
    }

    @inline(__always)
    private static func breakBits(_ bytes: Bytes16) -> UInt64 {
        let feeds: Mask16 = bytes .== splat16(0x0A)
        let returns: Mask16 = bytes .== splat16(0x0D)
        return bits(feeds .| returns)
    }
}
