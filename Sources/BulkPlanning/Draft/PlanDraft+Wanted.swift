import BulkPlan
import BulkSystem

/// What one row wants of its ticket, in the form in which a file of failed rows says it.
struct WantedCells {
    /// The values by field, after maps and values from elsewhere.
    var texts: [UInt8: String] = [:]
    /// The fields whose value means nothing, so that the input's own text is kept.
    var asWritten: FieldSet = []
    /// The fields whose value a map does not have.
    var unmapped: FieldSet = []
    /// Whether the record was refused when it was read.
    var isRefused = false

    /// What comes before a value that a map does not have, so that it is refused until it is corrected.
    static let unmappedMark = "unmapped: "

    subscript(field: FieldSet) -> String? {
        get { texts[field.rawValue] }
        set { texts[field.rawValue] = newValue }
    }
}

extension PlanDraft {
    /// The request of a row whose names planning understood.
    func wantedCells(_ row: PlannedRow) -> WantedCells {
        if row.namesUnknown { return wantedCells(named: row, WantedCells()) }
        var cells = WantedCells()
        for field in FieldSet.all { cells[field] = wantedText(field, of: row) }
        return cells
    }

    /// What a record wants that its reading refused.
    ///
    /// - Parameters:
    ///   - mapper: What read the record.
    ///   - numbers: The numbers of agents and categories in the first reading, by their names.
    /// - Returns: What is known of it.
    func wantedCells(
        of mapper: borrowing RequestMapper, _ numbers: NameNumbersByText
    ) -> WantedCells {
        var row = PlannedRow(mapper.request)
        row.category = numbers.category(mapper)
        row.assignee = numbers.agent(mapper)
        var cells = WantedCells()
        cells.isRefused = true
        for issue in mapper.issues {
            guard let name = issue.column,
                let column = mapper.columns.names.firstIndex(of: name),
                let field = mapper.columns.roles[column].field
            else { continue }
            if issue.code == .valueUnmapped {
                cells.unmapped.insert(FieldSet(field))
            } else {
                cells.asWritten.insert(FieldSet(field))
            }
        }
        return wantedCells(named: row, cells)
    }

    /// What a row wants whose category and assignee are still numbers of names.
    private func wantedCells(named row: PlannedRow, _ found: WantedCells) -> WantedCells {
        var cells = found
        for field in [.status, .priority] as [FieldSet] {
            cells[field] = wantedText(field, ofNamed: row)
        }
        if row.fields.contains(.category) {
            add(categories[Int(row.category)], .category, state.values.categories, to: &cells)
        }
        if row.fields.contains(.assignee) {
            let resolution = row.assignee == 0 ? noAgent : assignees[Int(row.assignee)]
            add(resolution, .assignee, state.values.assignees, to: &cells)
        }
        let said = row.fieldsSaid.union(cells.asWritten).union(cells.unmapped)
        for fill in fills where !said.contains(fill.field) {
            cells[fill.field] = text(of: fill)
            cells.asWritten.subtract(fill.field)
            cells.unmapped.subtract(fill.field)
        }
        return cells
    }

    /// The value that a row wants of a field, as an input writes it; `nil` where it wants none or names one that
    /// means nothing.
    func wantedText(_ field: FieldSet, of row: PlannedRow) -> String? {
        guard row.fields.contains(field), row.ticket != .max, !row.namesUnknown else { return nil }
        switch field {
        case .status: return state.values.statuses[UInt32(row.status)]
        case .priority: return "\(row.priority)"
        case .category: return state.values.categories[row.category]
        default: return row.assignee == 0 ? "unassigned" : state.values.assignees[row.assignee]
        }
    }

    private func add(
        _ resolution: Resolution, _ field: FieldSet, _ values: ValueTable,
        to cells: inout WantedCells
    ) {
        switch resolution {
        case .value(let number), .unlisted(let number, _):
            cells[field] = number == 0 ? "unassigned" : values[number]
        case .leave: break
        case .issue(let issue):
            if issue.code == .valueUnmapped {
                cells.unmapped.insert(field)
            } else {
                cells.asWritten.insert(field)
            }
        }
    }

    private func text(of fill: FillValue) -> String {
        switch fill.field {
        case .status: state.values.statuses[fill.number]
        case .priority: "\(fill.number)"
        case .category: state.values.categories[fill.number]
        default: fill.number == 0 ? "unassigned" : state.values.assignees[fill.number]
        }
    }

    private func wantedText(_ field: FieldSet, ofNamed row: PlannedRow) -> String? {
        guard row.fields.contains(field) else { return nil }
        return field == .status ? state.values.statuses[UInt32(row.status)] : "\(row.priority)"
    }
}

/// The numbers that names have in the first reading of an input, from 1, by their texts.
struct NameNumbersByText {
    private var agents: [String: UInt32] = [:]
    private var categories: [String: UInt32] = [:]

    init(_ mapper: borrowing RequestMapper) {
        for index in 0..<mapper.agents.count {
            agents[mapper.agents.name(index)] = UInt32(index) + 1
        }
        for index in 0..<mapper.categories.count {
            categories[mapper.categories.name(index)] = UInt32(index) + 1
        }
    }

    /// The number of the agent that another reading of a record names; 0 for none.
    func agent(_ mapper: borrowing RequestMapper) -> UInt32 {
        guard let index = mapper.request.assignee.index else { return 0 }
        return agents[mapper.agents.name(index)] ?? 0
    }

    /// The number of the category that another reading of a record names; 0 for none.
    func category(_ mapper: borrowing RequestMapper) -> UInt32 {
        guard let index = mapper.request.category.index else { return 0 }
        return categories[mapper.categories.name(index)] ?? 0
    }
}
