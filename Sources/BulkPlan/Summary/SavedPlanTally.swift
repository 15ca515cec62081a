import BulkSystem

extension PlanSummary {
    /// Makes the summary of a saved plan from its rows.
    ///
    /// - Parameter reader: The plan, positioned at its first row.
    /// - Throws: What reading the plan throws.
    public init(reading reader: consuming PlanReader) throws {
        var tally = SavedPlanTally(header: reader.header)
        while let entry = try reader.next() { tally.add(entry) }
        self = tally.summary
    }
}

/// Counts the rows of a saved plan by their changes.
package struct SavedPlanTally {
    private let header: PlanHeader
    private let directory: NameDirectory
    private var groups: [[FieldChange]: (tickets: Int, samples: [String])] = [:]
    private var others = 0
    /// The column with the row of the run that a row undoes.
    private let undoneRowColumn: Int?
    private var problems = ProblemTally()

    private static let limit = 1 << 16

    /// Starts without rows.
    package init(header: PlanHeader) {
        self.header = header
        directory = NameDirectory(header)
        undoneRowColumn =
            header.follows?.kind == .undo
            ? header.input.columns.firstIndex(of: PlanHeader.undoneRowColumn) : nil
    }

    /// Counts a row.
    package mutating func add(_ entry: PlanEntry) {
        if let issue = entry.issue, !entry.isOfOtherShard {
            problems.add(
                issue.code, issue, entry.disposition, row: entry.row, line: entry.line)
            if let undoneRowColumn, let cells = entry.cells, undoneRowColumn < cells.count,
                let row = Int(cells[undoneRowColumn])
            {
                problems.note(undoneRow: row, message: nil, ofRow: entry.row)
            }
        }
        guard entry.sendsRequest else { return }
        if groups.count >= Self.limit, groups[entry.changes] == nil {
            others += 1
            return
        }
        groups[entry.changes, default: (0, [])].tickets += 1
        if let id = entry.ticketID,
            groups[entry.changes]!.samples.count < PlanSummary.Group.sampleLimit
        {
            groups[entry.changes]!.samples.append(id)
        }
    }

    /// The summary of the rows counted.
    package var summary: PlanSummary {
        let groups = groups.map { changes, count in
            PlanSummary.Group(
                tickets: count.tickets,
                changes: changes.map { PlanSummary.Change($0, directory) }, samples: count.samples)
        }
        return PlanSummary(
            header: header, groups: groups, ungrouped: others, problems: problems.summary)
    }
}

extension PlanSummary.Change {
    /// Describes a change in words.
    package init(_ change: FieldChange, _ directory: NameDirectory) {
        self.init(
            field: change.field, before: change.before, after: change.after,
            beforeName: change.before.map { directory.name(of: $0, change.field) },
            afterName: directory.name(of: change.after, change.field))
    }
}
