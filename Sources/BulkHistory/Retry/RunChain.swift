internal import BulkExecution
internal import BulkPlan
internal import BulkSystem

/// A run and the runs that tried its rows again, the oldest first.
///
/// All of them have the rows of the first run's input, with the same numbers. A row that a retry excludes has the
/// outcome that it had before. Several retries can follow the same run: the runs are a tree, read in the order in
/// which they began.
public struct RunChain: Hashable, Sendable {
    /// The runs, the oldest first.
    public let runs: [PastRun]

    /// Makes a chain of one run.
    ///
    /// - Parameter run: The run.
    public init(_ run: PastRun) { runs = [run] }

    /// Sorts the runs of a chain: by the time when they began, but no run is before one that it follows.
    init(runs: [PastRun]) {
        let runs = runs.sorted { ($0.startedAt ?? "", $0.name) < ($1.startedAt ?? "", $1.name) }
        let references = runs.map(\.reference)
        let retried = runs.map(\.retried)
        // How many of the runs that are not sorted yet have each reference.
        var waiting: [PlanHeader.Lineage.Run: Int] = [:]
        for case let reference? in references { waiting[reference, default: 0] += 1 }
        var open = Array(runs.indices)
        var sorted: [PastRun] = []
        while !open.isEmpty {
            // Clocks of several machines may differ.
            let place = open.firstIndex { retried[$0].allSatisfy { waiting[$0, default: 0] == 0 } }
            let next = open.remove(at: place ?? 0)
            if let reference = references[next] { waiting[reference, default: 0] -= 1 }
            sorted.append(runs[next])
        }
        self.runs = sorted
    }

    /// The newest run.
    public var newest: PastRun { runs[runs.count - 1] }

    /// The runs that no other run of the chain follows, the oldest first.
    var ends: [PastRun] {
        let followed = Set(runs.flatMap(\.retried))
        return runs.filter { $0.reference.map { !followed.contains($0) } ?? true }
    }

    /// The run that has to be resumed before the chain is at its end; `nil` when there is none.
    ///
    /// A run that stopped early and was retried all the same is not resumed any more.
    public var resumable: PastRun? { ends.first { $0.state == .resumable } }

    /// The run on which a process works; `nil` when there is none.
    public var running: PastRun? { runs.first { $0.state == .running } }

    /// Refuses a chain with a run whose files were removed.
    func requireFiles() throws(RunDirectoryError) {
        for run in runs {
            guard run.state != .pruned else {
                throw RunDirectoryError(
                    code: .noRun, path: run.path,
                    message: "the run was pruned: its files were removed")
            }
            try RunDirectory.requireRun(run.path)
        }
    }
}

extension PastRun {
    /// The runs whose rows it tries again.
    var retried: [PlanHeader.Lineage.Run] { follows?.kind == .retry ? follows?.runs ?? [] : [] }
}

extension RunHistory {
    /// The chain that a run belongs to: the first run, and every run that tries its rows again, directly or through
    /// others.
    ///
    /// - Parameter run: Any of its runs.
    /// - Returns: The chain.
    /// - Throws: A ``RunReferenceError`` when one of its runs is not there, a `FileError` when a directory cannot be
    ///   read.
    public func chain(of run: PastRun) throws -> RunChain { try RunLookup(self).chain(of: run) }
}
