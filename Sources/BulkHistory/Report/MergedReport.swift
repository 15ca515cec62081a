internal import BulkExecution
internal import BulkPlan
package import BulkReporting
package import BulkSystem

/// Renders one report of the runs of all shards of an input.
///
/// Each row has the outcome that its own shard gave it. Nothing is written into the runs' directories.
package struct MergedReport {
    private let shards: ShardRuns
    private let format: ReportFormat
    /// Where scratch files are made, if they are needed.
    private let scratchDirectory: String
    /// Returns what to do about a code of a report, for a page; `nil` for nothing.
    package var remedy: @Sendable (String) -> String? = { _ in nil }

    /// Describes a report.
    ///
    /// - Parameters:
    ///   - shards: The runs.
    ///   - format: The form.
    ///   - directory: Where scratch files are made, if they are needed.
    package init(_ shards: ShardRuns, as format: ReportFormat, spillingTo directory: String) {
        self.shards = shards
        self.format = format
        scratchDirectory = directory
    }

    /// Reads all rows without rendering them, so that nothing is printed of runs that cannot be merged.
    ///
    /// - Throws: As ``render(nextCommands:to:)``.
    package func check() throws {
        var rows = try MergedRows(shards, spillingTo: scratchDirectory)
        while try rows.next() != nil {}
        try rows.checkSums()
    }

    /// Renders all rows.
    ///
    /// - Parameters:
    ///   - nextCommands: Returns the commands that can come next for one shard, from the counts of its rows.
    ///   - write: Takes the text piece by piece, and empties the buffer; `false` ends the rendering.
    /// - Returns: The counts, and what is missing in the files.
    /// - Throws: A ``MergeError`` when a row does not belong to exactly one shard or when the sums differ, what
    ///   reading the files throws, and what `write` throws.
    package func render(
        nextCommands: (RunChain, OutcomeCounts) -> [String],
        to write: (inout OutputBuffer) throws -> Bool
    ) throws -> ReportEnd {
        var rows = try MergedRows(shards, spillingTo: scratchDirectory)
        let subject = try subject(rows)
        return try format.renderer(subject).render({ try rows.next() }, to: write) { end in
            try rows.checkSums()
            end.missing = rows.missing
            end.notes = shards.parts.flatMap { part in
                part.chain.runs.compactMap { $0.undoneNote("shard \(part.shard.name)") }
            }
            end.nextCommands = zip(shards.parts, rows.counts).flatMap { part, counts in
                nextCommands(part.chain, counts)
            }
        }
    }

    /// What is rendered: the input, the runs, and what a page says beside the rows.
    private func subject(_ rows: MergedRows) throws -> ReportSubject {
        let runs = zip(shards.runs, zip(rows.headers, rows.updatesSent)).map { run, known in
            ReportSubject.Run(run, known.0, updatesSent: known.1)
        }
        var facts = RunPageFacts(
            header: Self.joined(rows.headers), directory: shards.runs[0].path)
        facts.shards = runs
        facts.reason = StopReason.finished.name
        facts.startedAt = runs.compactMap(\.startedAt).min()
        facts.finishedAt = runs.compactMap(\.finishedAt).max()
        facts.updatesSent = rows.updatesSent.reduce(0, +)
        facts.remedy = remedy
        let labels = Set(shards.runs.map(\.label))
        facts.label = labels.count == 1 ? labels.first ?? nil : nil
        for run in shards.runs {
            guard let settings = try RunSettings.read(from: run.path) else { continue }
            facts.approvals += (settings.approvals ?? []).filter { !facts.approvals.contains($0) }
            facts.waivers += (settings.waivers ?? []).filter { !facts.waivers.contains($0) }
        }
        return ReportSubject(facts: facts, runs: runs)
    }

    /// The header of the whole input: that of the first shard's plan, with the names and waivers of all.
    private static func joined(_ headers: [PlanHeader]) -> PlanHeader {
        var header = headers[0]
        header.shard = nil
        header.counts.otherShards = 0
        header.addNames(of: headers.dropFirst())
        for other in headers.dropFirst() {
            header.waivers += other.waivers.filter { !header.waivers.contains($0) }
        }
        return header
    }
}
