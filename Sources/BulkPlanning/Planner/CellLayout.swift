import BulkPlan

/// The cells that a plan's rows keep where options say more about the input than its columns do.
///
/// A report's file of rows to apply again holds these cells. So that it means the same without the options, it has
/// the values wanted in columns of their proper names, and what the input's own columns say under names that ask for
/// nothing.
struct CellLayout {
    /// What a cell holds.
    enum Source {
        /// What a column of the input holds.
        case column(Int)
        /// The value wanted of a field, and the columns in which the input says it.
        case wanted(FieldSet, columns: [Int])
    }

    private(set) var cells: [(name: String, source: Source)] = []

    var names: [String] { cells.map(\.name) }

    /// Finds the cells; `nil` where the input's columns say all.
    init?(_ columns: ColumnMap, _ options: PlanOptions) {
        guard !options.columns.isEmpty || !options.maps.isEmpty || !options.fills.isEmpty else {
            return nil
        }
        var wanted: [TicketField: [Int]] = [:]
        for fill in options.fills { wanted[fill.field] = [] }
        var isTicketNamed = false
        for (index, (name, role)) in zip(columns.names, columns.roles).enumerated() {
            if let field = role.field {
                wanted[field, default: []].append(index)
                cells.append((ColumnMap.passivePrefix + name, .column(index)))
            } else if role == .ticketID, !isTicketNamed {
                isTicketNamed = true
                cells.append(("ticketId", .column(index)))
            } else if role == .ignored || role == .ticketID {
                cells.append((ColumnMap.passivePrefix + name, .column(index)))
            } else {
                cells.append(
                    (role == .unknown || role == .reserved ? name : role.names[0], .column(index)))
            }
        }
        for field in TicketField.allCases {
            guard let sources = wanted[field] else { continue }
            cells.append((field.rawValue, .wanted(FieldSet(field), columns: sources)))
        }
    }
}
