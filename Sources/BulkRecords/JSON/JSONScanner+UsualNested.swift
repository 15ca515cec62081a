// The fast path for nested values. It keeps the position and the open levels in registers, and leaves
// anything unusual to the slow path, which starts again at the value's start and reports problems.
// Like the fast path for lines, it may accept only what the slow path also accepts.

extension JSONScanner {
    /// Skips an object or array that is valid and has at most 64 levels.
    ///
    /// - Parameter depth: How many levels it may have, including itself.
    /// - Returns: Whether it is; otherwise the position is unchanged.
    mutating func skipUsualNested(depth: Int) -> Bool {
        var joined = Bytes16(repeating: 0)
        return Self.passUsualNested(base, &at, to: end, depth: depth, &joined)
    }

    /// Passes an object or array that is valid and has at most 64 levels, or the rest of one.
    ///
    /// - Parameters:
    ///   - base: The text's first byte.
    ///   - position: Where the value or its rest starts; afterwards, where it ends. It is unchanged if the result is
    ///     `false`.
    ///   - end: One past the text's last byte.
    ///   - depth: How many levels it may have, including itself.
    ///   - around: What is open where a rest starts.
    ///   - isAfterValue: Whether a rest starts just after a value, and not with one.
    ///   - joinedStrings: Receives the bytes of all strings, combined with "or": the top bits show whether any is
    ///     not ASCII.
    /// - Returns: Whether it is such a value.
    @inline(never)
    static func passUsualNested(
        _ base: UnsafePointer<UInt8>, _ position: inout Int, to end: Int, depth: Int,
        within around: OpenLevels = OpenLevels(), after isAfterValue: Bool = false,
        _ joinedStrings: inout Bytes16
    ) -> Bool {
        let most = min(depth, UInt64.bitWidth)
        var at = position
        var joined = Bytes16(repeating: 0)
        var open = around
        var hasValue = isAfterValue
        while true {
            // A value is expected here, unless one has just ended.
            let first = base[at]
            if hasValue {
                hasValue = false
            } else if first == 0x22 {
                guard passString(base, &at, &joined) else { return false }
            } else if first | 0x20 == UInt8(ascii: "{") {
                let isObject = first == UInt8(ascii: "{")
                guard open.push(isObject: isObject, most: most) else { return false }
                at += 1
                passBlanks(base, &at)
                // A closing bracket is the second character after its opening one.
                guard base[at] == first + 2 else {
                    if isObject { guard passKey(base, &at, &joined) else { return false } }
                    continue
                }
                at += 1
                open.pop()
            } else {
                guard passWordOrNumber(base, &at, end) else { return false }
            }
            // A value has ended: close every container that ends here.
            while true {
                if open.count == 0 {
                    position = at
                    joinedStrings |= joined
                    return true
                }
                passBlanks(base, &at)
                let next = base[at]
                at += 1
                if next == UInt8(ascii: ",") {
                    passBlanks(base, &at)
                    if open.isObject { guard passKey(base, &at, &joined) else { return false } }
                    break
                }
                guard next == (open.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    return false
                }
                open.pop()
            }
        }
    }

    @inline(__always)
    private static func passBlanks(_ base: UnsafePointer<UInt8>, _ at: inout Int) {
        while base[at] == 0x20 || base[at] == 0x09 { at += 1 }
    }

    /// Passes a key, its colon and the blanks around them.
    @inline(__always)
    private static func passKey(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ joined: inout Bytes16
    ) -> Bool {
        guard base[at] == 0x22, passString(base, &at, &joined) else { return false }
        passBlanks(base, &at)
        guard base[at] == UInt8(ascii: ":") else { return false }
        at += 1
        passBlanks(base, &at)
        return true
    }

    /// Passes a string, including its quotes.
    @inline(__always)
    private static func passString(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ joined: inout Bytes16
    ) -> Bool {
        at += 1
        guard passText(base, &at, &joined) else { return false }
        at += 1
        return true
    }

    /// Passes the content of a string, up to its closing quote.
    @inline(__always)
    static func passText(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ joined: inout Bytes16
    ) -> Bool {
        while true {
            passPlainText(base, &at, &joined)
            if base[at] == 0x22 { return true }
            guard base[at] == 0x5C else { return false }
            let letter = base[at + 1]
            if isShortEscape(letter) {
                at += 2
            } else {
                guard letter == UInt8(ascii: "u"), isPlainUnit(base + at + 2) else { return false }
                at += 6
            }
        }
    }

    /// Whether a letter completes an escape after a backslash: one of `"\\/bfnrt`.
    @inline(__always)
    private static func isShortEscape(_ letter: UInt8) -> Bool {
        // One bit for each letter.
        let low: UInt64 = 1 &<< 0x22 | 1 &<< 0x2F
        let high: UInt64 =
            1 &<< 0x1C | 1 &<< 0x22 | 1 &<< 0x26 | 1 &<< 0x2E | 1 &<< 0x32 | 1 &<< 0x34
        let half = letter & 0x40 == 0 ? low : high
        return letter < 0x80 && half &>> UInt64(letter & 0x3F) & 1 == 1
    }

    /// Whether four hexadecimal digits are a character, and not half of a pair.
    private static func isPlainUnit(_ digits: UnsafePointer<UInt8>) -> Bool {
        var unit: UInt32 = 0
        for index in 0..<4 {
            guard let digit = hexDigit(digits[index]) else { return false }
            unit = unit &<< 4 | digit
        }
        return unit & 0xF800 != 0xD800
    }

    /// Passes a number, `true`, `false` or `null`.
    @inline(never)
    static func passWordOrNumber(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ end: Int
    ) -> Bool {
        var scanner = JSONScanner(base, from: at, to: end)
        let isValid =
            switch base[at] {
            case UInt8(ascii: "n"): scanner.skipWord("null")
            case UInt8(ascii: "t"): scanner.skipWord("true")
            case UInt8(ascii: "f"): scanner.skipWord("false")
            default: scanner.skipNumber()
            }
        at = scanner.at
        return isValid
    }
}
