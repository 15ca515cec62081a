import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// The comparisons of a selection with the input's columns, for the loop over its records.
struct ColumnComparisons {
    /// The results of one record: a bit for each comparison.
    typealias Results = UInt64
    /// The results of a record that cannot be read.
    static let unreadable: Results = 1 << 63

    private let comparisons: [(place: Int, name: String, comparison: RowCondition.Comparison)]
    /// The column of each comparison; `nil` when the input does not have it so far.
    private var columns: [Int?] = []
    private var columnCount = -1

    /// Collects a selection's comparisons with columns.
    ///
    /// - Parameter selection: The selection; the result is `nil` when it has no such comparison.
    init?(_ selection: RowSelection) {
        comparisons = selection.comparisons.enumerated().compactMap { place, comparison in
            guard case .column(let name) = comparison.subject else { return nil }
            return (place, name, comparison)
        }
        if comparisons.isEmpty { return nil }
    }

    /// The results of a record's comparisons.
    mutating func results(of record: borrowing Record, _ map: ColumnMap) -> Results {
        if record.problem != nil { return Self.unreadable }
        if map.names.count != columnCount { find(map) }
        var results: Results = 0
        for (index, entry) in comparisons.enumerated() {
            let value = columns[index].flatMap { Self.index(of: $0, in: record) }
                .map {
                    Self.value(
                        record, $0, map.roles[record.column(of: $0)],
                        column: entry.name)
                }
            if entry.comparison.holds(value ?? .missing) { results |= 1 << UInt64(entry.place) }
        }
        return results
    }

    private mutating func find(_ map: ColumnMap) {
        columnCount = map.names.count
        columns = comparisons.map { map.column(named: $0.name) }
    }

    /// The first comparison with a column that the input does not have.
    func firstMissing(_ map: ColumnMap) -> (place: Int, name: String)? {
        comparisons.first { map.column(named: $0.name) == nil }.map { ($0.place, $0.name) }
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
        let text = unescaped(trimmed(record.bytes(of: index)), kind)
        if text.isEmpty { return .missing }
        let written = String(decoding: text, as: UTF8.self)
        guard role == .priority || role == .expectPriority,
            let number = FieldRules.standard.priority(of: text)
        else { return RowCondition.Value(cell: written, column: column) }
        return .text(RowCondition.writings(ofPriority: Int(number)))
    }

    private static func index(of column: Int, in record: borrowing Record) -> Int? {
        if column < record.count, record.column(of: column) == column { return column }
        for index in 0..<record.count where record.column(of: index) == column { return index }
        return nil
    }
}

extension ColumnMap {
    /// The column of a name as a condition writes it.
    func column(named name: String) -> Int? { Self.column(named: name, in: names) }

    /// The column of a name: what a file of failed rows keeps of the first input, else one of that name, else the
    /// one of its meaning.
    static func column(named name: String, in names: [String]) -> Int? {
        let plain = ColumnRole.plain(name)
        func place(_ plain: String) -> Int? {
            names.firstIndex { ColumnRole.plain($0) == plain }
        }
        if let column = place(ColumnMap.passivePrefix + plain) ?? place(plain) { return column }
        let role = ColumnRole(columnName: name)
        return role.isPassive
            ? nil : names.firstIndex { ColumnRole(columnName: $0).group == role.group }
    }
}
