/// A JSON value with its place, for files that people write.
package struct PlacedJSON {
    /// A member of an object.
    package struct Member {
        package var name: String
        /// The offset of the name's first byte.
        package var offset: Int
        package var value: PlacedJSON
    }

    package enum Content {
        case object([Member])
        case array([PlacedJSON])
        case string(String)
        /// A number, as written.
        case number(String)
        case bool(Bool)
        case null
    }

    /// The value.
    package var content: Content
    /// The offset of the value's first byte.
    package var offset: Int
}

/// Why a text is not JSON.
package struct JSONMistake: Error {
    /// The offset of the byte at which the text is no longer JSON.
    package var offset: Int
    /// What is wrong there.
    package var message: String
}

/// Reads a JSON text strictly by RFC 8259, and refuses a member that an object has twice.
package struct PlacedJSONReader {
    /// Deeper nesting than any file needs.
    private static let mostLevels = 32
    private let bytes: [UInt8]
    private var index = 0

    /// Reads a text that holds one value.
    package static func read(_ bytes: [UInt8]) throws(JSONMistake) -> PlacedJSON {
        var reader = PlacedJSONReader(bytes: bytes)
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.index = 3 }
        let value = try reader.value(levels: mostLevels)
        reader.skipBlanks()
        guard reader.index == bytes.count else {
            throw reader.mistake("the file holds more than one JSON value")
        }
        return value
    }

    private let number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func mistake(_ message: String) -> JSONMistake {
        JSONMistake(
            offset: index, message: index < bytes.count ? message : "the file ends too early")
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Reads a mark after blanks, if it comes next.
    private mutating func consume(_ mark: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard next == UInt8(ascii: mark) else { return false }
        index += 1
        return true
    }

    private mutating func value(levels: Int) throws(JSONMistake) -> PlacedJSON {
        skipBlanks()
        guard levels > 0 else { throw mistake("the values are nested too deep") }
        let offset = index
        switch next {
        case UInt8(ascii: "{"):
            return PlacedJSON(content: .object(try members(levels)), offset: offset)
        case UInt8(ascii: "["):
            return PlacedJSON(content: .array(try elements(levels)), offset: offset)
        case UInt8(ascii: "\""):
            return PlacedJSON(content: .string(try string()), offset: offset)
        default: return PlacedJSON(content: try literal(), offset: offset)
        }
    }

    private mutating func members(_ levels: Int) throws(JSONMistake) -> [PlacedJSON.Member] {
        index += 1
        var members: [PlacedJSON.Member] = []
        var names: Set<String> = []
        if consume("}") { return members }
        repeat {
            skipBlanks()
            let offset = index
            guard next == UInt8(ascii: "\"") else {
                throw mistake("a member's name in quotes belongs here")
            }
            let name = try string()
            guard names.insert(name).inserted else {
                throw JSONMistake(offset: offset, message: "this member comes twice")
            }
            guard consume(":") else { throw mistake("a colon belongs here") }
            members.append(
                .init(name: name, offset: offset, value: try value(levels: levels - 1)))
        } while consume(",")
        guard consume("}") else { throw mistake("a comma or a closing brace belongs here") }
        return members
    }

    private mutating func elements(_ levels: Int) throws(JSONMistake) -> [PlacedJSON] {
        index += 1
        var elements: [PlacedJSON] = []
        if consume("]") { return elements }
        repeat { elements.append(try value(levels: levels - 1)) } while consume(",")
        guard consume("]") else { throw mistake("a comma or a closing bracket belongs here") }
        return elements
    }

    private mutating func literal() throws(JSONMistake) -> PlacedJSON.Content {
        let start = index
        while let byte = next, byte > 0x20, !",:]}[{\"".utf8.contains(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default:
            if text.utf8.count < 400, text.wholeMatch(of: number) != nil { return .number(text) }
            index = start
            throw mistake("a value belongs here")
        }
    }

    private mutating func string() throws(JSONMistake) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw mistake("the text is not valid UTF-8")
                }
                index += 1
                return string
            case UInt8(ascii: "\\"):
                index += 1
                text += try escaped()
            case 0..<0x20: throw mistake("a control character must be escaped")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw mistake("the text does not end")
    }

    /// The UTF-8 of the text that an escape means.
    private mutating func escaped() throws(JSONMistake) -> [UInt8] {
        let marks: [Unicode.Scalar: UInt8] = [
            "\"": 0x22, "\\": 0x5C, "/": 0x2F, "b": 0x08, "f": 0x0C, "n": 0x0A, "r": 0x0D,
            "t": 0x09,
        ]
        guard let mark = next else { throw mistake("the text does not end") }
        if let byte = marks[Unicode.Scalar(mark)] {
            index += 1
            return [byte]
        }
        guard mark == UInt8(ascii: "u"), let first = unit() else {
            throw mistake("this is not an escape of JSON")
        }
        if let scalar = Unicode.Scalar(first) { return Array(String(Character(scalar)).utf8) }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else {
            throw mistake("half of a surrogate pair is missing")
        }
        index += 1
        guard next == UInt8(ascii: "u"), let second = unit(), 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + second & 0x3FF)
        else { throw mistake("half of a surrogate pair is missing") }
        return Array(String(Character(scalar)).utf8)
    }

    /// The four digits after `u`.
    private mutating func unit() -> UInt32? {
        guard index + 5 <= bytes.count else { return nil }
        let digits = bytes[(index + 1)..<(index + 5)]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        index += 5
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
