import BulkPlan
import BulkSystem
import MavaAPI

/// The ids of a list of tickets, read by the rules of an input's column of ids.
struct TicketIDList {
    private var hasObjectID = false
    /// The first id of another form, and its line.
    private var other: (id: String, line: Int)?

    /// Reads one id.
    ///
    /// - Parameters:
    ///   - text: The id as written, without blanks around it; also in quotes, as `jq` writes texts.
    ///   - line: Its line.
    /// - Returns: The id as plans write it.
    /// - Throws: A ``FieldValueError`` that says what the text is instead.
    mutating func id(_ text: String, line: Int) throws(FieldValueError) -> TicketID {
        let id = try TicketID(written: Self.unquoted(text))
        if id.isObjectID {
            hasObjectID = true
        } else if other == nil {
            other = (id.rawValue, line)
        }
        return id
    }

    /// What is wrong with the whole list: an id that is unlike the others names no ticket.
    var problem: (message: String, line: Int)? {
        guard hasObjectID, let other else { return nil }
        return (TicketIDText.unlikeOthers(other.id, column: nil).message, other.line)
    }

    /// The lines of a text, which end with LF, CR LF or CR; each without blanks around it.
    static func lines(_ text: [UInt8]) -> [String] {
        var lines: [String] = []
        var start = 0
        var index = 0
        func add(_ end: Int) {
            text[start..<end].withUnsafeBufferPointer {
                lines.append(String(decoding: trimmed($0), as: UTF8.self))
            }
        }
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == 0x0A || byte == 0x0D else { continue }
            add(index - 1)
            if byte == 0x0D, index < text.count, text[index] == 0x0A { index += 1 }
            start = index
        }
        if start < text.count { add(text.count) }
        return lines
    }

    /// The text inside `"…"`, with its doubled quotes as one; any other text as it is.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count > 1, text.first == "\"", text.last == "\"" else { return text }
        return String(text.dropFirst().dropLast()).replacing("\"\"", with: "\"")
    }
}
