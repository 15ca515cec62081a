import BulkHistory
import BulkSystem
import MavaBulk

/// What runs did to one ticket, as text for a terminal.
enum TicketHistoryText {
    /// Two lines for each row: the run with its time, and what became of the row.
    ///
    /// - Parameters:
    ///   - history: The rows.
    ///   - directory: The directory of the runs.
    ///   - now: The present, in seconds since 1970.
    /// - Returns: The lines, each with a newline at its end.
    static func text(_ history: TicketHistory, in directory: String, now: Int) -> String {
        let ticket = TerminalText.value(history.ticket.rawValue)
        let searched = "\(Words.counted(history.searched, "run")) of \(directory) searched"
        var lines: [String] = []
        var run: PastRun?
        for row in history.rows {
            if row.run != run {
                run = row.run
                let label = row.run.label.map { "  \"\(TerminalText.value($0))\"" } ?? ""
                let who = row.run.starter.user.map { "  by \(TerminalText.value($0))" } ?? ""
                lines.append(
                    "\(TerminalText.value(row.run.name))  \(RunListText.age(row.run, now: now))"
                        + who + label)
            }
            var parts = ["    row \(row.row)", row.outcome.rawValue]
            let changes = row.changes.map(\.text)
            if !changes.isEmpty { parts.append(changes.joined(separator: ", ")) }
            if let carrier = row.mergedInto { parts.append("(with row \(carrier))") }
            lines.append(parts.joined(separator: "  "))
            if let message = row.message {
                lines.append("      " + TerminalText.sentence(message))
            }
        }
        if history.changing.isEmpty {
            lines.append("no run changed \(ticket) (\(searched))")
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
