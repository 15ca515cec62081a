package import BulkPlan
package import BulkSystem

/// The columns with which rows of a plan are written as an input again.
///
/// They are all of the input's columns, also those that mean the same as another one. A row whose columns contradict
/// each other would otherwise become valid without a correction, and a value that is not read would become a request.
package struct InputColumns: Hashable, Sendable {
    /// One column.
    package struct Column: Hashable, Sendable {
        /// Its name.
        package let name: String
        /// The meaning that its name has.
        package let role: ColumnRole
        /// The position of its values among the plan's columns.
        package let source: Int
        /// Whether planning leaves it out because another column says the same thing more surely.
        package fileprivate(set) var isLessSure = false

        /// The value of a record, as written; empty if it has none.
        package func value(_ cells: [String]) -> String {
            source < cells.count ? cells[source] : ""
        }
    }

    /// The columns, in the order of the plan's.
    package private(set) var columns: [Column]

    /// Selects from the columns of a plan's input.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - keepsOwn: Whether the columns that this program adds to files of failed rows are among them.
    package init(_ input: PlanHeader.Input, keepsOwn: Bool) {
        columns = input.columns.enumerated().map {
            Column(name: $1, role: ColumnRole(columnName: $1), source: $0)
        }
        // The keys of JSON objects are compared record by record.
        if input.format != "jsonl" { markLessSure() }
        if !keepsOwn { columns.removeAll { $0.role == .reserved } }
    }

    private mutating func markLessSure() {
        for role in [ColumnRole.ticketID, .status, .priority] {
            let places = columns.indices.filter { columns[$0].role == role }
            guard places.count > 1 else { continue }
            let surest = places.min {
                role.rank(ofName: columns[$0].name) < role.rank(ofName: columns[$1].name)
            }
            for place in places where place != surest { columns[place].isLessSure = true }
        }
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
        guard column.source < cells.count else { return false }
        let form = forms?[column.source] ?? .string
        guard form != .absent else { return false }
        append(jsonString: column.name)
        append(":")
        switch form {
        case .string: append(jsonString: cells[column.source])
        case .json: append(text: cells[column.source])
        case .null, .absent: append("null")
        }
        return true
    }
}
