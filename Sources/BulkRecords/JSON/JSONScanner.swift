/// Validates JSON text (RFC 8259) in memory without building a tree.
///
/// The text ends with a byte that cannot continue a JSON value: a line break, or the window's zero
/// padding. At least 16 bytes after it can be loaded. No step therefore compares positions. Nesting
/// is tracked with one bit per level, never by recursion.
struct JSONScanner {
    let base: UnsafePointer<UInt8>
    /// One past the text's last byte.
    let end: Int
    /// The current position; after a failure, the position of the error.
    var at: Int
    /// What is wrong, once a step has returned `false`.
    var failure = RecordProblem.Code.invalidJSON

    init(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) {
        self.base = base
        self.end = end
        at = start
    }

    /// The byte at the current position.
    @inline(__always)
    var byte: UInt8 { base[at] }

    /// Skips spaces and tabs.
    ///
    /// Line breaks end a JSON line, so they are not skipped.
    @inline(__always)
    mutating func skipBlanks() {
        while byte == 0x20 || byte == 0x09 { at += 1 }
    }

    /// Records the problem at the current position.
    mutating func fail(_ code: RecordProblem.Code) -> Bool {
        failure = code == .invalidJSON && at >= end ? .unfinishedJSON : code
        if code == .invalidJSON, at < end, byte == 0 { failure = .nulByte }
        return false
    }

    /// Skips a string, including its quotes.
    ///
    /// - Parameter isEscaped: Set when the string contains a backslash.
    /// - Returns: `false` when it is not valid.
    @inline(__always)
    mutating func skipString(isEscaped: inout Bool) -> Bool {
        at += 1
        while true {
            Self.passPlainText(base, &at)
            if byte == 0x22 {
                at += 1
                return true
            }
            if byte != 0x5C { return fail(.invalidJSON) }
            isEscaped = true
            guard skipEscape() else { return false }
        }
    }

    /// Passes the bytes of a string up to a quote, a backslash or a control character.
    @inline(__always)
    static func passPlainText(_ base: UnsafePointer<UInt8>, _ at: inout Int) {
        var joined = Bytes16(repeating: 0)
        passPlainText(base, &at, &joined)
    }

    /// Passes the same bytes, and notes them.
    ///
    /// - Parameters:
    ///   - base: The text's first byte.
    ///   - at: The position.
    ///   - joined: Receives at least the bytes that were passed, combined with "or".
    @inline(__always)
    static func passPlainText(
        _ base: UnsafePointer<UInt8>, _ at: inout Int, _ joined: inout Bytes16
    ) {
        while true {
            let block = load16(base + at)
            joined |= block
            let quotes: Mask16 = block .== splat16(0x22)
            let slashes: Mask16 = block .== splat16(0x5C)
            let controls: Mask16 = block .< splat16(0x20)
            let found = bits((quotes .| slashes) .| controls)
            if found != 0 {
                at += found.trailingZeroBitCount
                return
            }
            at += 16
        }
    }

    /// Skips one escape, starting at its backslash; both halves of a surrogate pair.
    private mutating func skipEscape() -> Bool {
        let start = at
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 1
            return true
        case UInt8(ascii: "u"):
            at += 1
            guard let unit = skipHex4() else { return fail(.invalidJSON) }
            if unit & 0xF800 != 0xD800 { return true }
            let isPair =
                unit < 0xDC00 && byte == UInt8(ascii: "\\") && base[at + 1] == UInt8(ascii: "u")
            if isPair {
                at += 2
                guard let low = skipHex4() else { return fail(.invalidJSON) }
                if low & 0xFC00 == 0xDC00 { return true }
            }
            at = start
            return fail(.loneSurrogate)
        default:
            return fail(.invalidJSON)
        }
    }

    /// Reads four hexadecimal digits; `nil` at the first byte that is not one.
    mutating func skipHex4() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexDigit(byte) else { return nil }
            value = value << 4 | digit
            at += 1
        }
        return value
    }

    /// Skips a number.
    @inline(__always)
    mutating func skipNumber() -> Bool {
        if byte == UInt8(ascii: "-") { at += 1 }
        if byte == UInt8(ascii: "0") {
            at += 1
        } else {
            guard skipDigits() else { return fail(.invalidJSON) }
        }
        if byte == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() else { return fail(.invalidJSON) }
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            at += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() else { return fail(.invalidJSON) }
        }
        return true
    }

    @inline(__always)
    private mutating func skipDigits() -> Bool {
        let start = at
        while byte &- 0x30 < 10 { at += 1 }
        return at > start
    }

    /// Skips `true`, `false` or `null`.
    mutating func skipWord(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[index] else { return fail(.invalidJSON) }
            at += 1
        }
        return true
    }

    /// Whether a value, of which four bytes can be loaded, is `null`.
    @inline(__always)
    static func isNull(_ value: UnsafePointer<UInt8>) -> Bool {
        UnsafeRawPointer(value).loadUnaligned(as: UInt32.self).littleEndian == 0x6C6C_756E
    }

    /// Skips any value and determines its kind.
    ///
    /// - Parameters:
    ///   - kind: Set to the value's kind.
    ///   - isEscaped: Set when the value is a string with a backslash.
    ///   - depth: How many more levels an object or array may have.
    /// - Returns: `false` when it is not valid.
    @inline(__always)
    mutating func skipValue(kind: inout ValueKind, isEscaped: inout Bool, depth: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "\""):
            kind = .string
            return skipString(isEscaped: &isEscaped)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            kind = .number
            return skipNumber()
        case UInt8(ascii: "n"):
            kind = .null
            return skipWord("null")
        case UInt8(ascii: "t"):
            kind = .true
            return skipWord("true")
        case UInt8(ascii: "f"):
            kind = .false
            return skipWord("false")
        case UInt8(ascii: "{"):
            kind = .object
            return skipUsualNested(depth: depth) || skipNested(depth: depth)
        case UInt8(ascii: "["):
            kind = .array
            return skipUsualNested(depth: depth) || skipNested(depth: depth)
        default:
            return fail(.invalidJSON)
        }
    }
}

/// The value of a hexadecimal digit; `nil` for any other byte.
func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
}
