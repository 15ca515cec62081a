internal import BulkExecution
internal import BulkPlan
internal import BulkSystem
internal import MavaAPI

/// The runs of all shards of one input, in the order of the shards.
package struct ShardRuns {
    /// One shard's run, or its run with the retries of that run.
    struct Part {
        /// The runs.
        let chain: RunChain
        /// The header of the first run's plan.
        let header: PlanHeader
        /// The shard.
        let shard: PlanHeader.Shard

        /// The shard and its run, for messages.
        var name: String { "shard \(shard.name) (\(chain.runs[0].path))" }
    }

    /// The most runs that a message lists.
    private static let mostListed = 5

    /// The shards' runs, the first shard's first.
    let parts: [Part]

    /// All runs, those of the first shard first.
    package var runs: [PastRun] { parts.flatMap(\.chain.runs) }

    /// Checks that runs are those of all shards of one input, and that all of them have ended.
    ///
    /// - Parameter chains: The runs in any order, each alone or with its retries.
    /// - Throws: A ``MergeError``, and what reading the headers of the plans throws.
    package init(_ chains: [RunChain]) throws {
        var parts: [Part] = []
        for chain in chains {
            if let pruned = chain.runs.first(where: { $0.state == .pruned }) {
                throw Self.error(pruned: pruned)
            }
            try chain.requireFiles()
            let run = chain.runs[0]
            let header = try PlanFile.header(of: run.files[.plan], isOurs: true)
            guard let shard = header.shard else {
                throw MergeError(
                    .noShard,
                    "\(run.path) is not the run of a shard: its plan is for the whole input, a retry or an "
                        + "undo")
            }
            parts.append(Part(chain: chain, header: header, shard: shard))
        }
        self.parts = parts.sorted { $0.shard.index < $1.shard.index }
        try requireOneInput()
        try requireEachShard()
        try requireEnd()
    }

    /// Says that a run has no files any more, and what of.
    private static func error(pruned run: PastRun) -> MergeError {
        let what = run.shard.map { "shard \($0.name) (\(run.path))" } ?? run.path
        let when = run.prunedAt.map { " at \($0)" } ?? ""
        return MergeError(
            .shardPruned,
            "\(what) was pruned\(when), so its rows cannot be merged any more: use its own report if it was "
                + "kept elsewhere")
    }

    /// Refuses runs of several inputs, or whose plans were made in different ways.
    private func requireOneInput() throws(MergeError) {
        guard let first = parts.first else { return }
        for part in parts.dropFirst() {
            func refuse(_ code: MergeError.Code, _ what: String, _ advice: String) -> MergeError {
                MergeError(code, "\(part.name) and \(first.name) have \(what): \(advice)")
            }
            let (one, other) = (first.header, part.header)
            guard first.shard.count == part.shard.count else {
                throw refuse(
                    .otherShardCount, "different numbers of shards",
                    "name the runs of one number of shards")
            }
            guard one.input.sha256 == other.input.sha256, one.counts.rows == other.counts.rows
            else {
                throw refuse(
                    .otherInput,
                    "different inputs (SHA-256 \(one.input.sha256.prefix(8))… and "
                        + "\(other.input.sha256.prefix(8))…)", "name the runs of one input")
            }
            if let difference = difference(one, other) {
                throw refuse(
                    .otherOptions, difference,
                    "give all shards the same options, then run them again")
            }
        }
    }

    /// What makes the rows of two plans incomparable; `nil` for nothing.
    private func difference(_ one: PlanHeader, _ other: PlanHeader) -> String? {
        if one.input.columns != other.input.columns { return "plans with different columns" }
        if one.baseURL != other.baseURL, !(isLocal(one) && isLocal(other)) {
            return "plans for different APIs"
        }
        if let mark = one.organisation, let present = other.organisation,
            !mark.sharesAgent(with: present)
        {
            return "plans for different organisations"
        }
        if one.source != other.source {
            return "plans that read tickets differently (\(one.source.rawValue) and "
                + "\(other.source.rawValue))"
        }
        return one.shard?.optionsSHA256 == other.shard?.optionsSHA256
            ? nil : "plans that were made with different options"
    }

    /// Refuses a number of runs that is not one for each shard.
    private func requireEachShard() throws(MergeError) {
        guard let count = parts.first?.shard.count else { return }
        for (part, next) in zip(parts, parts.dropFirst())
        where part.shard.index == next.shard.index {
            let (path, other) = (part.chain.runs[0].path, next.chain.runs[0].path)
            guard FilePath.isSameFile(path, other) else {
                throw MergeError(
                    .shardTwice,
                    "shard \(part.shard.name) is there twice, as \(path) and \(other): leave one out"
                )
            }
            let retries = part.chain.runs.dropFirst().map(\.name)
            throw MergeError(
                .shardTwice,
                "shard \(part.shard.name) is there twice: \(path) is named twice"
                    + (retries.isEmpty
                        ? ""
                        : ", by its own name or by a retry of it (\(retries.joined(separator: ", ")))")
                    + ": leave one out")
        }
        let present = Set(parts.map(\.shard.index))
        let missing = (1...count).filter { !present.contains($0) }
        guard !missing.isEmpty else { return }
        let named = missing.prefix(Self.mostListed).map { "\($0)/\(count)" }
        let others = missing.count - named.count
        throw MergeError(
            .shardMissing,
            "the \(missing.count == 1 ? "run" : "runs") of \(missing.count == 1 ? "shard" : "shards") "
                + named.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
                + " \(missing.count == 1 ? "is" : "are") missing: name the runs of all \(count) shards"
        )
    }

    /// Refuses runs that have not come to their end.
    private func requireEnd() throws(MergeError) {
        if let part = parts.first(where: { $0.chain.running != nil }) {
            throw MergeError(
                .runRunning, "\(part.name) is still running: wait for it, then merge again")
        }
        let open = parts.filter { $0.chain.resumable != nil }
        guard !open.isEmpty else { return }
        let shards = open.prefix(Self.mostListed).map(\.shard.name).joined(separator: ", ")
        let commands = open.prefix(Self.mostListed).compactMap { part in
            part.chain.resumable.map { "`\(SettingName.resuming($0.path))`" }
        }
        let others = open.count - commands.count
        throw MergeError(
            .runNotEnded,
            "\(open.count == 1 ? "shard" : "shards") \(shards)"
                + (others > 0 ? " and \(others) more" : "")
                + " \(open.count == 1 ? "has" : "have") not ended. Go on with "
                + commands.joined(separator: ", ") + ", then merge again")
    }

    private func isLocal(_ header: PlanHeader) -> Bool {
        header.baseURL.flatMap { HTTPEndpoint(url: $0) }?.isLoopback ?? false
    }
}
