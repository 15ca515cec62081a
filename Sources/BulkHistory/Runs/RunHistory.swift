public import BulkPlan
internal import BulkExecution
internal import BulkSystem

import CLibrary

/// The runs whose directories are in one directory.
///
/// Nothing but those directories is read, so there is no record that could differ from them.
///
///     let history = RunHistory()
///     for run in try history.runs() {
///         print(run.name, run.state, run[.updated])
///     }
public struct RunHistory: Sendable {
    /// Where runs are unless another directory is named.
    public static let defaultDirectory = "mava-bulk-runs"

    /// The directory that contains the runs' directories.
    public let directory: String

    /// Names the directory of the runs.
    ///
    /// - Parameter directory: The directory, which need not exist.
    public init(_ directory: String = RunHistory.defaultDirectory) { self.directory = directory }

    /// All runs, the newest first, pruned ones included.
    ///
    /// - Returns: The runs; none when the directory does not exist.
    /// - Throws: A `FileError` when the directory cannot be read.
    public func runs() throws -> [PastRun] {
        Self.linked(
            Self.newestFirst(
                try names().compactMap {
                    // Commands that name a run of the present directory are shorter without it.
                    PastRun(readingFrom: directory == "." ? $0 : FilePath.joining(directory, $0))
                }))
    }

    /// The runs with the names of those that undo them or try their rows again.
    static func linked(_ runs: [PastRun]) -> [PastRun] {
        let links = links(among: runs)
        var runs = runs
        for index in runs.indices {
            guard let later = runs[index].reference.flatMap({ links[$0] }) else { continue }
            runs[index].undoneBy = later.undo.map { runs[$0].name }
            if let undo = later.undo.first {
                runs[index].isPartlyUndone = runs[index].keepsPart(after: runs[undo])
                let redo = runs[undo].reference.flatMap { links[$0]?.undo.first }
                // Later runs come first, so this is known of the undo already.
                let part = runs[undo].isPartlyUndone ? "partly " : ""
                runs[index].redone = redo.map { "which was \(part)undone by \(runs[$0].name)" }
            }
            runs[index].retriedBy = later.retry.map { runs[$0].name }
        }
        return runs
    }

    /// Which runs undo each run, and which try its rows again.
    static func links(
        among runs: [PastRun]
    ) -> [PlanHeader.Lineage.Run: (undo: [Int], retry: [Int])] {
        var links: [PlanHeader.Lineage.Run: (undo: [Int], retry: [Int])] = [:]
        var undos: [PlanHeader.Lineage.Run: [PlanHeader.Lineage.Run]] = [:]
        for run in runs {
            guard let follows = run.follows, follows.kind == .undo, let reference = run.reference
            else { continue }
            undos[reference] = follows.runs
        }
        for (index, run) in runs.enumerated() {
            guard let follows = run.follows else { continue }
            switch follows.kind {
            case .undo:
                // An undo that put nothing back leaves the runs as they were.
                guard run.mayHaveChanges else { continue }
                for earlier in follows.runs { links[earlier, default: ([], [])].undo.append(index) }
            case .retry:
                for earlier in follows.runs {
                    links[earlier, default: ([], [])].retry.append(index)
                }
                // A retry of an undo goes on with what that undid.
                guard run.mayHaveChanges else { continue }
                for undone in Set(follows.runs.flatMap { undos[$0] ?? [] }) {
                    links[undone, default: ([], [])].undo.append(index)
                }
            }
        }
        return links
    }

    /// The later runs that undo a run or try its rows again, the newest first.
    ///
    /// They are looked for in the directory of runs and beside the run.
    ///
    /// - Parameter path: The run's directory.
    /// - Returns: The later runs; none when the directory contains no run that can be read.
    /// - Throws: A `FileError` when a directory cannot be read.
    public func laterRuns(than path: String) throws -> [LaterRun] {
        guard let run = PastRun(readingFrom: path), let reference = run.reference else { return [] }
        let all = Self.newestFirst(try RunLookup(self).neighbours(of: run))
        guard let later = Self.links(among: all)[reference] else { return [] }
        let undos = Set(later.undo)
        return undos.union(later.retry).sorted().map { index in
            LaterRun(run: all[index], kind: undos.contains(index) ? .undo : .retry)
        }
    }

    /// Finds a run by what a person calls it.
    ///
    /// - Parameter reference: A directory; `last` for the newest run; or a run's label, or the beginning of its
    ///   name or of its plan's id, where that fits one run alone.
    /// - Returns: The run.
    /// - Throws: A ``RunReferenceError`` when no run or more than one fits; a `FileError` when the directory
    ///   cannot be read.
    public func run(_ reference: String) throws -> PastRun { try RunLookup(self).run(reference) }

    /// How far in the future a run may have begun, in milliseconds: clocks of two machines differ.
    private static let tolerance: Int64 = 60_000

    /// Sorts runs, the newest first.
    ///
    /// A run that began in the future was begun while the clock was wrong, and so before all others of now: it is the
    /// oldest.
    ///
    /// - Parameters:
    ///   - runs: The runs.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The same runs.
    static func newestFirst(
        _ runs: [PastRun], now: Int64 = SystemTime.millisecondsSince1970()
    ) -> [PastRun] {
        let last = CivilTime.iso8601(millisecondsSince1970: now + tolerance)
        // Times of one form, so that they sort as texts; two runs of one second sort by their names. A name is
        // taken from its path once, because that takes longer than a comparison.
        let keys = runs.map { run in
            let time = run.startedAt ?? ""
            return (time: time > last ? "" : time, name: run.name)
        }
        return runs.indices.sorted { keys[$0] > keys[$1] }.map { runs[$0] }
    }

    /// The names in the directory, except hidden ones.
    func names() throws(FileError) -> [String] {
        do throws(FileError) {
            return try FilePath.entries(of: directory).filter { !$0.hasPrefix(".") }
        } catch  where error.errorNumber == ENOENT {
            return []
        }
    }
}

/// A run that goes back to an earlier one.
public struct LaterRun: Hashable, Sendable {
    /// The later run.
    public var run: PastRun
    /// Whether it undoes the earlier run or tries its rows again.
    public var kind: PlanHeader.Lineage.Kind
}

/// Why a reference does not name one run.
public struct RunReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The reference as written.
    public var reference: String
    /// The directory of the runs.
    public var directory: String
    /// The names of the runs that it fits, the newest first; empty when it fits none.
    public var candidates: [String]
    /// The run to whose chain of retries it belongs; `nil` for a reference that a person wrote.
    public var member: String?

    /// What is wrong and what to do.
    public var description: String {
        let name = TerminalText.escaped(reference)
        if let member {
            return
                "the run `\(name)` is not in \(directory), and \(TerminalText.escaped(member)) belongs to the "
                + "same chain of retries, and has some outcomes alone: name the directory of `\(name)` instead"
        }
        guard !candidates.isEmpty else {
            return reference == "last"
                ? "there is no run in \(directory)"
                : "there is no run `\(name)` in \(directory): give a run's directory, its name or label, "
                    + "the beginning of its name or plan, or `last`"
        }
        let few = candidates.prefix(3).joined(separator: ", ")
        let more = candidates.count > 3 ? " and \(candidates.count - 3) more" : ""
        return "`\(name)` fits \(candidates.count) runs: \(few)\(more); name one of them"
    }
}

extension PastRun {
    /// Whether some of the run's updates are not undone by a run that undoes it, as far as their numbers show that.
    fileprivate func keepsPart(after undo: PastRun) -> Bool {
        if undo.state == .resumable || undo.reason == nil { return true }
        let isOnlyOne = undo.follows?.kind == .undo && undo.follows?.runs.count == 1
        // Rows that shared a request are undone by one row.
        let requests = min(self[.updated], updatesSent ?? self[.updated])
        return isOnlyOne && undo[.updated] + undo[.unchanged] < requests
    }
}
