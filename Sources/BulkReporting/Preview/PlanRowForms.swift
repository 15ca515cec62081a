public import BulkPlan
package import BulkSystem

/// Writes each row of a plan as a line of a Markdown table.
public struct PlanRowMarkdown: Sendable {
    private let directory: NameDirectory

    /// Uses the names of agents and categories from a plan's header.
    public init(header: PlanHeader) { directory = NameDirectory(header) }

    /// The heading and the first two lines of the table, each with a newline at its end.
    public static let head = """
        ### Rows

        | row | line | ticket | outcome | change | note |
        | ---: | ---: | --- | --- | --- | --- |

        """

    /// One row on one line, without a newline.
    ///
    /// Text from files or servers is escaped, so it is shown as text.
    ///
    /// - Parameter entry: The row.
    /// - Returns: A line of the table.
    public func line(_ entry: PlanEntry) -> String {
        let changes = entry.changes.map { change in
            let change = PlanSummary.Change(change, directory)
            let before = change.beforeName.map { PlanSummary.code($0) + " " } ?? ""
            return "\(change.field.rawValue) \(before)→ \(PlanSummary.code(change.afterName))"
        }
        var notes: [String] = []
        if let mergedInto = entry.mergedInto { notes.append("with row \(mergedInto)") }
        if entry.isUndiffed { notes.append("not read") }
        if let issue = entry.issue {
            let column = issue.column.map { "\($0): " } ?? ""
            notes.append("`\(issue.code.rawValue)` " + PlanSummary.plain(column + issue.message))
        }
        let cells = [
            "\(entry.row)", "\(entry.line)", entry.ticketID.map(PlanSummary.code) ?? "",
            entry.disposition.rawValue, changes.joined(separator: ", "),
            notes.joined(separator: ", "),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}

extension OutputBuffer {
    /// Appends a row of a plan as a JSON object in the form of the plan's file, without the input's
    /// cells.
    ///
    /// - Parameter entry: The row.
    package mutating func append(planRow entry: PlanEntry) {
        append(entryStart: entry)
        append("}")
    }
}
