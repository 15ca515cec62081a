// Text with accents has a byte beyond ASCII in every few words, so a step from one to the next gains
// little. Sixteen bytes are therefore classified together, and each class becomes one bit per byte.
// A block is valid if its continuation bytes are exactly those that its first bytes ask for. Blocks
// with first bytes that restrict the byte after them are left to the exact check, which also finds
// the position of whatever is wrong.

/// Finds the first byte that is not UTF-8.
///
/// RFC 3629 forbids overlong forms, surrogates and scalars over U+10FFFF.
///
/// - Parameters:
///   - bytes: The first byte.
///   - count: How many bytes there are.
/// - Returns: The position of the first byte of the first sequence that is malformed or cut off;
///   `nil` when all bytes are valid.
func firstInvalidUTF8(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int? {
    // The start of a sequence: all bytes before it are valid.
    var at = 0
    var block = 0
    // The places in the block that continue the last sequence of the block before.
    var open: UInt64 = 0
    while block + 16 <= count {
        if let next = openAfterBlock(load16(bytes + block), open) {
            open = next
            block += 16
            at = block
            continue
        }
        // The last sequence of the block before may be cut off here.
        if open != 0 {
            repeat { at -= 1 } while bytes[at] < 0xC0
        }
        block += 16
        guard passSequences(bytes, &at, to: block, count: count) else { return at }
        open = (1 &<< UInt64(truncatingIfNeeded: at - block)) &- 1
        if block + 16 <= count { continue }
        return passSequences(bytes, &at, to: count, count: count) ? nil : at
    }
    if open != 0 {
        repeat { at -= 1 } while bytes[at] < 0xC0
    }
    return passSequences(bytes, &at, to: count, count: count) ? nil : at
}

/// Checks sixteen bytes.
///
/// - Parameters:
///   - block: The bytes.
///   - open: A bit for each place that continues the last sequence before the block.
/// - Returns: The places after the block that continue its last sequence; `nil` if the exact check
///   must decide.
@inline(__always)
private func openAfterBlock(_ block: Bytes16, _ open: UInt64) -> UInt64? {
    // As signed numbers, continuation bytes are the least, and ASCII is not negative.
    let signed = unsafeBitCast(block, to: SIMD16<Int8>.self)
    let isForeign: Mask16 = signed .< SIMD16<Int8>(repeating: 0)
    let foreign = bits(isForeign)
    if foreign | open == 0 { return 0 }
    let isContinuation: Mask16 = signed .< SIMD16<Int8>(repeating: -64)
    let continuation = bits(isContinuation)
    // 0xC0 and 0xC1 start overlong forms. After 0xE0, 0xED and 0xF0 to 0xFF, not every continuation
    // byte is allowed.
    let isOverlong: Mask16 = (block & splat16(0xFE)) .== splat16(0xC0)
    let isRestricted: Mask16 = block .== splat16(0xE0)
    let isBeforeSurrogate: Mask16 = block .== splat16(0xED)
    let isLong: Mask16 = signed .> SIMD16<Int8>(repeating: -17)
    let isThree: Mask16 = signed .> SIMD16<Int8>(repeating: -33)
    let long = bits(isLong) & foreign
    if bits((isOverlong .| isRestricted) .| isBeforeSurrogate) | long != 0 { return nil }
    let first = foreign & ~continuation
    let three = bits(isThree) & foreign
    let wanted = open | first &<< 1 | three &<< 2
    return wanted & 0xFFFF == continuation ? wanted &>> 16 : nil
}

/// Checks sequence by sequence.
///
/// - Parameters:
///   - bytes: The first byte.
///   - at: The start of a sequence; afterwards the first one that was not passed.
///   - limit: Sequences that start before it are checked.
///   - count: How many bytes there are.
/// - Returns: Whether all of them are valid.
private func passSequences(
    _ bytes: UnsafePointer<UInt8>, _ at: inout Int, to limit: Int, count: Int
) -> Bool {
    while at < limit {
        let byte = bytes[at]
        if byte < 0x80 {
            at += 1
            continue
        }
        let length: Int
        let lowest: UInt8
        let highest: UInt8
        switch byte {
        case 0xC2...0xDF: (length, lowest, highest) = (2, 0x80, 0xBF)
        case 0xE0: (length, lowest, highest) = (3, 0xA0, 0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, lowest, highest) = (3, 0x80, 0xBF)
        case 0xED: (length, lowest, highest) = (3, 0x80, 0x9F)
        case 0xF0: (length, lowest, highest) = (4, 0x90, 0xBF)
        case 0xF1...0xF3: (length, lowest, highest) = (4, 0x80, 0xBF)
        case 0xF4: (length, lowest, highest) = (4, 0x80, 0x8F)
        default: return false
        }
        guard at + length <= count, (lowest...highest).contains(bytes[at + 1]) else { return false }
        for next in 2..<max(2, length) where bytes[at + next] & 0xC0 != 0x80 { return false }
        at += length
    }
    return true
}
