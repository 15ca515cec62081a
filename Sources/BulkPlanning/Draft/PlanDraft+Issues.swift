import BulkPlan
import BulkSystem
import MavaAPI

extension PlanDraft {
    /// Why a row is not carried out, in words: made again from the tables each time it is needed.
    ///
    /// Only for issues that are not found while reading; the second reading finds the others again.
    func issue(ofRow index: Int) -> RowIssue {
        let row = rows[index]
        guard let code = row.issueCode else {
            preconditionFailure("a row that is carried out has no issue")
        }
        switch code {
        case .categoryUnknown, .categoryAmbiguous, .agentUnknown, .agentAmbiguous, .valueInvalid,
            .valueUnmapped:
            return unknownNames(index)
        case .ticketIDInvalid:
            let issue = TicketIDText.unlikeOthers(
                state.tickets.id(row.ticket), column: naming.columns.ticketColumn)
            // The row's names were not resolved, so its numbers still number names.
            return RowIssue(joining: [issue] + unknownNames(row))
        case .statusInvalid:
            return besideOthers(
                RequestMapper.issue(
                    .status, found: UnwritableValue.statusName,
                    column: naming.columns.name(of: [.status]) ?? "status"), row)
        case .priorityInvalid:
            return besideOthers(
                RequestMapper.issue(
                    .priority, found: "\(UnwritableValue.priority)",
                    column: naming.columns.name(of: [.priority]) ?? "priority"), row)
        case .duplicateDisagrees: return disagreement(row)
        case .preconditionFailed: return failedPrecondition(index)
        case .preconditionUnchecked:
            return RowIssue(code: code, message: uncheckedMessage(row.ticket))
        case .ticketNotRead:
            return RowIssue(code: code, message: notReadMessage(index))
        case .aiHandling:
            return RowIssue(
                code: code,
                message:
                    "allow it with \(SettingName.allowHandOff), or leave the row out: the AI is handling "
                    + "the ticket, and assigning it would end that")
        case .cannotBeUndone:
            let obstacle = preconditions.find(row: index)?.obstacle
            return RowIssue(
                code: code, message: obstacle?.name ?? code.rawValue, value: obstacle?.name)
        default: break
        }
        return RowIssue(code: code, message: code.rawValue)
    }

    /// The unknown names that a row asks for, while its numbers still number names.
    private func unknownNames(_ row: PlannedRow) -> [RowIssue] {
        let clears = row.fields.contains(.assignee) && row.assignee == 0
        let category = categories[Int(row.category)]
        let assignee = clears ? noAgent : assignees[Int(row.assignee)]
        // What no list has may be what the ticket holds, so it is no mistake where another one is found.
        let isCertain = category.isWrong || assignee.isWrong
        return [
            isCertain && !category.isWrong ? nil : issue(category, .categoryName, .categoryID),
            isCertain && !assignee.isWrong ? nil : issue(assignee, .assignee),
        ].compactMap(\.self).map { isCertain ? $0 : besideOthers($0, row) }
    }

    /// An issue of a value that a ticket may hold already, with what to do where the row is not its ticket's only one.
    private func besideOthers(_ issue: RowIssue, _ row: PlannedRow) -> RowIssue {
        guard state.tickets.entries[Int(row.ticket)].group > 0 else { return issue }
        var issue = issue
        issue.message +=
            ". If the ticket holds it already, leave it out: other rows are for this ticket, too"
        return issue
    }

    private func issue(_ resolution: Resolution, _ roles: ColumnRole...) -> RowIssue? {
        guard var issue = resolution.problem else { return nil }
        issue.column = naming.columns.name(of: roles)
        return issue
    }

    /// The unknown names of a row: the requested ones, or else the expected ones.
    private func unknownNames(_ index: Int) -> RowIssue {
        let row = rows[index]
        let condition = preconditions.find(row: index)
        var issues: [RowIssue] = []
        // Without an unknown name, the row's numbers already number values.
        if row.namesUnknown {
            issues = unknownNames(row)
        } else if let issue = unlistedValues(row) {
            issues = issue
        } else if let condition, condition.namesUnknown == .category {
            issues = [issue(expectedCategory(condition.category), .expectCategoryID)].compactMap(
                \.self)
        } else if let condition, condition.namesUnknown == .assignee {
            issues = [issue(expectedAssignee(condition.assignee), .expectAssignee)].compactMap(
                \.self)
        }
        return issues.isEmpty
            ? RowIssue(code: .agentUnknown, message: "the name is unknown")
            : RowIssue(joining: issues)
    }

    /// The values of a row that no list has and that its ticket does not hold; `nil` where there are none.
    private func unlistedValues(_ row: PlannedRow) -> [RowIssue]? {
        let ticket = state.tickets.entries[Int(row.ticket)]
        let isRead = ticket.flags.contains(.isRead)
        var issues: [RowIssue] = []
        if row.fields.contains(.category), !isRead || row.category != ticket.category,
            var issue = unlistedCategories[row.category]
        {
            issue.column = naming.columns.name(of: [.categoryName, .categoryID])
            issues.append(issue)
        }
        if row.fields.contains(.assignee), !isRead || row.assignee != ticket.assignee,
            var issue = unlistedAssignees[row.assignee]
        {
            issue.column = naming.columns.name(of: [.assignee])
            issues.append(issue)
        }
        return issues.isEmpty ? nil : issues
    }

    /// Why it cannot be said whether a ticket is as its row expects.
    private func uncheckedMessage(_ ticket: UInt32) -> String {
        switch naming.source {
        case .none:
            "plan with the tickets read, or leave the expectation out: the tickets were not read, so "
                + "what the row expects cannot be checked"
        case .snapshot:
            "take a newer snapshot, or leave the expectation out: the ticket is not in the snapshot, so "
                + "what the row expects cannot be checked"
        case .live:
            "correct the id, or leave the expectation out: the ticket was not found, so what the row "
                + "expects cannot be checked"
        }
    }

    /// Why a row whose ticket was not found stays back.
    private func notReadMessage(_ index: Int) -> String {
        let place =
            naming.source == .snapshot
            ? "the ticket is not in the snapshot" : "the ticket was not found"
        let why =
            if unread == .hold {
                "so what the row would replace is not known"
            } else if !allowsHandOff, rows[index].fields.contains(.assignee),
                rows[index].assignee != 0
            {
                "so the AI may be handling it, and assigning it would end that"
            } else if preconditions.find(row: index) != nil {
                "so what the row expects cannot be checked"
            } else {
                "so what the condition asks of it is not known"
            }
        return
            "look at the ticket, or send such rows with \(SettingName.sendUnread): \(place), \(why)"
    }

    private func disagreement(_ row: PlannedRow) -> RowIssue {
        let group = groups[Int(state.tickets.entries[Int(row.ticket)].group) - 1]
        let fields = FieldSet.all.filter(group.disagreement.contains).map(\.field.rawValue)
        return RowIssue(
            code: .duplicateDisagrees,
            message:
                "keep one, or let the last one count with \(SettingName.lastDuplicate): the rows for this "
                + "ticket, \(group.firstRow + 1) to \(group.lastRow + 1), ask for different values of "
                + fields.joined(separator: " and "))
    }

    private func failedPrecondition(_ index: Int) -> RowIssue {
        let row = rows[index]
        let ticket = state.tickets.entries[Int(row.ticket)]
        let values = state.values
        let updatedAt = state.updateTimes[row.ticket]
        guard let condition = preconditions.find(row: index),
            let field = condition.unmet(ticket, updatedAt: updatedAt)
        else { preconditionFailure("a precondition that failed can be found again") }
        let (found, expected): (String, String) =
            switch field {
            case .status:
                (
                    shown(text(values.statuses, UInt32(ticket.status)), .status),
                    shown(text(values.statuses, condition.status), .status)
                )
            case .priority:
                (
                    ticket.priority == .min ? "none" : "\(ticket.priority)",
                    condition.priority == .min ? "none" : "\(condition.priority)"
                )
            case .category:
                (
                    shown(text(values.categories, ticket.category), .categoryID),
                    shown(text(values.categories, condition.category), .categoryID)
                )
            case .assignee:
                (
                    shown(text(values.assignees, ticket.assignee), .assignedTo),
                    shown(text(values.assignees, condition.assignee), .assignedTo)
                )
            case .updatedAt:
                (
                    updatedAt.map { WrittenTime.text($0, within: 1) } ?? "not known",
                    WrittenTime.text(condition.updatedAt, within: condition.updatedWithin)
                )
            }
        return RowIssue(
            code: .preconditionFailed,
            message: "look at the ticket again: its \(field.words) is \(found), expected was "
                + expected,
            column: naming.columns.name(of: [field.role]))
    }

    private func shown(_ value: FieldValue, _ field: TicketField) -> String {
        guard case .text = value else { return naming.directory.name(of: value, field) }
        return quoted(naming.directory.name(of: value, field))
    }
}

extension Precondition.Field {
    fileprivate var words: String {
        switch self {
        case .status: "status"
        case .priority: "priority"
        case .category: "category"
        case .assignee: "assignee"
        case .updatedAt: "last change"
        }
    }

    fileprivate var role: ColumnRole {
        switch self {
        case .status: .expectStatus
        case .priority: .expectPriority
        case .category: .expectCategoryID
        case .assignee: .expectAssignee
        case .updatedAt: .expectUpdatedAt
        }
    }
}

extension FieldSet {
    /// The set of one field.
    init(_ field: TicketField) {
        switch field {
        case .status: self = .status
        case .priority: self = .priority
        case .categoryID: self = .category
        case .assignedTo: self = .assignee
        }
    }

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
