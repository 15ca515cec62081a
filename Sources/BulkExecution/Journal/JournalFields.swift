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
        var cursor = JSONCursor(body)
        guard cursor.consume("{") else { return nil }
        repeat {
            guard let name = cursor.string(), cursor.consume(":"),
                let value = cursor.string().map(Value.text) ?? cursor.integer().map(Value.number)
            else { return nil }
            members.append((name, value))
        } while cursor.consume(",")
        // The closing brace is after the checksum, which is not part of these bytes.
        guard cursor.isAtEnd else { return nil }
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
}
