/// Counts rows that are not carried out, by cause, with the first few of each.
struct ProblemTally {
    struct Problem {
        var disposition: Disposition
        var count = 0
        var samples: [Sample] = []
    }

    struct Sample {
        var row: Int
        /// The line on which the row starts; `nil` until the second reading has seen it.
        var line: Int?
        var issue: RowIssue
    }

    static let samplesPerCause = 3

    private(set) var problems: [RowIssue.Code: Problem] = [:]

    /// Counts a row whose line is known already, such as one that cannot be understood.
    mutating func add(
        _ issue: RowIssue, _ disposition: Disposition = .invalid, row: Int, line: Int
    ) {
        problems[issue.code, default: Problem(disposition: disposition)].count += 1
        if problems[issue.code]!.samples.count < Self.samplesPerCause {
            problems[issue.code]!.samples.append(Sample(row: row, line: line, issue: issue))
        }
    }

    /// Whether the next row with a cause is one of the first few.
    func wantsSample(_ code: RowIssue.Code) -> Bool {
        (problems[code]?.samples.count ?? 0) < Self.samplesPerCause
    }

    /// Counts a row whose disposition was settled later.
    mutating func add(
        _ code: RowIssue.Code, _ disposition: Disposition, row: Int, _ issue: RowIssue?
    ) {
        problems[code, default: Problem(disposition: disposition)].count += 1
        if let issue { problems[code]!.samples.append(Sample(row: row, line: nil, issue: issue)) }
    }

    /// The rows whose lines the second reading is to note.
    var rowsWithoutLine: Set<Int> {
        Set(problems.values.flatMap(\.samples).filter { $0.line == nil }.map(\.row))
    }

    mutating func note(line: Int, ofRow row: Int) {
        for (code, problem) in problems {
            for index in problem.samples.indices where problem.samples[index].row == row {
                problems[code]!.samples[index].line = line
            }
        }
    }
}
