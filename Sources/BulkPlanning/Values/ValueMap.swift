import BulkRecords
import BulkSystem
public import BulkPlan
import MavaAPI

/// A table that maps values of a field: a CSV file with the columns `from` and `to`.
public struct ValueMap: Hashable, Sendable {
    /// What to do with a value that is not in the table.
    public enum Unmapped: String, CaseIterable, Hashable, Sendable {
        /// Use the value as it is.
        case keep
        /// Make its row invalid.
        case invalid
        /// Clear the assignee.
        case clear
    }

    /// One line of the table.
    struct Entry: Hashable, Sendable {
        /// A name as written; any other value in the spelling for look-ups.
        var from: String
        /// The new value; `nil` to leave the ticket's value as it is.
        var to: FieldText?
        /// The new value as written.
        var toText: String
        /// The line in the file.
        var line: Int
    }

    /// The field.
    public let field: TicketField
    /// The file's name.
    public let path: String
    /// What to do with values that are not in the table.
    public let unmapped: Unmapped
    /// The SHA-256 of the file's bytes, 64 hexadecimal digits.
    public let sha256: String
    let entries: [Entry]

    /// How many lines leave the ticket's value as it is.
    var leaves: Int { entries.count { $0.to == nil } }

    /// Reads the bytes of a table.
    ///
    /// - Parameters:
    ///   - bytes: The CSV file's bytes.
    ///   - sha256: Their SHA-256, 64 hexadecimal digits.
    ///   - path: The file's name.
    ///   - field: The field whose values the table maps.
    ///   - unmapped: What to do with values that are not in the table.
    /// - Throws: A ``PlanError`` that names the line when the table is unusable; a `ReadError` when it is not
    ///   CSV.
    init(
        bytes: [UInt8], sha256: String, path: String, for field: TicketField, unmapped: Unmapped
    ) throws {
        self.path = path
        self.field = field
        self.unmapped = unmapped
        self.sha256 = sha256
        guard unmapped != .clear || field == .assignedTo else {
            throw PlanError(
                code: .mapUnusable,
                message: "values without a line can be cleared for the assignee only", path: path)
        }
        entries = try Self.entries(bytes, path, field)
    }

    /// More than any organisation has agents or categories; each takes some 600 bytes.
    private static let mostLines = 250_000

    private static func entries(
        _ bytes: [UInt8], _ path: String, _ field: TicketField
    ) throws -> [Entry] {
        var reader = try RecordReader(ByteSource(bytes: bytes, name: path), format: .csv)
        func column(_ name: String) throws(PlanError) -> Int {
            let found = reader.columns.indices.filter {
                ColumnRole.plain(reader.columns[$0]) == name
            }
            guard found.count == 1 else {
                throw PlanError(
                    code: .mapUnusable,
                    message: "a map has the columns from and to, each once; the columns read are "
                        + (reader.columns.isEmpty
                            ? "none"
                            : reader.columns.prefix(8).map { quoted($0) }.joined(separator: ", ")),
                    path: path, line: 1)
            }
            return found[0]
        }
        let from = try column("from")
        let to = try column("to")
        var entries: [Entry] = []
        var places: [Spelling: Int] = [:]
        while try reader.advance() {
            let line = reader.record.position.line
            if let problem = reader.record.problem {
                throw PlanError(
                    code: .mapUnusable, message: problem.message, path: path, line: line)
            }
            let key = text(reader.record, from, field)
            let target = text(reader.record, to, field)
            if key.isEmpty, target.isEmpty { continue }
            guard !key.isEmpty else {
                throw PlanError(
                    code: .mapUnusable,
                    message:
                        "from is blank: a blank value leaves the ticket as it is and is not mapped",
                    path: path, line: line)
            }
            do throws(FieldValueError) {
                if field == .assignedTo || field == .categoryID, TicketIDText.isLostID(key) {
                    throw FieldValueError(
                        message:
                            "write the id in full: \(quoted(key)) is one that a spreadsheet turned "
                            + "into a number, and its digits are lost")
                }
                let entry = Entry(
                    from: canonical(key, field),
                    to: target.isEmpty ? nil : try FieldText(target, field), toText: target,
                    line: line)
                let spelling = Spelling(entry.from)
                guard let before = places[spelling].map({ entries[$0] }) else {
                    guard entries.count < mostLines else {
                        throw FieldValueError(
                            message:
                                "there are more than \(Words.number(mostLines)) lines, which no table "
                                + "of values has")
                    }
                    places[spelling] = entries.count
                    entries.append(entry)
                    continue
                }
                guard before.to == entry.to else {
                    throw FieldValueError(
                        message: "line \(before.line) maps \(quoted(key)) to something else: "
                            + "remove one of them")
                }
            } catch {
                throw PlanError(
                    code: .mapUnusable, message: error.message, path: path, line: line)
            }
        }
        guard !entries.isEmpty else {
            throw PlanError(code: .mapUnusable, message: "the map has no lines", path: path)
        }
        return entries
    }

    /// A cell's text, without what reports and spreadsheets put around it, as an input's cells are read.
    private static func text(
        _ record: borrowing Record, _ column: Int, _ field: TicketField
    ) -> String {
        let (bytes, kind) = (record.bytes(of: column), record.kind(of: column))
        let isWord = field == .status || field == .priority
        return String(
            decoding: isWord ? cellWord(bytes, kind) : cellText(bytes, kind), as: UTF8.self)
    }

    /// The issue for a value without a line in the table.
    func unmappedIssue(_ value: String, column: String?) -> RowIssue {
        RowIssue(
            code: .valueUnmapped,
            message:
                "add a line to \(path), or choose with \(SettingName.unmapped): the map has none for "
                + quoted(value), column: column, value: value)
    }

    /// A value byte for byte: two agents can have names that differ only by letter case or composition.
    struct Spelling: Hashable, Sendable {
        private let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }
    }

    /// A value in the spelling for look-ups: that of its meaning, if it has one.
    ///
    /// Only names keep their letter case.
    static func canonical(_ text: String, _ field: TicketField) -> String {
        switch FieldText(meaning: text, field) {
        case .number(let number)?: "\(number)"
        case FieldText.none?: "null"
        case .name?: text
        case nil: text.lowercased()
        }
    }
}

/// A map for the words of an input's column, for the fields whose words are parsed at once.
struct WordMap: Hashable, Sendable {
    let map: ValueMap
    /// The code of the new value and its line, by the value's spelling for look-ups.
    private let codes: [String: (code: UInt8, line: Int)]

    init(_ map: ValueMap) {
        self.map = map
        codes = Dictionary(
            uniqueKeysWithValues: map.entries.map { entry in
                switch entry.to {
                case .number(let number)?: (entry.from, (number, entry.line))
                default: (entry.from, (RequestedChange.leftByMap, entry.line))
                }
            })
    }

    subscript(text: String) -> (code: UInt8, line: Int)? {
        codes[ValueMap.canonical(text, map.field)]
    }

    static func == (left: Self, right: Self) -> Bool { left.map == right.map }
    func hash(into hasher: inout Hasher) { hasher.combine(map) }
}
