import BulkPlan
import BulkSystem
import MavaAPI

extension PlanDraft {
    /// Excludes the rows that a selection leaves out.
    ///
    /// Call this once, after the names were looked up. If a condition compares tickets' current values, the
    /// tickets must have been read too. Rows that the input's columns alone exclude were excluded while they
    /// were read.
    ///
    /// - Parameters:
    ///   - selection: The selection.
    ///   - directory: The existing agents and categories.
    mutating func select(_ selection: RowSelection, _ directory: NameDirectory) {
        exclude(selection, directory)
        var taken = 0
        for index in 0..<rows.count where rows[index].disposition != .excluded { taken += 1 }
        if let sample = selection.sample { keepSample(sample, of: &taken, seed: selection.seed) }
        guard var left = selection.limit, left < taken else { return }
        for index in 0..<rows.count where rows[index].disposition != .excluded {
            if left > 0 { left -= 1 } else { rows[index].exclude() }
        }
    }

    /// Refuses the rows that must not be carried out, once the selection has left out what it leaves out.
    mutating func refuseObstacles() {
        guard hasObstacles else { return }
        for place in 0..<preconditions.count where preconditions[place].obstacle != nil {
            let row = Int(preconditions[place].row)
            if rows[row].disposition == .update { rows[row].refuse(.invalid, .cannotBeUndone) }
        }
    }

    /// Excludes the rows for which the conditions do not hold, and notes those whose tickets were not found if they
    /// depend on what these have: they are held.
    private mutating func exclude(_ selection: RowSelection, _ directory: NameDirectory) {
        let subjects = selection.comparisons.map { SelectedValues.Subject($0.subject) }
        let comparisons = zip(selection.comparisons, subjects).map {
            $0.resolved($1?.thing, in: directory)
        }
        guard subjects.contains(where: { $0 != nil }) else { return }
        var values = SelectedValues(count: comparisons.count)
        for index in 0..<rows.count where rows[index].disposition != .excluded {
            let row = rows[index]
            let results = columnResults.count > 0 ? columnResults[index] : .init()
            let outcome = selection.decided { place in
                guard let subject = subjects[place] else { return results[place] }
                return result(comparisons[place], place, subject, row, directory, &values)
            }
            if outcome == false {
                // The earlier run may have done what the row asks for, so that the condition holds no more.
                if selection.isOfRun, holdsAll(row) { continue }
                rows[index].exclude()
            } else if outcome == nil, row.disposition == .update,
                !state.tickets.entries[Int(row.ticket)].flags.contains(.isRead)
            {
                // What is wrong with the row itself comes first.
                undecidedRows.insert(index)
            }
        }
    }

    /// Whether a row's ticket was read and holds all that the row asks for.
    private func holdsAll(_ row: PlannedRow) -> Bool {
        guard row.disposition == .update else { return false }
        let ticket = state.tickets.entries[Int(row.ticket)]
        return ticket.flags.contains(.isRead) && differing(row, ticket, row.fields).isEmpty
    }

    /// The result of one comparison for one row; `nil` when the row's meaning, or what its ticket holds, is not known.
    ///
    /// The ticket of an invalid row is not looked for, but can be read all the same, because another row names it or it
    /// is on a page with another ticket. What it holds decides nothing. So an invalid row ends in the same way
    /// whatever other rows the input has.
    private func result(
        _ comparison: RowCondition.Comparison, _ place: Int, _ subject: SelectedValues.Subject,
        _ row: PlannedRow, _ directory: NameDirectory, _ values: inout SelectedValues
    ) -> Bool? {
        guard row.ticket != .max else { return nil }
        // The id says it.
        if case .createdAt = subject, let time = state.tickets.creationTime(Int(row.ticket)) {
            return comparison.holds(.time(Int64(time) * 1_000_000))
        }
        if row.disposition == .invalid { return nil }
        let ticket = state.tickets.entries[Int(row.ticket)]
        // A ticket that was not found can hold anything. With `send`, it is taken as empty.
        if subject.isOld, !ticket.flags.contains(.isRead) {
            return unread == .send ? comparison.holds(.missing) : nil
        }
        func named(_ number: UInt32, _ isSaid: Bool, _ find: () -> [String]) -> Bool {
            guard isSaid else { return comparison.holds(.missing) }
            return values.result(place, number: number) { comparison.holds(.text(find())) }
        }
        switch subject {
        case .status(let isNew):
            let number = isNew ? UInt32(row.status) : UInt32(ticket.status)
            let isSaid = isNew ? row.fields.contains(.status) : number > 0
            return named(number, isSaid) { [state.values.statuses[number]] }
        case .priority(let isNew):
            let number = isNew ? row.priority : Int(ticket.priority)
            let isSaid = isNew ? row.fields.contains(.priority) : ticket.priority != .min
            return named(UInt32(truncatingIfNeeded: number), isSaid) {
                RowCondition.writings(ofPriority: number)
            }
        case .category(let isNew):
            let number = isNew ? row.category : ticket.category
            return named(number, number > 0) {
                let id = state.values.categories[number]
                return directory.writings(of: id, .category, for: comparison)
            }
        case .assignee(let isNew):
            let number = isNew ? row.assignee : ticket.assignee
            if isNew, number == 0, row.fields.contains(.assignee) {
                return comparison.holds(.clearedAssignee)
            }
            return named(number, number > 0) {
                let id = state.values.assignees[number]
                return directory.writings(of: id, .agent, for: comparison)
            }
        case .createdAt: return comparison.holds(.missing)
        case .updatedAt:
            return comparison.holds(state.updateTimes[row.ticket].map { .time($0) } ?? .missing)
        }
    }

    /// Keeps a random sample of the remaining rows; every set of that size is equally likely.
    private mutating func keepSample(_ count: Int, of taken: inout Int, seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (needed, left) = (min(count, taken), taken)
        taken = needed
        for index in 0..<rows.count where rows[index].disposition != .excluded {
            if Int.random(in: 0..<left, using: &random) < needed {
                needed -= 1
            } else {
                rows[index].exclude()
            }
            left -= 1
        }
    }

    /// Marks the tickets without a remaining row, so that they are not read.
    mutating func leaveOutTickets() {
        var isWanted = [Bool](repeating: false, count: state.tickets.count)
        for index in 0..<rows.count where rows[index].disposition == .update {
            isWanted[Int(rows[index].ticket)] = true
        }
        for number in isWanted.indices where !isWanted[number] {
            state.tickets.leaveOut(number)
        }
    }
}

extension PlannedRow {
    /// Excludes the row, whatever issue it has.
    mutating func exclude() {
        disposition = .excluded
        issueCode = nil
        changes = []
    }
}
