import BulkPlan
import BulkRecords
import BulkSystem
public import MavaAPI

/// A file of ticket ids: one on each line, in the first cell of a line, or in the column of a CSV file whose
/// header names it.
public enum TicketIDFile {
    /// An error in a line.
    public struct Unusable: Error, CustomStringConvertible, Sendable {
        /// The file.
        public var path: String
        /// The line, from 1; `nil` when it is about the whole file.
        public var line: Int?
        /// What is wrong, with the text, and how to fix it.
        public var message: String

        /// The message with the file and the line.
        public var description: String {
            "\(path == "-" ? "standard input" : path):\(line.map { "\($0):" } ?? "") \(message)"
        }
    }

    private static let mostBytes = 1 << 30

    /// Reads the ids.
    ///
    /// An id is read as in an input: a dashboard link counts as its id, and a spreadsheet's `'` and `="…"` are
    /// removed. Blank lines are skipped.
    ///
    /// - Parameter path: The file; `-` is standard input.
    /// - Returns: The ids.
    /// - Throws: ``Unusable`` for a line without a usable id, a `FileError` when the file cannot be read, and a
    ///   `ReadError` when its data is damaged or in another encoding.
    public static func ids(path: String) throws -> Set<TicketID> {
        let file = path == "-" ? "/dev/stdin" : path
        guard let bytes = try FileReader.bytes(of: file, atMost: mostBytes) else {
            throw Unusable(path: path, message: "it is larger than 1 GiB, which no list of ids is")
        }
        let text = try ByteSource.text(of: bytes, name: path)
        let lines = TicketIDList.lines(text)
        let separator = lines.firstIndex { !$0.isEmpty }.flatMap {
            isSeparator(lines[$0]) ? $0 : nil
        }
        let header = cells(
            lines.dropFirst(separator.map { $0 + 1 } ?? 0).first { !$0.isEmpty } ?? "")
        if header.contains(where: { ColumnRole(columnName: $0) == .ticketID }) {
            return try column(of: bytes, path)
        }
        var list = TicketIDList()
        var ids: Set<TicketID> = []
        for (index, line) in lines.enumerated() where index != separator {
            let cells = cells(line)
            guard let first = cells.first, !first.isEmpty else {
                guard line.isEmpty else {
                    throw Unusable(
                        path: path, line: index + 1,
                        message:
                            "begin the line with the ticket's id: \(quoted(line)) has none there")
                }
                continue
            }
            let others = cells.dropFirst().filter { !$0.isEmpty }
            if !others.isEmpty, others.allSatisfy(isID) {
                throw Unusable(
                    path: path, line: index + 1,
                    message: "write one id on a line: \(quoted(line)) has \(others.count + 1)")
            }
            try add(first, index + 1, path, &list, &ids)
        }
        try check(list, path)
        return ids
    }

    /// Reads the ids of a CSV file whose header names their column.
    private static func column(of bytes: [UInt8], _ path: String) throws -> Set<TicketID> {
        var reader = try RecordReader(ByteSource(bytes: bytes, name: path), format: .csv)
        let columns = try ticketColumns(reader.columns, path)
        let column = columns[0]
        var list = TicketIDList()
        var ids: Set<TicketID> = []
        while try reader.advance() {
            let line = reader.record.position.line
            let text: String
            if let problem = reader.record.problem {
                // A row may end early: only its id counts.
                let cells = cells(reader.record.rawText)
                guard problem.code == .raggedRow, column < cells.count else {
                    throw Unusable(path: path, line: line, message: problem.message)
                }
                text = cells[column]
            } else {
                text = String(decoding: trimmed(reader.record.bytes(of: column)), as: UTF8.self)
            }
            if text.isEmpty { continue }
            let id = try add(text, line, path, &list, &ids)
            guard reader.record.problem == nil else { continue }
            for column in columns.dropFirst() {
                let text = String(
                    decoding: trimmed(reader.record.bytes(of: column)), as: UTF8.self)
                guard let other = try? TicketID(written: text), other.isObjectID, other != id else {
                    continue
                }
                throw Unusable(
                    path: path, line: line,
                    message:
                        "correct one: \(quoted(text)) is not the ticket \(id), which another column names"
                )
            }
        }
        try check(list, path)
        return ids
    }

    /// The columns that name tickets, the surest first, as an input's are chosen.
    private static func ticketColumns(_ names: [String], _ path: String) throws(Unusable) -> [Int] {
        let ranks = names.map { ColumnRole.ticketID.rank(ofName: $0) }
        let columns = names.indices.filter { ColumnRole(columnName: names[$0]) == .ticketID }
            .sorted { (ranks[$0], $0) < (ranks[$1], $1) }
        guard !columns.isEmpty else {
            throw Unusable(path: path, line: 1, message: "the header names no column of ids")
        }
        for (column, next) in zip(columns, columns.dropFirst()) where ranks[column] == ranks[next] {
            throw Unusable(
                path: path, line: 1,
                message:
                    "the columns \(quoted(names[column])) and \(quoted(names[next])) say the same "
                    + "thing: remove or rename one")
        }
        return columns
    }

    @discardableResult
    private static func add(
        _ text: String, _ line: Int, _ path: String, _ list: inout TicketIDList,
        _ ids: inout Set<TicketID>
    ) throws(Unusable) -> TicketID {
        do throws(FieldValueError) {
            let id = try list.id(text, line: line)
            ids.insert(id)
            return id
        } catch {
            throw Unusable(path: path, line: line, message: error.message)
        }
    }

    private static func check(_ list: TicketIDList, _ path: String) throws(Unusable) {
        guard let problem = list.problem else { return }
        throw Unusable(path: path, line: problem.line, message: problem.message)
    }

    /// Whether a line is the `sep=;` that spreadsheets write first.
    private static func isSeparator(_ line: String) -> Bool {
        let text = TicketIDList.unquoted(line).lowercased()
        return text.hasPrefix("sep=") && text.count <= 5
    }

    private static func isID(_ text: String) -> Bool {
        (try? TicketID(written: TicketIDList.unquoted(text)))?.isObjectID == true
    }

    /// The cells of a line, without the blanks around them.
    ///
    /// A delimiter in quotes is a part of its cell.
    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, ",;\t".contains(character) {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells.map { cell in
            Array(cell.utf8).withUnsafeBufferPointer {
                String(decoding: trimmed($0), as: UTF8.self)
            }
        }
    }
}
