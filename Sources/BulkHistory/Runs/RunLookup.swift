internal import BulkPlan
internal import BulkSystem

/// Finds runs for one command: every directory of runs is read once, however many runs the command names.
package final class RunLookup {
    private let history: RunHistory
    /// The runs in the directory of the history.
    private var own: Neighbourhood?
    /// The runs of that directory and those of another one, by the other one's path.
    private var around: [String: Neighbourhood] = [:]

    /// Makes a lookup that has read nothing yet.
    ///
    /// - Parameter history: Where the runs are.
    package init(_ history: RunHistory) { self.history = history }

    /// Finds a run by what a person calls it, as ``RunHistory/run(_:)`` does.
    package func run(_ reference: String) throws -> PastRun {
        if FilePath.isDirectory(reference), let run = PastRun(readingFrom: reference) {
            // What followed it is known from its neighbours, which can be in both places.
            return try neighbourhood(of: run).run(at: run.path) ?? run
        }
        // A path is not a name.
        guard !reference.contains("/") else {
            throw RunReferenceError(
                reference: reference, directory: history.directory, candidates: [])
        }
        let all = try ownRuns()
        if reference == "last" {
            guard let newest = all.linked.first(where: { $0.state != .pruned }) else {
                throw RunReferenceError(
                    reference: reference, directory: history.directory, candidates: [])
            }
            return newest
        }
        if let exact = all.run(named: reference) { return exact }
        let fitting = all.linked.filter { run in
            run.label == reference || run.name.hasPrefix(reference)
                || reference.utf8.count >= 4 && run.plan?.hasPrefix(reference.lowercased()) == true
        }
        guard fitting.count == 1 else {
            throw RunReferenceError(
                reference: reference, directory: history.directory,
                candidates: fitting.map(\.name))
        }
        return fitting[0]
    }

    /// The chain that a run belongs to, as ``RunHistory/chain(of:)`` finds it.
    package func chain(of run: PastRun) throws -> RunChain {
        guard let reference = run.reference else { return RunChain(run) }
        let tree = try neighbourhood(of: run).tree(with: run, reference)
        // A retry names all runs before it, so a run that was moved away is known from those after it.
        var members: Set = [reference]
        var open = [reference]
        while let next = open.popLast() {
            for other in (tree.found[next]?.retried ?? []) + (tree.retries[next] ?? [])
            where members.insert(other).inserted {
                open.append(other)
            }
        }
        if let missing = members.filter({ tree.found[$0] == nil }).min(by: { $0.name < $1.name }) {
            throw RunReferenceError(
                reference: missing.name, directory: history.directory, candidates: [],
                member: run.name)
        }
        return RunChain(
            runs: members.compactMap { $0 == reference ? run : tree.found[$0] })
    }

    /// The runs of the history's directory and those beside a run.
    func neighbours(of run: PastRun) throws -> [PastRun] { try neighbourhood(of: run).runs }

    private func neighbourhood(of run: PastRun) throws -> Neighbourhood {
        let own = try ownRuns()
        // A run with a directory of its own has other neighbours than those that follow it.
        let beside = FilePath.directory(of: run.path)
        guard !FilePath.isSameFile(beside, history.directory) else { return own }
        if let known = around[beside] { return known }
        let all = Neighbourhood(own.runs + (try RunHistory(beside).runs()))
        around[beside] = all
        return all
    }

    private func ownRuns() throws -> Neighbourhood {
        if let own { return own }
        let runs = Neighbourhood(try history.runs())
        own = runs
        return runs
    }
}

/// Runs that can follow each other, as they were read.
private final class Neighbourhood {
    /// The runs of each directory, linked among themselves.
    let runs: [PastRun]
    /// The runs of all directories, the newest first, with those that follow them.
    private(set) lazy var linked = RunHistory.linked(RunHistory.newestFirst(runs))

    private lazy var placesByName = Dictionary(
        zip(linked.map(\.name), 0...), uniquingKeysWith: { first, _ in first })
    private lazy var placesByFile = Dictionary(
        zip(linked.map { FilePath.identity(of: $0.path) }, 0...),
        uniquingKeysWith: { first, _ in first })
    private lazy var tree = RetryTree(runs)

    init(_ runs: [PastRun]) { self.runs = runs }

    func run(named name: String) -> PastRun? { placesByName[name].map { linked[$0] } }

    func run(at path: String) -> PastRun? {
        guard let file = FilePath.identity(of: path) else { return nil }
        return placesByFile[file].map { linked[$0] }
    }

    /// Which runs try the rows of which again, among these runs and one of them as it was read by itself.
    func tree(with run: PastRun, _ reference: PlanHeader.Lineage.Run) -> RetryTree {
        if tree.found[reference]?.retried == run.retried { return tree }
        return RetryTree([run] + runs)
    }
}

/// Runs by their references, and which of them try the rows of which again.
private struct RetryTree {
    private(set) var found: [PlanHeader.Lineage.Run: PastRun] = [:]
    private(set) var retries: [PlanHeader.Lineage.Run: [PlanHeader.Lineage.Run]] = [:]

    /// Links runs; of several with one reference, the first one counts.
    init(_ runs: [PastRun]) {
        for run in runs {
            guard let reference = run.reference, found[reference] == nil else { continue }
            found[reference] = run
        }
        for (reference, run) in found {
            for earlier in run.retried { retries[earlier, default: []].append(reference) }
        }
    }
}
