import BulkPlan

extension PlanDraft {
    /// The groups of equal changes with names for the ids.
    func summaryGroups(_ directory: NameDirectory) -> [PlanSummary.Group] {
        changes.counts.map { key, count in
            PlanSummary.Group(
                tickets: count.tickets,
                changes: FieldSet.all.filter(key.fields.contains).map {
                    summaryChange($0.field, key, directory)
                },
                samples: count.samples.map { state.tickets.id($0) })
        }
    }

    /// How many requests take an agent off a ticket that the AI goes on handling, and could else be undone.
    ///
    /// - Parameters:
    ///   - directory: The agents and categories there are.
    ///   - header: The plan's header, with the names that are listed.
    func unassignedFromAI(_ directory: NameDirectory, _ header: PlanHeader) -> Int {
        changes.counts.reduce(0) { sum, group in
            guard group.key.leavesToAI else { return sum }
            let changes = FieldSet.all.filter(group.key.fields.contains).map {
                summaryChange($0.field, group.key, directory)
            }
            return PlanSummary.Finality(changes, header) == nil ? sum + group.value.tickets : sum
        }
    }

    private func summaryChange(
        _ field: TicketField, _ key: ChangeTally.Key, _ directory: NameDirectory
    ) -> PlanSummary.Change {
        let before: FieldValue
        let after: FieldValue
        switch field {
        case .status:
            before = text(state.values.statuses, UInt32(key.statusBefore))
            after = text(state.values.statuses, UInt32(key.status))
        case .priority:
            before = key.priorityBefore == .min ? .null : .number(Int(key.priorityBefore))
            after = .number(Int(key.priority))
        case .categoryID:
            before = text(state.values.categories, key.categoryBefore)
            after = text(state.values.categories, key.category)
        case .assignedTo:
            before = text(state.values.assignees, key.assigneeBefore)
            after = text(state.values.assignees, key.assignee)
        }
        let change = FieldChange(field: field, before: key.isRead ? before : nil, after: after)
        return PlanSummary.Change(change, directory)
    }

    /// Writes the names of the agents and categories in the plan's changes into its header.
    func addNames(to header: inout PlanHeader, _ directory: NameDirectory) {
        for key in changes.counts.keys {
            for number in [key.assigneeBefore, key.assignee] where number != 0 {
                let id = state.values.assignees[number]
                if header.agentNames.count < PlanHeader.nameLimit {
                    header.agentNames[id] = directory.agentName(id)
                }
            }
            for number in [key.categoryBefore, key.category] where number != 0 {
                let id = state.values.categories[number]
                if header.categoryNames.count < PlanHeader.nameLimit {
                    header.categoryNames[id] = directory.categoryName(id)
                }
            }
        }
    }

    func text(_ table: ValueTable, _ number: UInt32) -> FieldValue {
        number == 0 ? .null : .text(table[number])
    }
}
