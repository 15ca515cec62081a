extension RowIssue.Code {
    /// Whether the first reading finds it by looking at the record alone.
    var isFoundWhileReading: Bool {
        switch self {
        case .malformedRecord, .ticketIDMissing, .ticketIDInvalid, .nothingToChange, .statusInvalid,
            .priorityInvalid, .notClearable, .valueInvalid:
            true
        case .categoryUnknown, .categoryAmbiguous, .agentUnknown, .agentAmbiguous,
            .duplicateDisagrees, .preconditionFailed, .preconditionUnchecked, .changedSincePlan,
            .aiHandling:
            false
        }
    }
}

extension PlanDraft {
    /// Why a row is not carried out, in words: made again from the tables each time it is needed.
    ///
    /// Only for issues that are not found while reading; those the second reading finds again.
    func issue(ofRow index: Int) -> RowIssue {
        let row = rows[index]
        guard let code = row.issueCode else {
            preconditionFailure("a row that is carried out has no issue")
        }
        switch code {
        case .categoryUnknown, .categoryAmbiguous:
            if case .issue(let issue) = categories[Int(row.category)] { return issue }
        case .agentUnknown, .agentAmbiguous:
            if case .issue(let issue) = assignees[Int(row.assignee)] { return issue }
        case .duplicateDisagrees: return disagreement(row)
        case .preconditionFailed: return failedPrecondition(index)
        case .preconditionUnchecked:
            return RowIssue(
                code: code,
                message:
                    "the row expects something of the ticket, which was not found, so it cannot "
                    + "be checked: correct the id, or leave the expectation out")
        case .aiHandling:
            return RowIssue(
                code: code,
                message: "the AI is handling the ticket, and assigning it would end that: allow it "
                    + "with --allow-ai-handoff, or leave the row out")
        default: break
        }
        return RowIssue(code: code, message: code.rawValue)
    }

    private func disagreement(_ row: PlannedRow) -> RowIssue {
        let group = groups[Int(state.tickets.entries[Int(row.ticket)].group) - 1]
        let fields = FieldSet.all.filter(group.disagreement.contains).map(\.field.rawValue)
        return RowIssue(
            code: .duplicateDisagrees,
            message:
                "the rows for this ticket, \(group.firstRow + 1) to \(group.lastRow + 1), ask for "
                + "different values of \(fields.joined(separator: " and ")): keep one, or let the "
                + "last one count with --on-duplicate last")
    }

    private func failedPrecondition(_ index: Int) -> RowIssue {
        let row = rows[index]
        let ticket = state.tickets.entries[Int(row.ticket)]
        let values = state.values
        let updatedAt = state.updateTimes[row.ticket]
        guard let condition = preconditions.find(row: index),
            let field = condition.unmet(ticket, updatedAt: updatedAt)
        else { preconditionFailure("a precondition that failed can be found again") }
        let message =
            switch field {
            case .status:
                "the status is \(shown(values.statuses[UInt32(ticket.status)])), expected was "
                    + shown(values.statuses[condition.status])
            case .priority:
                "the priority is \(ticket.priority == .min ? "none" : "\(ticket.priority)"), expected "
                    + "was \(condition.priority)"
            case .category:
                "the category is \(shown(values.categories[ticket.category])), expected was "
                    + shown(values.categories[condition.category])
            case .assignee:
                "the assignee is \(shown(values.assignees[ticket.assignee])), expected was "
                    + shown(values.assignees[condition.assignee])
            case .updatedAt: "the ticket did not change last at the time expected"
            }
        return RowIssue(code: .preconditionFailed, message: message + ": look at the ticket again")
    }

    private func shown(_ text: String) -> String { text.isEmpty ? "none" : quoted(text) }
}

extension FieldSet {
    /// The field, of a set of one.
    var field: TicketField {
        switch self {
        case .status: .status
        case .priority: .priority
        case .category: .categoryID
        default: .assignedTo
        }
    }
}
