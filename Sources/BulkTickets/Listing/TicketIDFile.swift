import BulkPlan
import BulkSystem
public import MavaAPI

/// A file of ticket ids: one per line, or the first column of a CSV file.
public enum TicketIDFile {
    /// An error in a line.
    public struct Unusable: Error, CustomStringConvertible, Sendable {
        /// The file.
        public var path: String
        /// The line, from 1.
        public var line: Int
        /// The text that is not an id.
        public var text: String

        /// The message with the file and the line.
        public var description: String {
            "\(path):\(line): \(quoted(text)) is not a ticket's id or link"
        }
    }

    /// Reads the ids.
    ///
    /// Blank lines and a header such as `ticketId` are skipped. A dashboard link counts as its id.
    ///
    /// - Parameter path: The file; `-` is standard input.
    /// - Returns: The ids.
    /// - Throws: ``Unusable`` for a line without an id, and a `FileError` when the file cannot be read.
    public static func ids(path: String) throws -> Set<TicketID> {
        var reader = try FileReader(path == "-" ? "/dev/stdin" : path)
        var ids: Set<TicketID> = []
        // The first line that holds an ObjectId, and the first that holds another text.
        var (firstID, firstOther): (Int?, (line: Int, text: String)?) = (nil, nil)
        var rest: [UInt8] = []
        var line = 0
        while true {
            let piece = try reader.read(upTo: 1 << 20)
            rest += piece.isEmpty && !rest.isEmpty ? [UInt8(ascii: "\n")] : piece
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else {
                guard piece.isEmpty else { continue }
                // Where there are ids of Mava's form, another text is a mistake, and costs a search of all tickets.
                if firstID != nil, let firstOther {
                    throw Unusable(path: path, line: firstOther.line, text: firstOther.text)
                }
                return ids
            }
            for bytes in rest[..<end].split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            {
                line += 1
                if let id = try id(String(decoding: bytes, as: UTF8.self), path, line) {
                    ids.insert(id)
                    if id.isObjectID {
                        firstID = firstID ?? line
                    } else {
                        firstOther = firstOther ?? (line, id.rawValue)
                    }
                }
            }
            rest.removeSubrange(...end)
        }
    }

    private static func id(_ text: String, _ path: String, _ line: Int) throws -> TicketID? {
        let cell = text.drop { $0 == "\u{FEFF}" }.prefix { !",;\t".contains($0) }
        let word = String(cell.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" })
        if word.isEmpty || ColumnRole(columnName: word) == .ticketID { return nil }
        if let start = word.firstRange(of: "id=") {
            let id = TicketID(word[start.upperBound...].prefix(24).lowercased())
            if let id, id.isObjectID { return id }
        } else if let id = TicketID(word) {
            // An ObjectId is the same in upper case.
            return id.isObjectID ? TicketID(word.lowercased()) : id
        }
        throw Unusable(path: path, line: line, text: word)
    }
}
