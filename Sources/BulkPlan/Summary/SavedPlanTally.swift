import BulkSystem

extension PlanSummary {
    /// Makes the summary of a saved plan from its rows.
    ///
    /// - Parameter reader: The plan, positioned at its first row.
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

/// Counts the rows of a saved plan by their changes.
private struct SavedPlanTally {
    private let directory: NameDirectory
    private var groups: [[FieldChange]: (tickets: Int, samples: [String])] = [:]
    var others = 0
    var problems = ProblemTally()

    private static let limit = 1 << 16

    init(header: PlanHeader) { directory = NameDirectory(header) }

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
            groups[entry.changes]!.samples.count < PlanSummary.Group.sampleLimit
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
    /// Describes a change in words.
    package init(_ change: FieldChange, _ directory: NameDirectory) {
        self.init(
            field: change.field, before: change.before, after: change.after,
            beforeName: change.before.map { directory.name(of: $0, change.field) },
            afterName: directory.name(of: change.after, change.field))
    }
}
