import BulkPlan

/// Where a record that has every column once, in the columns' own order, has the values that ask for
/// something.
///
/// All rows of a CSV input are such records, and nearly all lines of a JSON Lines input written by a
/// program. Knowing the places, nothing need be asked about a value before it is read.
struct ColumnPlaces {
    /// How many columns there are; -1 when records must be read value by value, which no record's count
    /// is.
    private(set) var columnCount = -1
    /// The ticket's column.
    private(set) var ticket = 0
    /// The status's column; -1 when there is none, as of all that follow.
    private(set) var status = -1
    /// The priority's column.
    private(set) var priority = -1
    /// The category's column.
    private(set) var category = -1
    /// Whether that column holds names.
    private(set) var categoryIsName = false
    /// The assignee's column.
    private(set) var assignee = -1

    /// Knows no places: every value must be looked at.
    init() {}

    /// Finds the places.
    ///
    /// Nothing has a place when two columns say the same, none names the ticket, or one expects
    /// something of it.
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
