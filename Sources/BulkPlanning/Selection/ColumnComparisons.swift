import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// The comparisons of a selection with the input's columns, for the loop over its records.
struct ColumnComparisons {
    /// The results of one record.
    struct Results: BitwiseCopyable {
        /// A bit for each comparison of the selection that holds.
        fileprivate var bits: UInt64 = 0
        /// Whether the record cannot be read, so that no comparison has a result.
        fileprivate var isUnreadable = false

        /// The result of a comparison by its place in the selection; `nil` where the record cannot be read.
        subscript(place: Int) -> Bool? {
            isUnreadable ? nil : bits >> UInt64(place) & 1 == 1
        }
    }

    private let comparisons: [(place: Int, name: String, comparison: RowCondition.Comparison)]
    /// The comparisons, as those of priorities where the column that fits best is said to hold them.
    private var asked: [RowCondition.Comparison] = []
    /// How well each column so far fits the name of each comparison; `nil` for not at all.
    private var ranks: [[UInt8?]] = []
    /// The column so far that fits each comparison best; -1 for none.
    private var best: [Int] = []
    private var columnCount = -1

    /// Collects a selection's comparisons with columns.
    ///
    /// - Parameter selection: The selection; the result is `nil` when it has no such comparison.
    init?(_ selection: RowSelection) {
        comparisons = selection.comparisons.enumerated().compactMap { place, comparison in
            guard case .column(let name) = comparison.subject else { return nil }
            let isTicket = ColumnRole(columnName: name) == .ticketID
            return (place, name, isTicket ? comparison.resolvedTickets : comparison)
        }
        if comparisons.isEmpty { return nil }
    }

    /// The results of a record's comparisons.
    mutating func results(of record: borrowing Record, _ map: ColumnMap) -> Results {
        if record.problem != nil { return Results(isUnreadable: true) }
        if map.names.count != columnCount { find(map) }
        var results = Results()
        for (index, entry) in comparisons.enumerated() {
            let value = Self.index(of: ranks[index], best[index], in: record)
                .map {
                    Self.value(
                        record, $0, map.roles[record.column(of: $0)],
                        column: entry.name)
                }
            if asked[index].holds(value ?? .missing) {
                results.bits |= 1 << UInt64(entry.place)
            }
        }
        return results
    }

    private mutating func find(_ map: ColumnMap) {
        columnCount = map.names.count
        ranks = comparisons.map { entry in
            map.names.map { ColumnMap.rank(of: $0, asked: entry.name) }
        }
        best = comparisons.map { map.column(named: $0.name) ?? -1 }
        asked = zip(comparisons, best).map { entry, column in
            column >= 0 && map.roles[column].group == ColumnRole.priority.group
                ? entry.comparison.asking(.old("priority")) : entry.comparison
        }
    }

    /// The first comparison with a column that the input does not have.
    func firstMissing(_ map: ColumnMap) -> (place: Int, name: String)? {
        comparisons.first { map.column(named: $0.name) == nil }.map { ($0.place, $0.name) }
    }

    /// The first comparison with a name that means several columns, and these.
    func firstAmbiguous(_ map: ColumnMap) -> (place: Int, columns: [String])? {
        for (place, name, _) in comparisons {
            let columns = ColumnMap.columns(meantBy: name, in: map.names)
            if !columns.isEmpty { return (place, columns) }
        }
        return nil
    }

    private static func value(
        _ record: borrowing Record, _ index: Int, _ role: ColumnRole, column: String
    ) -> RowCondition.Value {
        let kind = record.kind(of: index)
        if kind == .null { return .missing }
        if kind == .array, let list = RowCondition.Value(array: record.rawText(of: index)) {
            return list
        }
        guard kind.isText else { return .text([record.rawText(of: index)]) }
        return RowCondition.Value(record.bytes(of: index), kind, role, column: column)
    }

    /// The value of the column that fits best; `nil` when the record has none that fits.
    ///
    /// Objects can have keys that differ in case alone, so this is found for each record whose column is not where it
    /// is in most.
    private static func index(
        of ranks: [UInt8?], _ usual: Int, in record: borrowing Record
    ) -> Int? {
        if usual < 0 { return nil }
        if usual < record.count, record.column(of: usual) == usual { return usual }
        var best: (index: Int, rank: UInt8)?
        for index in 0..<record.count {
            guard let rank = ranks[record.column(of: index)], rank < best?.rank ?? .max else {
                continue
            }
            best = (index, rank)
        }
        return best?.index
    }
}

extension ColumnMap {
    /// The column of a name as a condition writes it.
    func column(named name: String) -> Int? { Self.column(named: name, in: names) }

    /// The column of a name that fits best.
    static func column(named name: String, in names: [String]) -> Int? {
        var best: (column: Int, rank: UInt8)?
        for (column, present) in names.enumerated() {
            guard let rank = rank(of: present, asked: name), rank < best?.rank ?? .max else {
                continue
            }
            best = (column, rank)
        }
        return best?.column
    }

    /// How well a column fits that has another name with the meaning asked for.
    static let rankOfMeaning: UInt8 = 4

    /// How well a column fits a name that a condition writes; 0 is best, `nil` not at all.
    ///
    /// What a file of failed rows keeps of the first input comes before a column of that name, and this before one
    /// of its meaning. Of several that differ in case or blanks, the one with this very name is the best.
    static func rank(of column: String, asked name: String) -> UInt8? {
        if column == passivePrefix + name { return 0 }
        let (plain, asked) = (ColumnRole.plain(column), ColumnRole.plain(name))
        if plain == passivePrefix + asked { return 1 }
        if column == name { return 2 }
        if plain == asked { return 3 }
        let role = ColumnRole(columnName: name)
        return !role.isPassive && ColumnRole(columnName: column).group == role.group
            ? rankOfMeaning : nil
    }

    /// The columns that a name can mean equally, if there are several: their names differ in case or blanks alone.
    static func columns(meantBy name: String, in names: [String]) -> [String] {
        guard
            let best = column(named: name, in: names).flatMap({ rank(of: names[$0], asked: name) }),
            best < rankOfMeaning
        else { return [] }
        let meant = Set(names.filter { rank(of: $0, asked: name) == best })
        return meant.count > 1 ? meant.sorted() : []
    }
}

extension RowCondition.Value {
    /// The value of a column's cell, read as the mapping to requests reads it.
    ///
    /// A ticket is known by its id too, where the cell has a link or marks of a spreadsheet around it.
    ///
    /// - Parameters:
    ///   - bytes: The cell.
    ///   - kind: Its kind, which is that of a text.
    ///   - role: The column's meaning.
    ///   - column: The column's name.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ kind: ValueKind, _ role: ColumnRole, column: String
    ) {
        let text = unwrappedCell(trimmed(bytes), kind, role).text
        if text.isEmpty {
            self = .missing
            return
        }
        let written = String(decoding: text, as: UTF8.self)
        switch role {
        case .ticketID:
            let id = TicketIDText.withUnwrapped(text) { String(decoding: $0, as: UTF8.self) }
            self = .text(id == written ? [id] : [id, written])
        case .priority, .expectPriority:
            let number = FieldRules.standard.priority(of: text)
            self = .text(number.map { RowCondition.writings(ofPriority: Int($0)) } ?? [written])
        default: self = Self(cell: written, column: column)
        }
    }
}

extension RowCondition.Comparison {
    /// The same comparison of tickets' ids, where a link to a ticket means its id.
    var resolvedTickets: Self {
        resolvedTickets { (try? TicketID(written: $0))?.rawValue }
    }
}
