import BulkPlan

extension PlanDraft {
    /// Joins the rows that name one ticket; rows that disagree become invalid unless the last one counts.
    mutating func merge() {
        guard groups.count > 0 else { return }
        if takesLast { refuseInGroups() }
        for index in 0..<rows.count where rows[index].disposition == .update {
            let row = rows[index]
            let number = state.tickets.entries[Int(row.ticket)].group
            guard number > 0 else { continue }
            var group = groups[Int(number) - 1]
            let isFirst = group.fields.isEmpty
            if isFirst { group.firstRow = UInt32(index) }
            group.lastRow = UInt32(index)
            for field in FieldSet.all where row.fields.contains(field) {
                if group.fields.contains(field), group.differs(from: row, in: field) {
                    group.disagreement.insert(field)
                }
                group.merge(row, field)
            }
            groups[Int(number) - 1] = group
        }
        guard !takesLast else { return }
        for index in 0..<rows.count where rows[index].disposition == .update {
            let number = state.tickets.entries[Int(rows[index].ticket)].group
            guard number > 0, !groups[Int(number) - 1].disagreement.isEmpty,
                !rows[index].fields.isEmpty
            else { continue }
            rows[index].refuse(.invalid, .duplicateDisagrees)
        }
    }

    /// Which fields of a row a later row for the same ticket takes over.
    func superseded(_ row: PlannedRow, _ group: Group) -> FieldSet {
        guard !group.disagreement.isEmpty else { return [] }
        return FieldSet.all.reduce(into: FieldSet()) { fields, field in
            if row.fields.contains(field), group.differs(from: row, in: field) {
                fields.insert(field)
            }
        }
    }
}

extension FieldSet {
    static let all: [FieldSet] = [.status, .priority, .category, .assignee]
}

extension PlanDraft.Group {
    func differs(from row: PlannedRow, in field: FieldSet) -> Bool {
        switch field {
        case .status: status != row.status
        case .priority: Int(priority) != row.priority
        case .category: category != row.category
        default: assignee != row.assignee
        }
    }

    fileprivate mutating func merge(_ row: PlannedRow, _ field: FieldSet) {
        fields.insert(field)
        switch field {
        case .status: status = row.status
        case .priority: priority = UInt8(row.priority)
        case .category: category = row.category
        default: assignee = row.assignee
        }
    }
}
