/// Reads the text of one small JSON value, such as a row's `before` or a listing's `assignedTo`.
///
/// The record reader or a plan's id has already validated these texts. The cursor only has to be
/// safe on any bytes. It returns `nil` if they are not what the caller asks for.
package struct JSONCursor {
    private let bytes: UnsafeRawBufferPointer
    private var index = 0

    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Calls `member` for each member of the next object; `member` must read or skip the value.
    ///
    /// - Returns: `nil` when the next value is not an object, or `member` rejects a value.
    package mutating func object(_ member: (String, inout JSONCursor) -> Bool) -> Void? {
        guard takeMark("{") else { return nil }
        if takeMark("}") { return () }
        repeat {
            guard let key = string(), takeMark(":"), member(key, &self) else { return nil }
        } while takeMark(",")
        return takeMark("}") ? () : nil
    }

    /// Calls `element` for each element of the next array; `element` must read or skip it.
    package mutating func array(_ element: (inout JSONCursor) -> Bool) -> Void? {
        guard takeMark("[") else { return nil }
        if takeMark("]") { return () }
        repeat {
            guard element(&self) else { return nil }
        } while takeMark(",")
        return takeMark("]") ? () : nil
    }

    /// The next value as a string.
    package mutating func string() -> String? {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let start = index + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\")
        {
            end += 1
        }
        guard end < bytes.count else { return nil }
        if bytes[end] == UInt8(ascii: "\"") {
            index = end + 1
            let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            return String(decoding: text, as: UTF8.self)
        }
        return escapedString(from: start)
    }

    /// The next value as a whole number.
    package mutating func integer() -> Int? {
        skipBlanks()
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
    package mutating func null() -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "n"),
            bytes[index...].starts(with: "null".utf8)
        else { return false }
        index += 4
        return true
    }

    /// Whether the next value is `true`; it is not consumed.
    package mutating func isTrue() -> Bool {
        skipBlanks()
        return bytes[index...].starts(with: "true".utf8)
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

    /// Whether the text is used up.
    package var isAtEnd: Bool { index == bytes.count }

    /// Whether exactly this text comes next, without blanks before it; if so, it is consumed.
    package mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count &- index >= count else { return false }
        for offset in 0..<count where bytes[index &+ offset] != text.utf8Start[offset] {
            return false
        }
        index &+= count
        return true
    }

    private mutating func takeMark(_ mark: Unicode.Scalar) -> Bool {
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

    private mutating func escapedString(from start: Int) -> String? {
        var text: [UInt8] = []
        var at = start
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
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(at: &at) else { return nil }
                text.append(contentsOf: String(Character(scalar)).utf8)
            default: text.append(mark)
            }
        }
        return nil
    }

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

    private func unit(at position: Int) -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    }
}
