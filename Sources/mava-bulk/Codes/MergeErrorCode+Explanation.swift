import BulkHistory

extension MergeError.Code {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .merge, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .noShard:
            (
                "A run is not that of a shard: its plan was made without --shard.",
                "Name the runs of the shards. A retry of a shard's run counts with --with-retries."
            )
        case .shardMissing:
            (
                "No run is that of one of the shards.",
                "Name one run for each shard, or run the missing shard."
            )
        case .shardTwice:
            (
                "Two of the runs are of one shard.",
                "Leave one out. A retry counts with --with-retries and need not be named."
            )
        case .shardPruned:
            (
                "The files of a run were removed by `mava-bulk runs prune`.",
                "Use the run's own report if it was kept elsewhere. Keep the runs of shards until they are merged."
            )
        case .otherInput:
            (
                "The runs have different inputs, or inputs that changed between the runs.",
                "Name the runs of one input, and give all shards the same file."
            )
        case .otherShardCount:
            (
                "The runs are shards of different numbers of shards, such as 1/4 and 2/5.",
                "Name the runs of one number of shards."
            )
        case .otherOptions:
            (
                "The plans of the shards were made with different options, so their rows do not fit together.",
                "Give all shards the same options of planning, such as --where, --set and --map."
            )
        case .runNotEnded:
            (
                "A shard's run stopped before its end.",
                "Resume it with the command in the message, then merge again."
            )
        case .runRunning:
            ("A shard's run is still running.", "Wait until it has ended, then merge again.")
        case .rowNotInOneShard:
            (
                "A row belongs to no shard or to several, so the runs are not those of one input.",
                "Name the runs that were begun together, with their own plans."
            )
        case .sumsDiffer:
            (
                "The rows of a run are not those that its plan or its summary.json counts.",
                "Put the run's own plan.jsonl, journal.jsonl and summary.json back."
            )
        }
    }
}
