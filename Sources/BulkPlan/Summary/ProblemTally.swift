import BulkSystem

/// Counts rows that are not applied, by cause, with samples of the rows and their wrong values.
///
/// A row with several problems is counted for each cause.
package struct ProblemTally {
    struct Problem {
        let code: RowIssue.Code
        var disposition: Disposition
        var count = 0
        var samples: [Sample] = []
        var values = ValueTally()
    }

    struct Sample {
        var row: Int
        /// The line on which the row starts; `nil` until the second reading finds it.
        var line: Int?
        var issue: RowIssue
        /// The row of the run that the row undoes.
        var undoneRow: Int?
    }

    package static let samplesPerCause = 3

    /// One for each cause; there are few, so that a search needs no hash.
    private(set) var problems: [Problem] = []

    /// Starts with nothing counted.
    package init() {}

    /// Whether the message of a row with this cause is needed.
    package func needsIssue(_ code: RowIssue.Code, row: Int) -> Bool {
        code.concernsValue || problem(code)?.wantsSample(ofRow: row) ?? true
    }

    /// Counts a row.
    ///
    /// - Parameters:
    ///   - code: The cause.
    ///   - issue: The row's issue with all its problems; `nil` if ``needsIssue(_:)`` says that it
    ///     is not needed.
    ///   - disposition: What the plan does with the row.
    ///   - row: Its number.
    ///   - line: The line on which it starts; `nil` if the second reading should find it.
    package mutating func add(
        _ code: RowIssue.Code, _ issue: RowIssue?, _ disposition: Disposition, row: Int, line: Int?
    ) {
        if let issue {
            add(issue, disposition, row: row, line: line)
        } else {
            problems[place(of: code, disposition)].count += 1
        }
    }

    /// Counts a row by its issue with all its problems.
    package mutating func add(
        _ issue: RowIssue, _ disposition: Disposition, row: Int, line: Int?
    ) {
        guard !issue.parts.isEmpty else {
            problems[place(of: issue.code, disposition)]
                .add(issue, row: row, line: line, isFirst: true)
            return
        }
        for (index, part) in issue.parts.enumerated() {
            let isFirst = !issue.parts[..<index].contains { $0.code == part.code }
            problems[place(of: part.code, disposition)]
                .add(part, row: row, line: line, isFirst: isFirst)
        }
    }

    private func problem(_ code: RowIssue.Code) -> Problem? {
        problems.first { $0.code == code }
    }

    /// The index of a cause, which is added with the disposition of its first row.
    private mutating func place(of code: RowIssue.Code, _ disposition: Disposition) -> Int {
        if let place = problems.firstIndex(where: { $0.code == code }) { return place }
        problems.append(Problem(code: code, disposition: disposition))
        return problems.count - 1
    }

    /// The rows whose lines the second reading must find.
    package var rowsWithoutLine: Set<Int> {
        Set(problems.flatMap(\.samples).filter { $0.line == nil }.map(\.row))
    }

    package mutating func note(line: Int, ofRow row: Int) {
        change(row) { $0.line = line }
    }

    /// Notes what a row of an undo says itself.
    ///
    /// - Parameters:
    ///   - undoneRow: The row of the run that it undoes.
    ///   - message: Why it cannot be undone; `nil` if the row does not say.
    ///   - row: The row.
    package mutating func note(undoneRow: Int, message: String?, ofRow row: Int) {
        change(row) { sample in
            sample.undoneRow = undoneRow
            if let message, sample.issue.code == .cannotBeUndone { sample.issue.message = message }
        }
    }

    private mutating func change(_ row: Int, _ body: (inout Sample) -> Void) {
        StepCount.add(problems.count)
        for place in problems.indices {
            for index in problems[place].samples.indices
            where problems[place].samples[index].row == row {
                body(&problems[place].samples[index])
            }
        }
    }

    /// The problems in the form of a summary.
    package var summary: [PlanSummary.Problem] {
        problems.map { problem in
            PlanSummary.Problem(
                code: problem.code, disposition: problem.disposition, rows: problem.count,
                samples: problem.samples.map {
                    .init(row: $0.row, line: $0.line, issue: $0.issue, undoneRow: $0.undoneRow)
                },
                values: PlanSummary.WrongValues(problem.values))
        }
    }
}

extension ProblemTally.Problem {
    /// Whether a row is among the first few, as far as is known.
    package func wantsSample(ofRow row: Int) -> Bool {
        samples.count < ProblemTally.samplesPerCause || row < samples[samples.count - 1].row
    }

    /// Counts a value, and its row if it is the first one of the row.
    fileprivate mutating func add(_ issue: RowIssue, row: Int, line: Int?, isFirst: Bool) {
        values.add(issue)
        guard isFirst else { return }
        count += 1
        if wantsSample(ofRow: row) {
            add(ProblemTally.Sample(row: row, line: line, issue: issue))
        }
    }

    /// Adds a sample in row order, because some causes are not found in that order.
    fileprivate mutating func add(_ sample: ProblemTally.Sample) {
        let place = samples.firstIndex { $0.row > sample.row } ?? samples.count
        samples.insert(sample, at: place)
        if samples.count > ProblemTally.samplesPerCause { samples.removeLast() }
    }
}

extension RowIssue.Code {
    /// Whether rows with this cause are grouped by the wrong value.
    package var concernsValue: Bool {
        switch self {
        case .ticketIDInvalid, .statusInvalid, .priorityInvalid, .valueInvalid, .categoryUnknown,
            .categoryAmbiguous, .agentUnknown, .agentAmbiguous, .valueUnmapped, .cannotBeUndone:
            true
        case .malformedRecord, .ticketIDMissing, .nothingToChange, .notClearable,
            .duplicateDisagrees, .preconditionFailed, .preconditionUnchecked, .changedSincePlan,
            .ticketNotRead, .planChanged, .aiHandling, .otherShard:
            false
        }
    }
}
