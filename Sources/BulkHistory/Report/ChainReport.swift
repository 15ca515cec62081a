internal import BulkExecution
internal import BulkPlan
package import BulkReporting
package import BulkSystem

/// Renders a run, or a chain of runs, from the runs' files.
///
/// Nothing is written into the runs' directories, and a run that still runs is rendered as far as it got.
package struct ChainReport {
    private let chain: RunChain
    private let format: ReportFormat
    /// Where scratch files are made, if they are needed.
    private let scratchDirectory: String
    /// Returns what to do about a code of a report, for a page; `nil` for nothing.
    package var remedy: @Sendable (String) -> String? = { _ in nil }

    /// Describes a report.
    ///
    /// - Parameters:
    ///   - chain: The runs.
    ///   - format: The form.
    ///   - directory: Where scratch files are made, if they are needed.
    package init(_ chain: RunChain, as format: ReportFormat, spillingTo directory: String) {
        self.chain = chain
        self.format = format
        scratchDirectory = directory
    }

    /// Renders all rows.
    ///
    /// - Parameters:
    ///   - nextCommands: Returns the commands that can come next, from the counts.
    ///   - write: Takes the text piece by piece, and empties the buffer; `false` ends the rendering.
    /// - Returns: The counts, and what is missing in the files.
    /// - Throws: A ``ReportError`` when the counts do not add up to the input, what reading the files throws, and
    ///   what `write` throws.
    package func render(
        nextCommands: (OutcomeCounts) -> [String], to write: (inout OutputBuffer) throws -> Bool
    ) throws -> ReportEnd {
        var rows = try ChainRows(chain, spillingTo: scratchDirectory)
        let renderer = format.renderer(
            ReportSubject(
                facts: try facts(rows),
                runs: zip(chain.runs, zip(rows.headers, rows.updatesSent)).map { run, known in
                    ReportSubject.Run(run, known.0, updatesSent: known.1)
                }))
        return try renderer.render({ try rows.next() }, to: write) { end in
            guard end.counts.rows == rows.rows else {
                throw ReportError(
                    message: "the runs have \(end.counts.rows) rows, the plan \(rows.rows)")
            }
            end.missing = try rows.missing + missingRequests(rows.updatesSent)
            end.notes = chain.runs.compactMap { $0.undoneNote("the run") }
            end.nextCommands = nextCommands(end.counts)
        }
    }

    /// What a page says beside the rows.
    private func facts(_ rows: ChainRows) throws -> RunPageFacts {
        let newest = chain.newest
        var header = rows.headers[0]
        header.addNames(of: rows.headers.dropFirst())
        var facts = RunPageFacts(header: header, directory: newest.path)
        facts.reason = newest.reason
        facts.isRunning = chain.running != nil
        facts.startedAt = newest.startedAt
        facts.finishedAt = newest.finishedAt
        facts.timeline = rows.timeline
        facts.updatesSent = rows.updatesSent.reduce(0, +)
        facts.remedy = remedy
        if let settings = try RunSettings.read(from: newest.path) { facts.add(settings) }
        return facts
    }

    /// What summaries count and journals lack.
    private func missingRequests(_ updatesSent: [Int]) throws -> [String] {
        try zip(chain.runs, updatesSent).compactMap { run, sent in
            let missing = try run.missingRequests(sent)
            guard missing > 0 else { return nil }
            return
                "\(run.path): the journal lacks \(Words.counted(missing, "request")) that summary.json counts"
        }
    }
}
