import BulkPlan

/// Values that tickets can hold and no update takes.
enum UnwritableValue {
    /// The status.
    static let statusName = "Spam"
    /// The status's number, after those of the four that an update takes.
    static let status: UInt8 = 5
    /// The priority.
    static let priority: UInt8 = 4

    /// Whether a text means the status or the priority.
    static func isText(_ text: String, of field: TicketField) -> Bool {
        switch field {
        case .status: text.lowercased() == statusName.lowercased()
        case .priority: text == "\(priority)"
        case .categoryID, .assignedTo: false
        }
    }
}
