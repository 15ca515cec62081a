/// Why the reports of several runs are not merged into one.
package struct MergeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed list of causes.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        /// A run is not that of a shard.
        case noShard = "no_shard"
        /// No run is that of one of the shards.
        case shardMissing = "shard_missing"
        /// Two runs are of one shard.
        case shardTwice = "shard_twice"
        /// The runs have different inputs.
        case otherInput = "other_input"
        /// The runs have different numbers of shards.
        case otherShardCount = "other_shard_count"
        /// The plans of the runs were made with different options.
        case otherOptions = "other_options"
        /// The files of a run were removed.
        case shardPruned = "shard_pruned"
        /// A run has not come to its end.
        case runNotEnded = "run_not_ended"
        /// A process works on a run.
        case runRunning = "run_running"
        /// A row belongs to no shard, or to several.
        case rowNotInOneShard = "row_not_in_one_shard"
        /// The rows of a run are not those that its plan or its summary counts.
        case sumsDiffer = "sums_differ"
    }

    /// The cause.
    package var code: Code
    /// What is wrong and how to fix it, in words.
    package var message: String

    /// Makes an error from its parts.
    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }
}
