import BulkPlan
import BulkSystem

extension PlanDraft {
    /// The groups of equal changes with names for the ids, in the order of a summary.
    ///
    /// Values and names are found once for each number, and groups are compared by the places of their values
    /// and names in order.
    func summaryGroups(_ directory: NameDirectory) -> [PlanSummary.Group] {
        let fields = TicketField.allCases.map { field in
            SummaryValues(of: field, in: changes, directory) { value($0, of: field) }
        }
        let groups = changes.counts
        var places: [UInt32] = []
        places.reserveCapacity(groups.count * SummaryValues.placesPerGroup)
        for group in groups {
            places.append(.max - UInt32(group.value.tickets))
            var count = 0
            for values in fields where group.key.fields.contains(FieldSet(values.field)) {
                values.appendPlaces(of: group.key, to: &places)
                count += 1
            }
            for _ in count..<fields.count { SummaryValues.appendNoPlaces(to: &places) }
        }
        let order = places.withUnsafeBufferPointer { places in
            groups.indices.sorted { a, b in
                StepCount.add()
                let left = a * SummaryValues.placesPerGroup
                let right = b * SummaryValues.placesPerGroup
                for place in 0..<SummaryValues.placesPerGroup
                where places[left + place] != places[right + place] {
                    return places[left + place] < places[right + place]
                }
                return firstSample(groups[a].value) < firstSample(groups[b].value)
            }
        }
        return order.map { index in
            let (key, count) = groups[index]
            return PlanSummary.Group(
                tickets: count.tickets,
                changes: fields.compactMap {
                    key.fields.contains(FieldSet($0.field)) ? $0.change(key) : nil
                },
                samples: count.samples.map { state.tickets.id($0) })
        }
    }

    private func firstSample(_ count: ChangeTally.Count) -> String {
        state.tickets.id(count.firstSample)
    }

    /// How many requests take an agent off a ticket that the AI goes on handling, and could else be undone.
    ///
    /// - Parameters:
    ///   - directory: The agents and categories there are.
    ///   - header: The plan's header, with the names that are listed.
    /// - Returns: The number of requests.
    func unassignedFromAI(_ directory: NameDirectory, _ header: PlanHeader) -> Int {
        let listed = PlanSummary.ListedNames(header)
        return changes.counts.reduce(0) { sum, group in
            guard group.key.leavesToAI else { return sum }
            let changes = FieldSet.all.filter(group.key.fields.contains).map {
                summaryChange($0.field, group.key, directory)
            }
            return PlanSummary.Finality(changes, listed) == nil ? sum + group.value.tickets : sum
        }
    }

    private func summaryChange(
        _ field: TicketField, _ key: ChangeTally.Key, _ directory: NameDirectory
    ) -> PlanSummary.Change {
        let change = FieldChange(
            field: field, before: key.isRead ? value(key.before(field), of: field) : nil,
            after: value(key.after(field), of: field))
        return PlanSummary.Change(change, directory)
    }

    /// The value of a number in a field.
    private func value(_ number: UInt32, of field: TicketField) -> FieldValue {
        switch field {
        case .status: text(state.values.statuses, number)
        case .priority:
            number == ChangeTally.Key.noPriority ? .null : .number(Int(Int32(bitPattern: number)))
        case .categoryID: text(state.values.categories, number)
        case .assignedTo: text(state.values.assignees, number)
        }
    }

    /// Writes the names of the agents and categories in the plan's changes into its header.
    func addNames(to header: inout PlanHeader, _ directory: NameDirectory) {
        var agents: Set<UInt32> = [0]
        var categories: Set<UInt32> = [0]
        for (key, _) in changes.counts {
            for number in [key.assigneeBefore, key.assignee]
            where agents.insert(number).inserted && header.agentNames.count < PlanHeader.nameLimit {
                let id = state.values.assignees[number]
                header.agentNames[id] = directory.agentName(id)
            }
            for number in [key.categoryBefore, key.category]
            where categories.insert(number).inserted
                && header.categoryNames.count < PlanHeader.nameLimit
            {
                let id = state.values.categories[number]
                header.categoryNames[id] = directory.categoryName(id)
            }
        }
    }

    func text(_ table: ValueTable, _ number: UInt32) -> FieldValue {
        number == 0 ? .null : .text(table[number])
    }
}
