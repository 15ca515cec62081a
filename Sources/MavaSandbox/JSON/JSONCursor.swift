// A strict JSON reader (RFC 8259) for callers that know which value they expect. It builds no tree.
// The body of an update is read without an allocation, and a workspace of a million tickets goes
// into the store ticket by ticket. Every byte is read through `byte(at:)` or after a check against
// `bytes.count`, so no text can make it read outside the buffer. The fuzz target in Tests/Fuzz
// tests this.

/// A position in a JSON text.
struct JSONCursor {
    /// The deepest nesting of arrays and objects.
    static let deepest = 64

    /// The whole text; the cursor must not outlive its memory.
    let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte to read.
    private(set) var position = 0
    private var depth = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The kind of the next value, after white space.
    mutating func kind() throws(JSONFailure) -> JSONKind {
        skipSpace()
        switch byte(at: position) {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte):
            return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case nil: throw failure("the text ends where a value should stand")
        default: throw failure("a value is expected here")
        }
    }

    /// Enters an object.
    mutating func beginObject() throws(JSONFailure) {
        try open(UInt8(ascii: "{"), "an object should begin here")
    }

    /// Enters an array.
    mutating func beginArray() throws(JSONFailure) {
        try open(UInt8(ascii: "["), "an array should begin here")
    }

    /// The name of the object's next member, or nil after the object's end.
    ///
    /// - Parameter isFirst: `true` before the first call for an object; updated by the cursor.
    /// - Returns: The name; the cursor is then at the value.
    /// - Throws: `JSONFailure` when there is neither a member nor the end.
    mutating func nextMember(_ isFirst: inout Bool) throws(JSONFailure) -> JSONText? {
        guard try step(&isFirst, closing: UInt8(ascii: "}")) else { return nil }
        guard byte(at: position) == UInt8(ascii: "\"") else {
            throw failure("a member's name in double quotes is expected here")
        }
        let name = try string()
        skipSpace()
        guard byte(at: position) == UInt8(ascii: ":") else {
            throw failure("a colon should follow the member's name")
        }
        position += 1
        return name
    }

    /// Whether the array has a next element; the cursor is then at that element.
    ///
    /// - Parameter isFirst: `true` before the first call for an array; updated by the cursor.
    /// - Returns: `false` after the array's end.
    /// - Throws: `JSONFailure` when there is neither an element nor the end.
    mutating func nextElement(_ isFirst: inout Bool) throws(JSONFailure) -> Bool {
        try step(&isFirst, closing: UInt8(ascii: "]"))
    }

    /// Reads `true` or `false`.
    mutating func bool() throws(JSONFailure) -> Bool {
        skipSpace()
        if byte(at: position) == UInt8(ascii: "t") {
            try literal("true")
            return true
        }
        try literal("false")
        return false
    }

    /// Reads `null`.
    mutating func null() throws(JSONFailure) {
        skipSpace()
        try literal("null")
    }

    /// Skips the next value, checks it to its end, and returns the range of its bytes.
    @discardableResult
    mutating func skip() throws(JSONFailure) -> Range<Int> {
        let kind = try kind()
        let start = position
        switch kind {
        case .string: _ = try string()
        case .number: _ = try number()
        case .bool: _ = try bool()
        case .null: try null()
        case .object:
            try beginObject()
            var isFirst = true
            while try nextMember(&isFirst) != nil { try skip() }
        case .array:
            try beginArray()
            var isFirst = true
            while try nextElement(&isFirst) { try skip() }
        }
        return start..<position
    }

    /// Checks that only white space is left.
    mutating func end() throws(JSONFailure) {
        skipSpace()
        guard position == bytes.count else { throw failure("nothing may follow the value") }
    }

    /// A failure at the current position.
    func failure(_ message: String) -> JSONFailure {
        JSONFailure(message: message, offset: position)
    }

    /// The byte at an offset, or nil beyond the text.
    @inline(__always)
    func byte(at offset: Int) -> UInt8? {
        offset >= 0 && offset < bytes.count ? bytes[offset] : nil
    }

    mutating func advance(to offset: Int) {
        position = min(max(offset, 0), bytes.count)
    }

    mutating func skipSpace() {
        while let next = byte(at: position),
            next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09
        {
            position += 1
        }
    }

    private mutating func open(_ bracket: UInt8, _ message: String) throws(JSONFailure) {
        skipSpace()
        guard byte(at: position) == bracket else { throw failure(message) }
        guard depth < Self.deepest else {
            throw failure("values nest deeper than \(Self.deepest)")
        }
        depth += 1
        position += 1
    }

    /// Skips a comma or the closing bracket; false when the container has ended.
    private mutating func step(
        _ isFirst: inout Bool, closing: UInt8
    ) throws(JSONFailure) -> Bool {
        skipSpace()
        if byte(at: position) == closing {
            position += 1
            depth -= 1
            return false
        }
        if isFirst {
            isFirst = false
        } else {
            guard byte(at: position) == UInt8(ascii: ",") else {
                throw failure("a comma or the closing bracket is expected here")
            }
            position += 1
            skipSpace()
        }
        guard position < bytes.count else { throw failure("the text ends inside a value") }
        return true
    }

    private mutating func literal(_ text: StaticString) throws(JSONFailure) {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count else {
            throw failure("true, false or null is expected here")
        }
        for index in 0..<length where bytes[position + index] != text.utf8Start[index] {
            throw failure("true, false or null is expected here")
        }
        position += length
    }
}
