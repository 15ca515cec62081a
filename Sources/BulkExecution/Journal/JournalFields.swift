import BulkSystem

/// The members of one line of a journal, whose checksum was found right.
///
/// It reads the flat objects that this program writes, of whole numbers and strings; anything else is
/// not a journal's line.
struct JournalFields {
    /// A member's value.
    enum Value: Hashable {
        case number(Int)
        case text(String)
    }

    private var members: [(name: String, value: Value)] = []

    func number(_ name: String) -> Int? {
        for member in members where member.name == name {
            if case .number(let value) = member.value { return value }
        }
        return nil
    }

    /// A time, in milliseconds since 1970; `nil` for what cannot be one either.
    func time(_ name: String) -> Int64? { number(name).flatMap(Self.time) }

    /// A number as a time in milliseconds: from the year 1 to 9999, as calendars write it.
    ///
    /// A machine's clock can be set to a time before 1970.
    static func time(_ number: Int) -> Int64? {
        (-62_135_596_800_000..<253_402_300_800_000).contains(number) ? Int64(number) : nil
    }

    func text(_ name: String) -> String? {
        for member in members where member.name == name {
            if case .text(let value) = member.value { return value }
        }
        return nil
    }

    /// Reads a line.
    ///
    /// The result is `nil` when the checksum does not fit or the line is not of the journal's form.
    ///
    /// - Parameter line: The line without its newline.
    init?(_ line: UnsafeRawBufferPointer) {
        guard let body = Self.checkedBody(line) else { return nil }
        self.init(body: body)
    }

    /// Reads the part of a line before its checksum.
    ///
    /// - Parameter body: What ``checkedBody(_:)`` returned.
    init?(body: UnsafeRawBufferPointer) {
        var scanner = Scanner(bytes: body)
        guard let members = scanner.members() else { return nil }
        self.members = members
    }

    /// The part of a line before its checksum; `nil` when the checksum does not fit.
    static func checkedBody(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        // `,"c":"` + 8 digits + `"}`
        let tail = 6 + 8 + 2
        guard line.count > tail else { return nil }
        let end = line.count - tail
        let body = UnsafeRawBufferPointer(rebasing: line[..<end])
        let digits = UnsafeRawBufferPointer(rebasing: line[(end + 6)..<(end + 14)])
        guard line[end] == UInt8(ascii: ","), line[end + 1] == UInt8(ascii: "\""),
            line[end + 2] == UInt8(ascii: "c"), line[end + 3] == UInt8(ascii: "\""),
            line[end + 4] == UInt8(ascii: ":"), line[end + 5] == UInt8(ascii: "\""),
            line[end + 14] == UInt8(ascii: "\""), line[end + 15] == UInt8(ascii: "}"),
            CRC32C.isHex(digits, of: CRC32C.checksum(body))
        else { return nil }
        return body
    }

    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        var index = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        mutating func take(_ byte: Character) -> Bool {
            guard index < bytes.count, bytes[index] == byte.asciiValue else { return false }
            index += 1
            return true
        }

        mutating func members() -> [(name: String, value: Value)]? {
            guard take("{") else { return nil }
            var members: [(name: String, value: Value)] = []
            repeat {
                guard let name = string(), take(":"), let value = value() else { return nil }
                members.append((name, value))
            } while take(",")
            // The closing brace stands after the checksum, which is not part of these bytes.
            return index == bytes.count ? members : nil
        }

        mutating func value() -> Value? {
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                return string().map(Value.text)
            }
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: ",") { index += 1 }
            let digits = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            return Int(String(decoding: digits, as: UTF8.self)).map(Value.number)
        }

        mutating func string() -> String? {
            guard take("\"") else { return nil }
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                if bytes[index] == UInt8(ascii: "\\") { return escapedString(from: start) }
                index += 1
            }
            let content = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            return take("\"") ? String(decoding: content, as: UTF8.self) : nil
        }

        mutating func escapedString(from start: Int) -> String? {
            var text = Array(bytes[start..<index])
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                guard bytes[index] == UInt8(ascii: "\\") else {
                    text.append(bytes[index])
                    index += 1
                    continue
                }
                guard index + 1 < bytes.count else { return nil }
                let escape = bytes[index + 1]
                index += 2
                switch escape {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "u"):
                    guard let scalar = unicodeEscape() else { return nil }
                    text += Array(String(scalar).utf8)
                default: return nil
                }
            }
            return take("\"") ? String(decoding: text, as: UTF8.self) : nil
        }

        mutating func unicodeEscape() -> Unicode.Scalar? {
            guard index + 4 <= bytes.count else { return nil }
            let digits = String(decoding: bytes[index..<(index + 4)], as: UTF8.self)
            index += 4
            // What this program escapes is never half of a surrogate pair.
            return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
        }
    }
}
