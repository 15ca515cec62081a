internal import BulkExecution
internal import BulkPlan
internal import BulkSystem

/// The undos of runs that came before a new undo of them.
///
/// They have changed what the runs wrote, and that is no change by something else. An undo's own undo and the retry of
/// an undo are among them.
struct EarlierUndos {
    /// Those whose files can be read, the newest first.
    private(set) var runs: [PastRun] = []
    /// Other runs that they undid, as far as their files can be read.
    private(set) var undone: [PastRun] = []
    /// The names of those whose files are gone or cannot be read.
    private(set) var unreadable: [String] = []

    /// Finds the earlier undos of runs beside each of them.
    ///
    /// - Parameter runs: The runs that are undone now.
    /// - Throws: A ``RunDirectoryError`` when one of the undos is at work; a `FileError` when the directory cannot be
    ///   read.
    init(of runs: [PastRun]) throws {
        var seen = Set(runs.map { FilePath.absolute($0.path) })
        // Most runs are in one directory, which is read once.
        var known: [String: [String: PastRun]] = [:]
        for run in runs where !run.undoneBy.isEmpty || run.undidSeveral {
            let directory = FilePath.directory(of: run.path)
            let beside = try known[directory] ?? Self.runsByName(in: directory)
            known[directory] = beside
            var undos = [run]
            var names = run.undoneBy
            while let name = names.popLast() {
                guard let undo = beside[name] else { continue }
                guard seen.insert(FilePath.absolute(undo.path)).inserted else { continue }
                names += undo.undoneBy + undo.retriedBy
                undos.append(undo)
                try add(undo)
            }
            // What an undo of several runs put back says which of them changed a ticket only together with them.
            while let undo = undos.popLast() {
                for reference in undo.undidSeveral ? undo.follows?.runs ?? [] : [] {
                    guard let other = beside[reference.name], other.reference == reference,
                        [.finished, .resumable].contains(other.state),
                        seen.insert(FilePath.absolute(other.path)).inserted
                    else { continue }
                    undone.append(other)
                    undos.append(other)
                }
            }
        }
        self.runs = UndoInput.newestFirst(self.runs)
    }

    private static func runsByName(in directory: String) throws -> [String: PastRun] {
        Dictionary(
            try RunHistory(directory).runs().map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    private mutating func add(_ undo: PastRun) throws {
        switch undo.state {
        case .finished, .resumable: runs.append(undo)
        case .pruned, .unreadable: unreadable.append(undo.name)
        case .running:
            throw RunDirectoryError(
                code: .locked, path: undo.path,
                message: "this undo of the run is not at its end: wait for it or stop it")
        }
    }
}

extension PastRun {
    /// Whether it undid more than one run, so that it is not clear for which one it put a ticket back.
    fileprivate var undidSeveral: Bool {
        follows.map { $0.kind == .undo && $0.runs.count > 1 } ?? false
    }
}
