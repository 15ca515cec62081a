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
        var rest: [UInt8] = []
        var line = 0
        while true {
            let piece = try reader.read(upTo: 1 << 20)
            rest += piece.isEmpty && !rest.isEmpty ? [UInt8(ascii: "\n")] : piece
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else {
                if piece.isEmpty { return ids }
                continue
            }
            for bytes in rest[..<end].split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            {
                line += 1
                if let id = try id(String(decoding: bytes, as: UTF8.self), path, line) {
                    ids.insert(id)
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
            let id = TicketID(String(word[start.upperBound...].prefix(24)))
            if let id, id.isObjectID { return id }
        } else if let id = TicketID(word) {
            return id
        }
        throw Unusable(path: path, line: line, text: word)
    }
}
