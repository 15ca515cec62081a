import BulkPlan
import BulkPlanning

extension PlanEntry {
    /// An entry that resolves a ticket of its own.
    static func update(_ row: Int, ticket: String? = nil) -> PlanEntry {
        PlanEntry(
            row: row, line: row + 1, ticketID: ticket ?? "ticket-\(row)", disposition: .update,
            changes: [
                FieldChange(field: .status, before: .text("Open"), after: .text("Resolved"))
            ])
    }

    /// An entry that sends nothing.
    static func quiet(_ row: Int, _ disposition: Disposition) -> PlanEntry {
        PlanEntry(
            row: row, line: row + 1, ticketID: "ticket-\(row)", disposition: disposition,
            issue: disposition == .unchanged
                ? nil : RowIssue(code: .preconditionFailed, message: "as the plan says"))
    }

    /// An entry whose change another row's request carries.
    static func merged(_ row: Int, into primary: Int) -> PlanEntry {
        var entry = update(row, ticket: "ticket-\(primary)")
        entry.mergedInto = primary
        return entry
    }
}
