import BulkPlan

/// The positions of the columns that request something, for reading plain rows column by column.
struct ColumnPlaces {
    /// The number of columns; -1 when rows must be read value by value.
    ///
    /// No input has -1 columns, so none matches it.
    private(set) var columnCount = -1
    /// The ticket's column.
    private(set) var ticket = 0
    /// The status's column; -1 when there is none, as for the columns below.
    private(set) var status = -1
    /// The priority's column.
    private(set) var priority = -1
    /// The category's column.
    private(set) var category = -1
    /// Whether the category's column contains names.
    private(set) var categoryIsName = false
    /// The assignee's column.
    private(set) var assignee = -1

    /// Makes a value without positions: rows must be read value by value.
    init() {}

    /// Finds the positions.
    ///
    /// There are none when two columns have the same meaning, when no column names the ticket, or when a
    /// column is a precondition.
    ///
    /// - Parameter roles: The columns' roles.
    init(_ roles: [ColumnRole]) {
        var seen: UInt32 = 0
        for (index, role) in roles.enumerated() where !role.isPassive {
            if seen & role.groupBit != 0 { return }
            seen |= role.groupBit
            switch role {
            case .ticketID: ticket = index
            case .status: status = index
            case .priority: priority = index
            case .categoryID, .categoryName:
                category = index
                categoryIsName = role == .categoryName
            case .assignee: assignee = index
            default: return
            }
        }
        if seen & ColumnRole.ticketID.groupBit != 0 { columnCount = roles.count }
    }
}
