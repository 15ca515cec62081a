internal import BulkExecution
package import BulkPlan
package import BulkReporting
internal import BulkSystem

/// The rows of an input whose shards were run separately, each as its own shard left it.
///
/// The runs are read side by side, one row at a time, so memory does not grow with the rows.
package struct MergedRows {
    private let shards: ShardRuns
    private var sources: [ChainRows]
    /// How many rows of each shard had each outcome.
    private(set) var counts: [OutcomeCounts]
    /// How many rows each run leaves to other shards.
    private var otherShards: [Int]
    private var row = 0

    /// Begins at the first row.
    ///
    /// - Parameters:
    ///   - shards: The runs.
    ///   - directory: Where scratch files are made, if they are needed.
    /// - Throws: What opening a run throws.
    package init(_ shards: ShardRuns, spillingTo directory: String) throws {
        self.shards = shards
        sources = try shards.parts.map { try ChainRows($0.chain, spillingTo: directory) }
        counts = shards.parts.map { _ in OutcomeCounts() }
        otherShards = shards.parts.map { _ in 0 }
    }

    /// The headers of the plans, in the order of ``ShardRuns/runs``.
    package var headers: [PlanHeader] { sources.flatMap(\.headers) }
    /// The updates that each run's journal says were sent, in the order of ``ShardRuns/runs``.
    package var updatesSent: [Int] { sources.flatMap(\.updatesSent) }
    /// What is missing in the files, as far as they were read.
    package var missing: [String] { sources.flatMap(\.missing) }

    /// The next row; `nil` after the last one.
    ///
    /// - Throws: A ``MergeError`` when the row belongs to no shard or to several, or when the runs do not have the
    ///   same rows; a `PlanError` when a plan was changed; and what reading a run throws.
    package mutating func next() throws -> RunRows.Row? {
        row += 1
        var owner: (index: Int, row: RunRows.Row)?
        var ended = 0
        for index in sources.indices {
            guard let next = try sources[index].next() else {
                ended += 1
                continue
            }
            if next.entry.isOfOtherShard {
                otherShards[index] += 1
            } else if let owner {
                try requireWholePlans()
                throw MergeError(
                    .rowNotInOneShard,
                    "row \(row) belongs to \(shards.parts[owner.index].name) and to "
                        + "\(shards.parts[index].name): the runs are not those of one input")
            } else {
                owner = (index, next)
            }
        }
        if ended == sources.count { return nil }
        guard ended == 0 else {
            throw MergeError(.rowNotInOneShard, "row \(row) is not in the runs of all shards")
        }
        guard let owner else {
            throw MergeError(
                .rowNotInOneShard,
                "row \(row) belongs to none of the \(sources.count) shards: the runs are not those of one "
                    + "input")
        }
        counts[owner.index].add(owner.row.outcome.outcome)
        return owner.row
    }

    /// Refuses plans that were changed after they were approved: which shard has a row is not known then.
    private func requireWholePlans() throws(PlanError) {
        guard let path = sources.lazy.compactMap(\.changedPlan).first else { return }
        throw PlanError(
            code: .rowsChanged, message: "the run's plan was changed after it was approved",
            path: path)
    }

    /// Compares the rows that were read with what the plans and the summaries count; call it after the last row.
    ///
    /// - Throws: A ``MergeError`` that names the shard, or a `PlanError` when a plan was changed.
    package func checkSums() throws {
        try requireWholePlans()
        for (index, part) in shards.parts.enumerated() {
            let (own, others) = (counts[index], otherShards[index])
            let planned = part.header.counts
            guard others == planned.otherShards, own.rows == planned.rows - others else {
                throw MergeError(
                    .sumsDiffer,
                    "\(part.name): \(Words.rows(own.rows)) are this shard's, and its plan counts "
                        + Words.number(planned.rows - planned.otherShards))
            }
            // A retry changes outcomes that the summary of the first run counts.
            guard part.chain.runs.count == 1 else { continue }
            for outcome in Outcome.allCases {
                let count = own[outcome] + (outcome == .excluded ? others : 0)
                let counted = part.chain.runs[0][outcome]
                guard count == counted else {
                    throw MergeError(
                        .sumsDiffer,
                        "\(part.name): \(Words.rows(count)) \(count == 1 ? "is" : "are") "
                            + "\(outcome.rawValue), and summary.json counts \(Words.number(counted)): put "
                            + "the run's own plan and journal back")
                }
            }
        }
    }
}
