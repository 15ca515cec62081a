import BulkPlan
import BulkRecords
import BulkSystem

extension Planner {
    /// Reads the input again and writes a line for each row.
    func writeRows(
        _ file: InputFile, _ draft: inout PlanDraft, _ mapper: borrowing RequestMapper,
        _ header: PlanHeader
    ) throws -> PlanFinish {
        var writer = try PlanWriter(options.output, draft: header)
        guard draft.rows.count > 0 else { return try writer.startFinishing(header) }
        // While the rows are written, the draft does not change.
        var problems = draft.problems
        try withUnsafePointer(to: draft) { draft in
            try write(DecidedRows(draft: draft), file, mapper, to: &writer, &problems)
        }
        draft.problems = problems
        return try writer.startFinishing(header)
    }

    private func write(
        _ rows: DecidedRows, _ file: InputFile, _ mapper: borrowing RequestMapper,
        to writer: inout PlanWriter, _ problems: inout ProblemTally
    ) throws {
        let reader = try file.secondReader()
        let rowWriter = PlanRowWriter(
            rows, mapper, options, isJSON: reader.format == .jsonLines)
        let columns = try RequestMapper(
            columns: reader.columns, format: reader.format, choices: columnChoices
        ).columns
        var blocks = BlockReader<PlanRowBatch>(
            reader, size: blockSize, startThread: BlockReader<PlanRowBatch>.secondThread
        ) {
            PlanRowBatch(rows, rowWriter, startingAt: file.blockStarts, columns: columns)
        }
        var index = 0
        while let batch = try blocks.next() {
            try Task.checkCancellation()
            let start = BlockStarts.Start(
                offset: blocks.startOffset, row: blocks.origin.number, line: blocks.origin.line)
            guard batch.start == start, index + batch.count <= rows.count else {
                throw file.changed
            }
            problems.add(batch.findings)
            problems.add(batch.foundIssues)
            try writer.write(&batch.lines, rows: batch.count)
            let before = index
            index += batch.count
            if before >> 16 != index >> 16 { progress(.writingRows(index)) }
        }
        guard index == rows.count, file.isUnchanged else { throw file.changed }
    }
}

extension ProblemTally {
    /// Adds what the second reading found out about rows.
    fileprivate mutating func add(_ findings: [PlanRowWriter.Finding]) {
        for finding in findings {
            switch finding {
            case .line(let line, let row): note(line: line, ofRow: row)
            case .undone(let undoneRow, let row, let message):
                note(undoneRow: undoneRow, message: message, ofRow: row)
            }
        }
    }

    /// Counts what is wrong with rows.
    fileprivate mutating func add(_ issues: [PlanRowWriter.FoundIssue]) {
        // By their places, because a loop over the elements would copy each.
        for place in issues.indices {
            add(issues[place].issue, .invalid, row: issues[place].row, line: issues[place].line)
        }
    }
}
