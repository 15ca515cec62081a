import BulkSystem

extension PlanSummary {
    /// The summary of a saved plan, made from its rows.
    ///
    /// - Parameter reader: The plan, from its first row on.
    /// - Throws: What reading the plan throws.
    public init(reading reader: consuming PlanReader) throws {
        let header = reader.header
        var tally = SavedPlanTally(header: header)
        while let entry = try reader.next() { tally.add(entry) }
        self.init(
            header: header, groups: tally.summaryGroups, ungrouped: tally.others,
            problems: tally.problems.summary)
    }
}

/// Writes each row of a plan on one line, for those who want to see them all.
public struct PlanRowText: Sendable {
    private let directory: Directory

    /// Takes the names of agents and categories from a plan's header.
    public init(header: PlanHeader) { directory = Directory(header) }

    /// One row on one line, without a newline; text from files or servers cannot steer a terminal.
    ///
    /// - Parameter entry: The row.
    /// - Returns: For example `row 12  6630…  update  status Open → Resolved`.
    public func line(_ entry: PlanEntry) -> String {
        let id = TerminalText.escaped(entry.ticketID ?? "-")
        var text = "row \(entry.row)  \(id)  \(entry.disposition.rawValue)"
        let changes = entry.changes.map { PlanSummary.Change($0, directory).text }
        if !changes.isEmpty { text += "  " + changes.joined(separator: ", ") }
        if let mergedInto = entry.mergedInto { text += "  (with row \(mergedInto))" }
        if entry.isUndiffed { text += "  (not read)" }
        if let issue = entry.issue {
            let column = issue.column.map { "\($0): " } ?? ""
            text += "  " + TerminalText.escaped(column + issue.message)
        }
        return text
    }
}

/// Counts the rows of a saved plan by what changes.
private struct SavedPlanTally {
    private let directory: Directory
    private var groups: [[FieldChange]: (tickets: Int, samples: [String])] = [:]
    var others = 0
    var problems = ProblemTally()

    private static let limit = 1 << 16

    init(header: PlanHeader) { directory = Directory(header) }

    mutating func add(_ entry: PlanEntry) {
        if let issue = entry.issue {
            problems.add(
                issue.code, issue, entry.disposition, row: entry.row, line: entry.line)
        }
        guard entry.sendsRequest else { return }
        if groups.count >= Self.limit, groups[entry.changes] == nil {
            others += 1
            return
        }
        groups[entry.changes, default: (0, [])].tickets += 1
        if let id = entry.ticketID,
            groups[entry.changes]!.samples.count < ChangeTally.samplesPerChange
        {
            groups[entry.changes]!.samples.append(id)
        }
    }

    var summaryGroups: [PlanSummary.Group] {
        groups.map { changes, count in
            PlanSummary.Group(
                tickets: count.tickets,
                changes: changes.map { PlanSummary.Change($0, directory) }, samples: count.samples)
        }
    }
}

extension PlanSummary.Change {
    /// A change in words.
    init(_ change: FieldChange, _ directory: Directory) {
        self.init(
            field: change.field, before: change.before, after: change.after,
            beforeName: change.before.map { directory.name(of: $0, change.field) },
            afterName: directory.name(of: change.after, change.field))
    }
}
