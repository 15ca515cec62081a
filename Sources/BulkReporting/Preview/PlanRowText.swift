public import BulkPlan
import BulkSystem

/// Writes each row of a plan on one line, for a full listing.
public struct PlanRowText: Sendable {
    private let directory: NameDirectory

    /// Uses the names of agents and categories from a plan's header.
    public init(header: PlanHeader) { directory = NameDirectory(header) }

    /// One row on one line, without a newline.
    ///
    /// Text from files or servers cannot control a terminal.
    ///
    /// - Parameter entry: The row.
    /// - Returns: For example `row 12  6630…  update  status Open → Resolved`.
    public func line(_ entry: PlanEntry) -> String {
        let id = TerminalText.value(entry.ticketID ?? "-")
        var text = "row \(entry.row)  \(id)  \(entry.disposition.rawValue)"
        let changes = entry.changes.map { PlanSummary.Change($0, directory).text }
        if !changes.isEmpty { text += "  " + changes.joined(separator: ", ") }
        if let mergedInto = entry.mergedInto { text += "  (with row \(mergedInto))" }
        if entry.isUndiffed { text += "  (not read)" }
        if let issue = entry.issue {
            let column = issue.column.map { "\($0): " } ?? ""
            text += "  " + TerminalText.sentence(column + issue.message)
        }
        return text
    }
}
