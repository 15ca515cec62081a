/// The value of a decimal number that is exactly one digit from 1 to 9.
///
/// Such a number has one of these digits, zeros, and an exponent that puts the digit just before the point.
///
/// - Parameter text: The text without surrounding blanks.
/// - Returns: The digit's value; `nil` for any other text.
func exactDigit(_ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    var at = 0
    var digit: UInt8 = 0
    var digitPlace = 0
    var places = 0
    var wholePlaces: Int?
    if at < text.count, text[at] == UInt8(ascii: "+") { at += 1 }
    while at < text.count, text[at] | 0x20 != UInt8(ascii: "e") {
        let byte = text[at]
        if byte == UInt8(ascii: "."), wholePlaces == nil, places > 0 {
            wholePlaces = places
        } else {
            guard byte &- 0x30 < 10 else { return nil }
            if byte != 0x30 {
                guard digit == 0 else { return nil }
                digit = byte - 0x30
                digitPlace = places
            }
            places += 1
        }
        at += 1
    }
    guard digit != 0, wholePlaces != places, let exponent = exponent(text, from: at) else {
        return nil
    }
    return (wholePlaces ?? places) - 1 - digitPlace + exponent == 0 ? digit : nil
}

/// The exponent that starts at a position: 0 when the text ends there.
private func exponent(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard start < text.count else { return 0 }
    var at = start + 1
    var isNegative = false
    if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") {
        isNegative = text[at] == UInt8(ascii: "-")
        at += 1
    }
    guard at < text.count else { return nil }
    var value = 0
    while at < text.count {
        guard text[at] &- 0x30 < 10 else { return nil }
        // No text is long enough to need a larger exponent.
        value = min(value * 10 + Int(text[at] - 0x30), 100_000_000)
        at += 1
    }
    return isNegative ? -value : value
}
