import BulkRecords
import BulkSystem
public import BulkPlan

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
        /// The value as written, or its canonical lower-case word if it has a meaning.
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

    /// Reads a table.
    ///
    /// - Parameters:
    ///   - path: The CSV file; a line without `to` leaves the ticket's value as it is.
    ///   - field: The field whose values the table maps.
    ///   - unmapped: What to do with values that are not in the table.
    /// - Throws: A ``PlanError`` that names the line when the table is unusable; a `ReadError` or `FileError`
    ///   when reading it fails.
    public init(
        reading path: String, for field: TicketField, unmapped: Unmapped = .invalid
    ) throws {
        self.path = path
        self.field = field
        self.unmapped = unmapped
        guard unmapped != .clear || field == .assignedTo else {
            throw PlanError(
                code: .mapUnusable,
                message: "values without a line can be cleared for the assignee only", path: path)
        }
        var digest = SHA256()
        var file = try FileReader(path)
        var bytes: [UInt8] = []
        while true {
            let chunk = try file.read(upTo: 256 << 10)
            if chunk.isEmpty { break }
            bytes += chunk
            guard bytes.count <= Self.mostBytes else {
                throw PlanError(
                    code: .mapUnusable,
                    message: "it is larger than 64 MiB, which no table of values is", path: path)
            }
        }
        bytes.withUnsafeBytes { digest.update($0) }
        sha256 = digest.hexDigest()
        entries = try Self.entries(bytes, path, field)
    }

    private static let mostBytes = 64 << 20

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
        var places: [String: Int] = [:]
        while try reader.advance() {
            let line = reader.record.position.line
            if let problem = reader.record.problem {
                throw PlanError(
                    code: .mapUnusable, message: problem.message, path: path, line: line)
            }
            let key = text(reader.record, from)
            let target = text(reader.record, to)
            if key.isEmpty, target.isEmpty { continue }
            guard !key.isEmpty else {
                throw PlanError(
                    code: .mapUnusable,
                    message:
                        "from is blank: a blank value leaves the ticket as it is and is not mapped",
                    path: path, line: line)
            }
            do throws(FieldValueError) {
                let entry = Entry(
                    from: canonical(key, field),
                    to: target.isEmpty ? nil : try FieldText(target, field), toText: target,
                    line: line)
                guard let before = places[entry.from].map({ entries[$0] }) else {
                    places[entry.from] = entries.count
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

    /// A cell's text, without the `'` that reports and spreadsheets put before it.
    private static func text(_ record: borrowing Record, _ column: Int) -> String {
        let bytes = trimmed(record.bytes(of: column))
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.first == "'", let next = text.dropFirst().first, "=+-@".contains(next) else {
            return text
        }
        return String(text.dropFirst())
    }

    /// The issue for a value without a line in the table.
    func unmappedIssue(_ value: String, column: String?) -> RowIssue {
        RowIssue(
            code: .valueUnmapped,
            message: "add a line to \(path), or choose with --unmapped: the map has none for "
                + quoted(value), column: column, value: value)
    }

    /// A value in the spelling for look-ups: that of its meaning, if it has one.
    static func canonical(_ text: String, _ field: TicketField) -> String {
        switch try? FieldText(text, field) {
        case .number(let number)?: "\(number)"
        case FieldText.none?: "null"
        case .name?, nil: text.lowercased()
        }
    }
}

/// The wanted agents or categories of a map that uses names.
struct NameMap {
    /// The result of mapping a value.
    enum Target {
        case value(UInt32)
        case none
        case leave
    }

    let map: ValueMap
    private var byID: [String: (target: Target, line: Int)] = [:]
    private var byText: [String: (target: Target, line: Int)] = [:]
    /// The numbers of the lines that were used.
    private(set) var usedLines: Set<Int> = []
    /// The two values of each line, as ids if these are known.
    private(set) var lines: [PlanHeader.Map.Line] = []

    /// Looks up the names of a map.
    ///
    /// - Throws: A ``PlanError`` that names the line when the new value does not exist, or when two lines map
    ///   one value to different ones.
    init(
        _ map: ValueMap, _ thing: NamedThing, _ directory: NameDirectory, _ values: ValueTable
    ) throws(PlanError) {
        self.map = map
        for entry in map.entries {
            let target: Target
            switch entry.to {
            case .name(let name)?:
                let id = try thing.id(name, in: directory, .mapUnusable, map.path, entry.line)
                target = .value(values.intern(id))
                lines.append(.init(from: entry.from, to: id, line: entry.line))
            case FieldText.none?:
                target = .none
                lines.append(.init(from: entry.from, to: nil, line: entry.line))
            case .number?, nil: target = .leave
            }
            byText[entry.from] = (target, entry.line)
            guard case .id(let id) = thing.match(entry.from, in: directory, suggests: false) else {
                continue
            }
            if !lines.isEmpty, lines[lines.count - 1].line == entry.line {
                lines[lines.count - 1].from = id
            }
            if let other = byID[id], !Self.isSame(other.target, target) {
                throw PlanError(
                    code: .mapUnusable,
                    message:
                        "line \(other.line) maps the same \(thing.rawValue) to something else: "
                        + "remove one of them", path: map.path, line: entry.line)
            }
            byID[id] = (target, entry.line)
        }
    }

    private static func isSame(_ left: Target, _ right: Target) -> Bool {
        switch (left, right) {
        case (.value(let left), .value(let right)): left == right
        case (.none, .none), (.leave, .leave): true
        default: false
        }
    }

    /// Maps a value.
    ///
    /// - Parameters:
    ///   - name: The value as written in the input.
    ///   - id: The id of the value; `nil` when it has none.
    /// - Returns: The new value; `nil` when the map has no line for it.
    mutating func target(_ name: String, id: String?) -> Target? {
        let found = id.flatMap { byID[$0] } ?? byText[ValueMap.canonical(name, map.field)]
        if let found { usedLines.insert(found.line) }
        return found?.target
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
