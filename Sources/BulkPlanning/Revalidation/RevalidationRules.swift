import BulkSystem
import BulkPlan
import MavaAPI

/// Decides what happens to a plan's updates after their tickets were read again.
struct RevalidationRules {
    private let header: PlanHeader
    private let onConflict: ConflictPolicy
    private let directory: NameDirectory

    init(_ header: PlanHeader, _ onConflict: ConflictPolicy) {
        self.header = header
        self.onConflict = onConflict
        directory = NameDirectory(header)
    }

    /// Decides what happens to an update.
    ///
    /// - Parameters:
    ///   - entry: The row as approved.
    ///   - current: The ticket's current values; `nil` when the ticket was not found.
    /// - Returns: The row's new state; `nil` when it is still as approved.
    func exception(_ entry: PlanEntry, _ current: CurrentTicket?) -> PlanRevalidation.Exception? {
        guard let current else { return notFound(entry) }
        let left = entry.changes.filter { current.values[$0.field] != $0.after }
        if left.isEmpty { return .init(disposition: .unchanged, changes: [], issue: nil) }
        if let issue = unmet(entry.expectation, current) {
            return .init(disposition: .conflict, changes: [], issue: issue)
        }
        if onConflict != .overwrite,
            let moved = left.first(where: {
                $0.before != nil && current.values[$0.field] != $0.before
            })
        {
            let now = current.values[moved.field]
            return .conflict(
                "plan again, or apply with \(SettingName.overwriteOnConflict): \(moved.field.rawValue) was "
                    + "\(shown(moved.before, moved.field)) when the plan was made and is "
                    + "\(shown(now, moved.field)) now")
        }
        if assigns(left), current.isHandledByAI, !header.allowsHandOff {
            return .held(
                .aiHandling,
                "plan again with \(SettingName.allowHandOff), or leave the row out: the AI has taken "
                    + "the ticket since the plan was made, and assigning it would end that")
        }
        // The current values are the ones that the update will change.
        let updated = left.map { change in
            FieldChange(
                field: change.field, before: current.values[change.field], after: change.after)
        }
        return updated == entry.changes
            ? nil : .init(disposition: .update, changes: updated, issue: nil)
    }

    /// Decides what happens to a row whose ticket was not found.
    private func notFound(_ entry: PlanEntry) -> PlanRevalidation.Exception? {
        // The ticket was not found when the plan was made either, and the row was approved that way.
        if entry.isUndiffed { return nil }
        guard onConflict == .overwrite else {
            return .conflict(
                "look whether the ticket still exists: it cannot be found any more")
        }
        let isBlind = assigns(entry.changes) && !header.allowsHandOff
        if header.unread != .send, isBlind || entry.expectation != nil || header.unread == .hold {
            return .held(
                .ticketNotRead,
                "look at the ticket, or plan again with \(SettingName.sendUnread): it cannot be found any "
                    + "more, so it is not known what the row would replace")
        }
        // The current values are unknown.
        let changes = entry.changes.map {
            FieldChange(field: $0.field, before: nil, after: $0.after)
        }
        return .init(disposition: .update, changes: changes, issue: nil)
    }

    private func assigns(_ changes: [FieldChange]) -> Bool {
        changes.contains { $0.field == .assignedTo && $0.after != .null }
    }

    /// The first unmet precondition of a row.
    private func unmet(_ expectation: PlanExpectation?, _ current: CurrentTicket) -> RowIssue? {
        guard let expectation else { return nil }
        for field in TicketField.allCases {
            guard let expected = expectation.values[field] else { continue }
            let found = current.values[field] ?? .null
            guard found != expected else { continue }
            return Self.failed(
                field.rawValue, found: shown(found, field), expected: shown(expected, field))
        }
        guard var text = expectation.updatedAt else { return nil }
        // No ticket meets a time that cannot be parsed.
        let expected = text.withUTF8 { WrittenTime($0) }
        if let expected, let found = current.updatedAt, found >= expected.start,
            found - expected.start < expected.length
        {
            return nil
        }
        return Self.failed(
            "last change",
            found: current.updatedAt.map { WrittenTime.text($0, within: 1) } ?? "not known",
            expected: text)
    }

    private static func failed(_ what: String, found: String, expected: String) -> RowIssue {
        RowIssue(
            code: .preconditionFailed,
            message: "look at the ticket again: its \(what) is \(found), expected was \(expected)")
    }

    private func shown(_ value: FieldValue?, _ field: TicketField) -> String {
        let name = directory.name(of: value ?? .null, field)
        guard case .text? = value else { return name }
        return quoted(name)
    }
}

extension PlanRevalidation.Exception {
    fileprivate static func conflict(_ message: String) -> Self {
        Self(
            disposition: .conflict, changes: [],
            issue: RowIssue(code: .changedSincePlan, message: message))
    }

    fileprivate static func held(_ code: RowIssue.Code, _ message: String) -> Self {
        Self(
            disposition: .held, changes: [], issue: RowIssue(code: code, message: message))
    }
}
