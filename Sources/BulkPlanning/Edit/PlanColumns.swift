import BulkPlan

/// What the cells of a plan's rows say, by the columns in the plan's header.
struct PlanColumns {
    /// Whether a row says something about a field or a precondition.
    enum Said: Hashable {
        case nothing
        case text(String)
        /// The cells do not show it.
        case unknown
    }

    private let names: [String]
    /// The columns of each role, the surest name first.
    private let columns: [ColumnRole: [Int]]

    init(_ names: [String]) {
        self.names = names
        let roles = names.map { ColumnRole(columnName: $0) }
        let ranks = zip(roles, names).map { $0.rank(ofName: $1) }
        columns = Dictionary(grouping: names.indices) { roles[$0].group }.mapValues {
            $0.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
        }
    }

    /// The column of a name as a condition writes it: one of that name, else the one of its meaning.
    ///
    /// A column whose own values an option replaced is in the plan as `input.` and its name, and is meant first, as in
    /// planning.
    func column(named name: String) -> Int? {
        if let column = ColumnMap.column(named: name, in: names),
            ColumnMap.rank(of: names[column], asked: name) != ColumnMap.rankOfMeaning
        {
            return column
        }
        let role = ColumnRole(columnName: name)
        return role.isPassive ? nil : columns[role.group]?.first
    }

    /// What a row wants of a field.
    func wanted(_ field: TicketField, _ entry: PlanEntry) -> Said {
        let role: ColumnRole =
            switch field {
            case .status: .status
            case .priority: .priority
            case .categoryID: .categoryID
            case .assignedTo: .assignee
            }
        return said(role, entry)
    }

    /// What a row expects of a field.
    func expected(_ field: TicketField, _ entry: PlanEntry) -> Said {
        let role: ColumnRole =
            switch field {
            case .status: .expectStatus
            case .priority: .expectPriority
            case .categoryID: .expectCategoryID
            case .assignedTo: .expectAssignee
            }
        return said(role, entry)
    }

    /// When a row expects its ticket to have changed last.
    func expectedUpdateTime(_ entry: PlanEntry) -> Said { said(.expectUpdatedAt, entry) }

    private func said(_ role: ColumnRole, _ entry: PlanEntry) -> Said {
        guard let cells = entry.cells, entry.issue?.code != .malformedRecord else {
            return .unknown
        }
        for (rank, column) in (columns[role] ?? []).enumerated() where column < cells.count {
            switch entry.forms?[column] ?? .string {
            case .absent: continue
            case .null: return .text("null")
            case .string, .json: break
            }
            let text = cells[column].filter { !$0.isWhitespace }
            if text.isEmpty { continue }
            // A less sure column counts only for some roles.
            let isRead = rank == 0 || role == .assignee || role == .categoryID
            return isRead ? .text(cells[column].lowercased().filter { !$0.isWhitespace }) : .unknown
        }
        return .nothing
    }
}
