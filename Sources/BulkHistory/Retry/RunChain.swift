internal import BulkExecution
internal import BulkPlan
internal import BulkSystem

/// A run and the runs that tried its rows again, the oldest first.
///
/// All of them have the rows of the first run's input, with the same numbers. A row that a retry excludes has the
/// outcome that it had before.
public struct RunChain: Hashable, Sendable {
    /// The runs, the oldest first.
    public let runs: [PastRun]

    /// Makes a chain of one run.
    ///
    /// - Parameter run: The run.
    public init(_ run: PastRun) { runs = [run] }

    init(runs: [PastRun]) { self.runs = runs }

    /// The newest run.
    public var newest: PastRun { runs[runs.count - 1] }

    /// Refuses a chain with a run whose files were removed.
    func requireFiles() throws(RunDirectoryError) {
        for run in runs {
            guard run.state != .pruned else {
                throw RunDirectoryError(
                    code: .noRun, path: run.path,
                    message: "the files of this run were removed.")
            }
            try RunDirectory.requireRun(run.path)
        }
    }
}

extension RunHistory {
    /// The chain that a run belongs to, from the first run to the newest retry.
    ///
    /// - Parameter run: Any of its runs.
    /// - Returns: The chain.
    /// - Throws: A ``RunReferenceError`` when one of its runs is not there, a `FileError` when a directory cannot be
    ///   read.
    public func chain(of run: PastRun) throws -> RunChain {
        // A run with a directory of its own has other neighbours than those that follow it.
        let beside = FilePath.directory(of: run.path)
        var all = try runs()
        if !FilePath.isSameFile(beside, directory) {
            all += try RunHistory(beside).runs()
        }
        guard let reference = run.reference else { return RunChain(run) }
        var newest = run
        while let reference = newest.reference,
            let later = all.filter({
                $0.follows?.kind == .retry && $0.follows?.runs.first == reference
            }).max(by: { ($0.startedAt ?? "", $0.name) < ($1.startedAt ?? "", $1.name) })
        {
            newest = later
        }
        guard let follows = newest.follows, follows.kind == .retry else { return RunChain(newest) }
        let earlier = try follows.runs.reversed().map { wanted in
            if wanted == reference { return run }
            guard let found = all.first(where: { $0.reference == wanted }) else {
                throw RunReferenceError(
                    reference: wanted.name, directory: directory, candidates: [])
            }
            return found
        }
        return RunChain(runs: earlier + [newest])
    }
}
