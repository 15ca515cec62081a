import BulkPlan

extension PlanDraft {
    /// Compares the requested values with the tickets, and sets every row's disposition.
    mutating func decide() {
        if !mergesRows { keepConditionsTogether() }
        for index in 0..<rows.count where rows[index].disposition == .update { decide(index) }
        for index in 0..<groups.count
        where groups[index].carrier > 0 && sharesRequest(UInt32(index) + 1) {
            let group = groups[index]
            let ticket = state.tickets.entries[Int(group.ticket)]
            changes.add(ChangeTally.Key(group: group, before: ticket), ticket: group.ticket)
        }
        if takesLast { carrySuperseded() }
        for index in 0..<rows.count {
            let row = rows[index]
            counts.add(row.disposition)
            // What the first reading refused has no ticket and is counted at the second.
            if let code = row.issueCode, row.ticket != .max {
                let issue = problems.needsIssue(code, row: index + 1) ? issue(ofRow: index) : nil
                problems.add(code, issue, row.disposition, row: index + 1, line: nil)
            }
        }
    }

    /// A row whose every value a later row for the ticket replaces goes with that row's request.
    private mutating func carrySuperseded() {
        for index in 0..<rows.count where rows[index].disposition == .unchanged {
            let number = state.tickets.entries[Int(rows[index].ticket)].group
            guard number > 0, groups[Int(number) - 1].carrier > 0 else { continue }
            if superseded(rows[index], groups[Int(number) - 1]) == rows[index].fields {
                rows[index].disposition = .update
                addCondition(index, number)
            }
        }
    }

    private mutating func decide(_ index: Int) {
        var row = rows[index]
        let ticket = state.tickets.entries[Int(row.ticket)]
        var wanted = row.fields
        if ticket.group > 0 {
            wanted.subtract(superseded(row, groups[Int(ticket.group) - 1]))
        }
        row.changes = ticket.flags.contains(.isRead) ? differing(row, ticket, wanted) : wanted
        if row.changes.isEmpty {
            row.disposition = .unchanged
        } else if let (disposition, code) = refusal(index, row, ticket) {
            row.refuse(disposition, code)
        } else if ticket.group > 0 {
            join(index, row.changes, ticket.group)
        } else {
            changes.add(ChangeTally.Key(row: row, before: ticket), ticket: row.ticket)
        }
        rows[index] = row
    }

    /// Refuses the rows of groups that cannot be carried out, before a later row replaces what they ask for.
    ///
    /// So a refused row is reported as refused, and replaces nothing that an earlier row asks for.
    mutating func refuseInGroups() {
        for index in 0..<rows.count where rows[index].disposition == .update {
            var row = rows[index]
            let ticket = state.tickets.entries[Int(row.ticket)]
            guard ticket.group > 0 else { continue }
            row.changes =
                ticket.flags.contains(.isRead) ? differing(row, ticket, row.fields) : row.fields
            guard !row.changes.isEmpty, let (disposition, code) = refusal(index, row, ticket) else {
                continue
            }
            row.refuse(disposition, code)
            rows[index] = row
        }
    }

    /// Why a row whose changes are known is not carried out; `nil` where it is.
    private mutating func refusal(
        _ index: Int, _ row: PlannedRow, _ ticket: TicketTable.Entry
    ) -> (Disposition, RowIssue.Code)? {
        if let code = unwritable(row) { return (.invalid, code) }
        if isHeldUnread(index, row, ticket) { return (.held, .ticketNotRead) }
        if let code = unmetPrecondition(index, ticket, row.ticket) { return (.conflict, code) }
        if row.changes.contains(.assignee), row.assignee != 0, !allowsHandOff,
            ticket.flags.contains(.handledByAI)
        {
            return (.held, .aiHandling)
        }
        return nil
    }

    /// Why a row asks for something that no update can write and that its ticket does not hold; `nil` where it
    /// does not.
    private mutating func unwritable(_ row: PlannedRow) -> RowIssue.Code? {
        if row.changes.contains(.status), row.status == UnwritableValue.status {
            return .statusInvalid
        }
        if row.changes.contains(.priority), row.priority == Int(UnwritableValue.priority) {
            return .priorityInvalid
        }
        if row.changes.contains(.category), let issue = unlistedCategories[row.category] {
            return issue.code
        }
        return row.changes.contains(.assignee) ? unlistedAssignees[row.assignee]?.code : nil
    }

    /// The fields of a row, among some, that the ticket does not hold as wanted.
    func differing(
        _ row: PlannedRow, _ ticket: TicketTable.Entry, _ wanted: FieldSet
    ) -> FieldSet {
        var fields: FieldSet = []
        if wanted.contains(.status), UInt16(row.status) != ticket.status { fields.insert(.status) }
        if wanted.contains(.priority), row.priority != Int(ticket.priority) {
            fields.insert(.priority)
        }
        if wanted.contains(.category), row.category != ticket.category { fields.insert(.category) }
        if wanted.contains(.assignee), row.assignee != ticket.assignee { fields.insert(.assignee) }
        return fields
    }

    /// Whether the rows of a group share one request.
    func sharesRequest(_ group: UInt32) -> Bool { mergesRows || separate.isShared(group) }

    /// Lets the rows of a ticket share their request where one of them has preconditions.
    private mutating func keepConditionsTogether() {
        for place in 0..<preconditions.count {
            let row = rows[Int(preconditions[place].row)]
            guard row.ticket != .max else { continue }
            let group = state.tickets.entries[Int(row.ticket)].group
            if group > 0 { separate.share(group) }
        }
    }

    /// Adds an update to the requests of its ticket.
    private mutating func join(_ index: Int, _ changes: FieldSet, _ number: UInt32) {
        var group = groups[Int(number) - 1]
        if group.carrier == 0 { group.carrier = UInt32(index) + 1 }
        group.changes.formUnion(changes)
        groups[Int(number) - 1] = group
        if !sharesRequest(number) {
            guard separate.add(row: index, changes, number) else { return }
            let ticket = state.tickets.entries[Int(group.ticket)]
            var row = rows[index]
            row.changes = changes
            self.changes.add(ChangeTally.Key(row: row, before: ticket), ticket: group.ticket)
            return
        }
        addCondition(index, number)
    }

    /// Adds what a row expects to what the request of its ticket expects.
    private mutating func addCondition(_ index: Int, _ number: UInt32) {
        guard let condition = preconditions.find(row: index) else { return }
        groupConditions[number] = groupConditions[number]?.joined(condition) ?? condition
    }

    /// Whether a row stays back because its ticket was looked for and not found.
    ///
    /// Nothing is known of such a ticket: the AI may be handling it, and what the row expects cannot be checked.
    private mutating func isHeldUnread(
        _ index: Int, _ row: PlannedRow, _ ticket: TicketTable.Entry
    ) -> Bool {
        guard !ticket.flags.contains(.isRead), naming.source != .none else { return false }
        switch unread {
        case .hold: return true
        case .send: return false
        case nil:
            let assigns = row.changes.contains(.assignee) && row.assignee != 0
            return assigns && !allowsHandOff || preconditions.find(row: index) != nil
                || undecidedRows.contains(index)
        }
    }

    /// Which precondition keeps a row from being carried out, if any.
    private mutating func unmetPrecondition(
        _ index: Int, _ ticket: TicketTable.Entry, _ number: UInt32
    ) -> RowIssue.Code? {
        guard let condition = preconditions.find(row: index) else { return nil }
        if !ticket.flags.contains(.isRead) {
            return naming.source != .none && unread == .send ? nil : .preconditionUnchecked
        }
        return condition.unmet(ticket, updatedAt: state.updateTimes[number]) == nil
            ? nil : .preconditionFailed
    }
}
