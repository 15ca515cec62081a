import CLibrary

/// Reads JSON text from its start, a value at a time: rows of plans, lines of journals, small objects.
///
/// These texts were validated before, by a checksum, a plan's id or the record reader. The cursor is
/// safe on any bytes all the same, and returns `nil` if they are not what the caller asks for.
///
/// Blanks are skipped between the members of an object and the elements of an array, and nowhere
/// else. Our own lines have no blanks, so those who read them with ``consume(_:)``, ``string()`` and
/// ``integer()`` accept none.
package struct JSONCursor {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var index = 0

    /// Starts at the first byte.
    @inlinable
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether the text is used up.
    @inlinable
    package var isAtEnd: Bool { index == bytes.count }

    /// The text that was not read yet.
    package var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[index...]) }

    /// Whether exactly this text comes next; if so, it is consumed.
    package mutating func consume(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count &- index >= count, let base = bytes.baseAddress,
            memcmp(base + index, text.utf8Start, count) == 0
        else { return false }
        index &+= count
        return true
    }

    /// The next value as a string.
    package mutating func string() -> String? {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let start = index + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\")
        {
            end += 1
        }
        guard end < bytes.count else { return nil }
        if bytes[end] == UInt8(ascii: "\\") { return escapedString(from: start, firstEscape: end) }
        index = end + 1
        return String(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
    }

    /// The next value as a whole number.
    package mutating func integer() -> Int? {
        var end = index
        let isNegative = end < bytes.count && bytes[end] == UInt8(ascii: "-")
        if isNegative { end += 1 }
        let start = end
        var value = 0
        while end < bytes.count, case let digit = bytes[end] &- UInt8(ascii: "0"), digit < 10 {
            let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
            // Counts downwards, because there is one more negative number than there are positive
            // ones.
            let (next, overflowsToo) = tenfold.subtractingReportingOverflow(Int(digit))
            if overflows || overflowsToo { return nil }
            value = next
            end += 1
        }
        guard end > start, isNegative || value != .min else { return nil }
        index = end
        return isNegative ? value : -value
    }

    /// Whether the next value is `null`; if so, it is consumed.
    package mutating func null() -> Bool { consume("null") }

    /// Whether the next value is `true`; it is not consumed.
    package func isTrue() -> Bool { bytes[index...].starts(with: "true".utf8) }

    /// Whether the next value is `false`; it is not consumed.
    package func isFalse() -> Bool { bytes[index...].starts(with: "false".utf8) }

    /// Calls `member` for each member of the next object; `member` must read or skip the value.
    ///
    /// - Returns: `nil` when the next value is not an object, or `member` rejects a value.
    package mutating func object(_ member: (String, inout JSONCursor) -> Bool) -> Void? {
        guard consumeMark("{") else { return nil }
        if consumeMark("}") { return () }
        repeat {
            skipBlanks()
            guard let key = string(), consumeMark(":") else { return nil }
            skipBlanks()
            guard member(key, &self) else { return nil }
        } while consumeMark(",")
        return consumeMark("}") ? () : nil
    }

    /// Calls `element` for each element of the next array; `element` must read or skip it.
    ///
    /// - Returns: `nil` when the next value is not an array, or `element` rejects one.
    package mutating func array(_ element: (inout JSONCursor) -> Bool) -> Void? {
        guard consumeMark("[") else { return nil }
        if consumeMark("]") { return () }
        repeat {
            skipBlanks()
            guard element(&self) else { return nil }
        } while consumeMark(",")
        return consumeMark("]") ? () : nil
    }

    /// Skips the next value, whatever it is.
    package mutating func skip() -> Bool {
        var depth = 0
        repeat {
            skipBlanks()
            guard index < bytes.count else { return false }
            switch bytes[index] {
            case UInt8(ascii: "\""): if string() == nil { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return false }
                index += 1
            default: skipLiteral()
            }
        } while depth > 0
        return depth == 0
    }

    /// Skips the next value and returns its text; `nil` if there is none.
    package mutating func skippedText() -> UnsafeRawBufferPointer? {
        skipBlanks()
        let start = index
        return skip() ? UnsafeRawBufferPointer(rebasing: bytes[start..<index]) : nil
    }

    private mutating func skipLiteral() {
        repeat { index += 1 } while index < bytes.count && !",]}: \t".utf8.contains(bytes[index])
    }

    /// Whether the next value is an array; it is not consumed.
    package mutating func isArray() -> Bool {
        skipBlanks()
        return index < bytes.count && bytes[index] == UInt8(ascii: "[")
    }

    private mutating func consumeMark(_ mark: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    // MARK: Escapes

    private mutating func escapedString(from start: Int, firstEscape: Int) -> String? {
        var text = Array(bytes[start..<firstEscape])
        var at = firstEscape
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") {
                index = at
                return String(decoding: text, as: UTF8.self)
            }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard at < bytes.count else { return nil }
            let mark = bytes[at]
            at += 1
            switch mark {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(mark)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(at: &at) else { return nil }
                text.append(contentsOf: String(Character(scalar)).utf8)
            default: return nil
            }
        }
        return nil
    }

    /// The scalar of one escape, or of the two of a surrogate pair; `nil` for half a pair.
    private func scalar(at position: inout Int) -> Unicode.Scalar? {
        guard let first = unit(at: position) else { return nil }
        position += 4
        guard first & 0xF800 == 0xD800 else { return Unicode.Scalar(first) }
        guard position + 6 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u"), let second = unit(at: position + 2),
            first < 0xDC00, second & 0xFC00 == 0xDC00
        else { return nil }
        position += 6
        return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
    }

    /// The value of four hexadecimal digits.
    private func unit(at position: Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for digit in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
