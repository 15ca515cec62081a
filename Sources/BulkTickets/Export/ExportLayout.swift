import BulkPlan
import MavaAPI

/// The cells of an export, and their headers.
///
/// An export can be planned without an edit, so a header must not request something by accident:
///
/// - The planner reads an id and the name beside it as one request, and refuses a row in which they disagree.
///   So an edit of the name alone is noticed.
/// - With wanted values, only these are requests. All other values of a ticket are written as a precondition
///   or under a name that is not a request, such as `currentAssignee`.
struct ExportLayout {
    /// The content of a cell.
    enum Content: Hashable {
        /// The ticket's current value.
        case held(ExportColumn)
        /// The agent or category in a form in which the planner finds it again.
        case reference(ExportColumn)
        /// The ticket's wanted value.
        case wanted(ExportColumn)
        /// The ticket's current value, as a precondition.
        case expected(ExportColumn)
    }

    private(set) var cells: [(header: String, content: Content)] = []

    init(_ options: ExportOptions) {
        let columns =
            options.columns
            ?? (options.wanted == nil ? ExportColumn.usual : ExportColumn.usualBesideWanted)
        guard let wanted = options.wanted else {
            for column in columns {
                switch column {
                case .category where !columns.contains(.categoryID),
                    .assignee where !columns.contains(.assignedTo):
                    add(column.rawValue, .reference(column))
                default: add(column.rawValue, .held(column))
                }
            }
            return
        }
        add("ticketId", .held(.ticketID))
        let fields: [(ExportColumn, Bool)] = [
            (.status, wanted.status != nil), (.priority, wanted.priority != nil),
            (.categoryID, wanted.categoryID != nil), (.assignedTo, wanted.assignee != nil),
        ]
        let set = fields.filter(\.1).map(\.0)
        for field in set { add(field.rawValue, .wanted(field)) }
        for field in set { add(Self.expectation(of: field), .expected(field)) }
        add("expectUpdatedAt", .expected(.updatedAt))
        for column in columns where column != .ticketID {
            switch column {
            case .status, .priority, .categoryID, .assignedTo:
                add(Self.expectation(of: column), .expected(column))
            case .category: add("currentCategory", .held(column))
            case .assignee: add("currentAssignee", .held(column))
            default: add(column.rawValue, .held(column))
            }
        }
    }

    private mutating func add(_ header: String, _ content: Content) {
        guard !cells.contains(where: { $0.header == header }) else { return }
        cells.append((header, content))
    }

    private static func expectation(of column: ExportColumn) -> String {
        switch column {
        case .status: "expectStatus"
        case .priority: "expectPriority"
        case .categoryID: "expectCategoryId"
        case .assignedTo: "expectAssignedTo"
        default: "expectUpdatedAt"
        }
    }
}
