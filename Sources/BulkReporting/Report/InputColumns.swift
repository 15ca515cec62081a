package import BulkPlan
package import BulkSystem

/// The columns with which rows of a plan are written as an input again.
package struct InputColumns: Hashable, Sendable {
    /// One column.
    package struct Column: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// Its meaning for a ticket.
        package let role: ColumnRole
        /// The positions of its values among the plan's columns.
        ///
        /// Columns of a CSV input with one meaning become one. Each name of a JSON Lines input gets its own column,
        /// although two can mean the same. A record with both must not lose one of them, because it would then
        /// become valid without a correction.
        package fileprivate(set) var sources: [Int]

        /// The value of a record, as written; empty if it has none.
        package func value(_ cells: [String]) -> String {
            sources.first { $0 < cells.count && !cells[$0].isEmpty }.map { cells[$0] } ?? ""
        }
    }

    /// The columns, in the order of the plan's.
    package let columns: [Column]

    /// Selects from the columns of a plan's input.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - keepsOwn: Whether the columns that this program adds to files of failed rows are among them.
    package init(_ input: PlanHeader.Input, keepsOwn: Bool) {
        var columns: [Column] = []
        var places: [ColumnRole: Int] = [:]
        for (index, name) in input.columns.enumerated() {
            let role = ColumnRole(columnName: name)
            if role == .reserved, !keepsOwn { continue }
            if !role.isPassive, input.format != "jsonl" {
                if let place = places[role] {
                    columns[place].sources.append(index)
                    continue
                }
                places[role] = columns.count
            }
            columns.append(Column(name: name, role: role, sources: [index]))
        }
        self.columns = columns
    }
}

extension OutputBuffer {
    /// Appends a record's value of a column as a member of a JSON object.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - cells: The record's values.
    ///   - forms: How they are written; `nil` if all are strings.
    /// - Returns: Whether the record has such a member.
    package mutating func append(
        _ column: InputColumns.Column, _ cells: [String], _ forms: [PlanEntry.CellForm]?
    ) -> Bool {
        guard let source = column.sources.first, source < cells.count else { return false }
        let form = forms?[source] ?? .string
        guard form != .absent else { return false }
        append(jsonString: column.name)
        append(":")
        switch form {
        case .string: append(jsonString: cells[source])
        case .json: append(text: cells[source])
        case .null, .absent: append("null")
        }
        return true
    }
}
