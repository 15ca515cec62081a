@testable import BulkRecords

/// A value inside a record's JSON: a view of the record's bytes, for reading nested objects and
/// arrays.
///
/// The reader has checked the whole record, so no step can fail. The view is valid as long as the
/// record's bytes, which is until the next record.
struct JSONValue {
    /// How the value is written; never one of the CSV kinds.
    let kind: ValueKind
    /// The value's bytes as written.
    let raw: UnsafeBufferPointer<UInt8>

    init(kind: ValueKind, raw: UnsafeBufferPointer<UInt8>) {
        self.kind = kind
        self.raw = raw
    }

    /// The decoded text of a string; `nil` for any other value.
    var string: String? {
        guard kind == .string else { return nil }
        return Self.text(of: content)
    }

    /// The content between a string's quotes, as written; empty for any other value.
    var content: UnsafeBufferPointer<UInt8> {
        guard kind == .string else { return UnsafeBufferPointer(rebasing: raw.prefix(0)) }
        return UnsafeBufferPointer(rebasing: raw[1..<raw.count - 1])
    }

    /// The value as a whole number; `nil` if it is not one or does not fit.
    ///
    /// Only plain digits count: `1.0` and `1e0` are not whole numbers here.
    var integer: Int? {
        guard kind == .number else { return nil }
        return Int(String(decoding: raw, as: UTF8.self))
    }

    /// The members of an object or the elements of an array; empty for any other value.
    var members: JSONMembers { JSONMembers(self) }

    /// The value of an object's member; `nil` if there is no member with that name.
    subscript(key: StaticString) -> JSONValue? {
        var members = members
        while let member = members.next() {
            if member.hasKey(key) { return member.value }
        }
        return nil
    }

    static func text(of content: UnsafeBufferPointer<UInt8>) -> String {
        guard content.contains(0x5C) else { return String(decoding: content, as: UTF8.self) }
        var buffer = ByteBuffer(capacity: content.count)
        JSONText.decode(content, into: &buffer)
        return String(
            decoding: UnsafeBufferPointer(start: buffer.base, count: buffer.count), as: UTF8.self)
    }
}

/// One member of a JSON object, or one element of an array.
struct JSONMember {
    /// The key as written, without its quotes; empty for an element of an array.
    let rawKey: UnsafeBufferPointer<UInt8>
    /// The value.
    let value: JSONValue

    /// The key, decoded.
    var key: String { JSONValue.text(of: rawKey) }

    /// Whether the member has this key; the bytes are compared if the key has no escapes.
    func hasKey(_ key: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        if rawKey.elementsEqual(wanted) { return true }
        return rawKey.contains(0x5C) && self.key.utf8.elementsEqual(wanted)
    }
}

/// Iterates over the members of a JSON object, or the elements of an array, one level deep.
struct JSONMembers {
    private var scanner: JSONScanner
    private let close: UInt8

    init(_ value: JSONValue) {
        let isNested = value.kind == .object || value.kind == .array
        close = value.kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        // Every step stops at the closing bracket.
        let last = isNested ? value.raw.count - 1 : 0
        scanner = JSONScanner(value.raw.baseAddress!, from: isNested ? 1 : 0, to: last)
    }

    /// The next member; `nil` after the last.
    mutating func next() -> JSONMember? {
        guard scanner.at < scanner.end else { return nil }
        scanner.skipBlanks()
        if scanner.at < scanner.end, scanner.byte == UInt8(ascii: ",") {
            scanner.at += 1
            scanner.skipBlanks()
        }
        guard scanner.at < scanner.end else { return nil }
        var key = UnsafeBufferPointer(start: scanner.base, count: 0)
        var isEscaped = false
        if close == UInt8(ascii: "}") {
            let start = scanner.at
            guard scanner.skipString(isEscaped: &isEscaped) else { return nil }
            key = UnsafeBufferPointer(
                start: scanner.base + start + 1, count: scanner.at - start - 2)
            scanner.skipBlanks()
            scanner.at += 1
            scanner.skipBlanks()
        }
        let start = scanner.at
        var kind = ValueKind.null
        guard scanner.skipValue(kind: &kind, isEscaped: &isEscaped, depth: Int.max) else {
            return nil
        }
        return JSONMember(
            rawKey: key,
            value: JSONValue(
                kind: kind,
                raw: UnsafeBufferPointer(
                    start: scanner.base + start, count: scanner.at - start)))
    }
}

extension Record {
    /// A value of a JSON record, for reading its nested values; it is valid until the next record.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The value.
    func json(of index: Int) -> JSONValue {
        JSONValue(kind: kind(of: index), raw: rawBytes(of: index))
    }
}
