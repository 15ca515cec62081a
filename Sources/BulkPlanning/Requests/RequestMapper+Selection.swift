import BulkPlan
import BulkRecords
import BulkSystem

extension RequestMapper {
    /// Whether a selection needs the columns of every record.
    var selects: Bool { comparisons != nil }

    /// A record's results of the comparisons about columns, a bit for each.
    mutating func results(of record: borrowing Record) -> ColumnComparisons.Results {
        if record.columns.count > roleCount { learnColumns(record.columns) }
        return comparisons?.results(of: record, columns) ?? .init()
    }

    /// Refuses a selection that names a column which the input does not have.
    ///
    /// The rows of an earlier run may be objects without the key, because those that have it are not among them.
    func checkComparisons() throws(ConditionError) {
        if columns.choices.selection.isOfRun { return }
        if columns.hasHeader, let (place, names) = comparisons?.firstAmbiguous(columns) {
            let list = names.map { quoted($0) }.joined(separator: " or ")
            throw columns.choices.selection.error("write the exact name, \(list)", at: place)
        }
        guard let (place, name) = comparisons?.firstMissing(columns) else { return }
        let meant = closest(to: ColumnRole.plain(name), among: columns.names, by: ColumnRole.plain)
        let role = ColumnRole(columnName: name)
        let advice =
            meant.map { "did you mean \(quoted($0))? " }
            ?? (role.isChange
                ? "write old.\(name) for what the ticket holds, new.\(name) for what is wanted: "
                : "")
        throw columns.choices.selection.error(
            advice + "the input has no column \(quoted(name))", at: place)
    }
}
