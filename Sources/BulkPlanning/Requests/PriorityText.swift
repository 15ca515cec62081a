/// Parses a priority: a number that is exactly 1, 2 or 3 in any notation, or one of three words.
///
/// Numbers are compared by their digits and never rounded. So `1.0`, `1e0`, `10e-1` and `01` are 1, the last
/// one only in CSV, because JSON's grammar forbids it. `1.0000000000000000001` and 2⁵³+1 are not priorities.
///
/// - Parameter text: The text without surrounding blanks.
/// - Returns: 1 to 3; `nil` for any other text.
func priorityNumber(_ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    if text.count == 1, let digit = text.first, (0x31...0x33).contains(digit) {
        return digit - 0x30
    }
    if equalsIgnoringCase(text, "low") { return 1 }
    if equalsIgnoringCase(text, "medium") { return 2 }
    if equalsIgnoringCase(text, "high") { return 3 }
    return exactDigit(text)
}

/// The value of a decimal number that is exactly 1, 2 or 3.
///
/// Such a number has one of these digits, zeros, and an exponent that puts the digit just before the point.
private func exactDigit(_ text: UnsafeBufferPointer<UInt8>) -> UInt8? {
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
                guard digit == 0, byte <= 0x33 else { return nil }
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
