import BulkPlan

/// A value that does not come from a column, as a number in the table of values.
struct FillValue {
    var field: FieldSet
    /// The number of the status, the priority, or the value; 0 for no agent.
    var number: UInt32 = 0
}

extension PlannedRow {
    /// Fills in a value that does not come from a column.
    mutating func fill(_ fill: FillValue) {
        fields.insert(fill.field)
        switch fill.field {
        case .status: status = UInt8(fill.number)
        case .priority: priorityAndFields = priorityAndFields & 0xF0 | UInt8(fill.number)
        case .category: category = fill.number
        default: assignee = fill.number
        }
    }
}
