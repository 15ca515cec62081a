import BulkPlan
import MavaAPI

extension PlanDraft {
    /// The numbers of the names that rows expect of a field and that no row asks for.
    ///
    /// - Parameter field: The category or the assignee.
    /// - Returns: The numbers.
    mutating func namesOnlyExpected(_ field: FieldSet) -> Set<UInt32> {
        var names: Set<UInt32> = []
        for index in 0..<preconditions.count {
            let condition = preconditions[index]
            names.insert(field == .category ? condition.category : condition.assignee)
        }
        names.remove(0)
        if names.isEmpty { return [] }
        for index in 0..<rows.count where rows[index].disposition == .update {
            names.remove(field == .category ? rows[index].category : rows[index].assignee)
        }
        return names
    }

    /// Finds what the names in expectations mean where a map replaces those that rows ask for.
    ///
    /// A map says what to write, and nothing about what tickets hold.
    mutating func resolveExpectedNames(
        _ mapper: borrowing RequestMapper, _ directory: NameDirectory, categories: Bool,
        assignees: Bool
    ) {
        guard preconditions.count > 0 else { return }
        var none: NameMap?
        if categories {
            expectedCategories = Self.resolutions(
                mapper.categories, state.values.categories, .category, directory, &none,
                onlyExpected: [])
        }
        if assignees {
            expectedAssignees = Self.resolutions(
                mapper.agents, state.values.assignees, .agent, directory, &none, onlyExpected: [])
        }
    }

    /// The meaning of a category's name where a row expects it, which no map changes.
    func expectedCategory(_ number: UInt32) -> Resolution {
        (expectedCategories.isEmpty ? categories : expectedCategories)[Int(number)]
    }

    /// The meaning of an agent's name where a row expects it, which no map changes.
    func expectedAssignee(_ number: UInt32) -> Resolution {
        (expectedAssignees.isEmpty ? assignees : expectedAssignees)[Int(number)]
    }

    /// Replaces the names in preconditions by the values they mean; rows whose names mean nothing are invalid.
    mutating func resolvePreconditions(_ mapper: borrowing RequestMapper) {
        let values = state.values
        for index in 0..<preconditions.count {
            var condition = preconditions[index]
            if condition.status != 0 {
                condition.status = values.statuses.intern(mapper.statuses.name(condition.status))
            }
            if condition.category != 0 {
                let name = mapper.categories.name(condition.category)
                if let value = Self.expected(
                    name, expectedCategory(condition.category), values.categories)
                {
                    condition.category = value
                } else {
                    condition.namesUnknown = .category
                }
            }
            if condition.assignee != 0, condition.namesUnknown == nil {
                let name = mapper.agents.name(condition.assignee)
                if let value = Self.expected(
                    name, expectedAssignee(condition.assignee), values.assignees)
                {
                    condition.assignee = value
                } else {
                    condition.namesUnknown = .assignee
                }
            }
            preconditions[index] = condition
            let row = Int(condition.row)
            if let field = condition.namesUnknown, condition.obstacle == nil,
                rows[row].disposition == .update
            {
                let resolution =
                    field == .category
                    ? expectedCategory(condition.category) : expectedAssignee(condition.assignee)
                if case .issue(let issue) = resolution { rows[row].refuse(.invalid, issue.code) }
            }
        }
    }

    /// The value that a name in an expectation means; `nil` when it means nothing.
    ///
    /// What a ticket is expected to hold may be gone from the lists: then its id still names it.
    private static func expected(
        _ name: String, _ resolution: Resolution, _ values: ValueTable
    ) -> UInt32? {
        switch resolution {
        case .value(let value), .unlisted(let value, _): value
        case .leave: nil
        case .issue: TicketID(name)?.isObjectID == true ? values.intern(name.lowercased()) : nil
        }
    }
}

extension NameTable {
    /// The name under a number that counts from 1.
    fileprivate func name(_ number: UInt32) -> String { name(Int(number) - 1) }
}
