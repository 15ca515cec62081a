internal import BulkExecution
internal import BulkPlan
internal import BulkSystem
internal import MavaAPI

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Which runs are to be pruned, and why the others are kept.
public struct PrunePlan: Hashable, Sendable {
    /// Why a run is kept.
    public enum Reason: Hashable, Sendable {
        /// A process works on it.
        case running
        /// It can be resumed.
        case resumable
        /// Its files cannot be read, so it is not known what it is.
        case unreadable
        /// Its directory is a link, or another user controls it.
        case notOurs(String)
        /// It is the newest run whose changes can be undone.
        case undoable
        /// It is one of the last runs.
        case last
        /// It ended a short time ago.
        case recent
        /// It does not say when it ended.
        case ageUnknown
        /// The kept run with this name goes back to it, or it tries the rows of that run again.
        case linked(String)
    }

    /// A run that is kept.
    public struct Kept: Hashable, Sendable {
        /// The run.
        public var run: PastRun
        /// Why.
        public var reason: Reason
    }

    /// A run that is to be pruned.
    public struct Removed: Hashable, Sendable {
        /// The run.
        public var run: PastRun
        /// How many bytes its files take on the disk.
        public var bytes = 0
    }

    /// Which runs the rule keeps.
    public var rule: PruneRule
    /// The runs to be pruned, the newest first; among them those whose pruning was interrupted.
    public var removed: [Removed] = []
    /// The runs that are kept, the newest first.
    public var kept: [Kept] = []

    /// How many bytes the runs to be pruned take on the disk.
    public var bytes: Int { removed.reduce(0) { $0 + $1.bytes } }

    /// Decides about runs.
    ///
    /// - Parameters:
    ///   - runs: The runs, the newest first.
    ///   - rule: Which of them are kept, beside those that always are.
    ///   - now: The present.
    ///   - notOurs: The names of runs that must not be touched, with the reasons.
    ///   - unfinished: The names of pruned runs that still have files.
    init(
        _ runs: [PastRun], _ rule: PruneRule, now: Date, notOurs: [String: String] = [:],
        unfinished: Set<String> = []
    ) {
        self.rule = rule
        var reasons = Self.reasons(runs, rule, now, notOurs)
        Self.spread(&reasons, over: runs)
        for (run, reason) in zip(runs, reasons) {
            if run.state == .pruned {
                if unfinished.contains(run.name), notOurs[run.name] == nil {
                    removed.append(Removed(run: run))
                }
            } else if let reason {
                kept.append(Kept(run: run, reason: reason))
            } else {
                removed.append(Removed(run: run))
            }
        }
    }

    /// Why each run is kept by itself; `nil` for the others.
    private static func reasons(
        _ runs: [PastRun], _ rule: PruneRule, _ now: Date, _ notOurs: [String: String]
    ) -> [Reason?] {
        var reasons: [Reason?] = []
        let undoable = newestUndoable(runs)
        var count = 0
        for run in runs {
            var reason: Reason?
            if run.state != .pruned {
                count += 1
                reason =
                    notOurs[run.name].map(Reason.notOurs)
                    ?? (run.name == undoable ? .undoable : nil)
                    ?? own(run, rule, now, isAmongLast: count <= rule.keepLast ?? 0)
            }
            reasons.append(reason)
        }
        return reasons
    }

    private static func own(
        _ run: PastRun, _ rule: PruneRule, _ now: Date, isAmongLast: Bool
    ) -> Reason? {
        switch run.state {
        case .running: return .running
        case .resumable: return .resumable
        case .unreadable: return .unreadable
        case .finished, .pruned: break
        }
        if isAmongLast { return .last }
        guard let within = rule.keepWithin else { return nil }
        // A run that was resumed ends long after it began.
        let times = [run.startedAt, run.finishedAt].compactMap { $0 }.map(microsecondsSince1970)
        guard let newest = times.compactMap({ $0 }).max(), !times.contains(nil) else {
            return .ageUnknown
        }
        let age = Int64(now.secondsSince1970) - newest / 1_000_000
        return .seconds(age) <= within ? .recent : nil
    }

    /// The name of the newest finished run that updated rows and was not undone.
    private static func newestUndoable(_ runs: [PastRun]) -> String? {
        let byName = Dictionary(runs.map { ($0.name, $0) }) { first, _ in first }
        return runs.first { run in
            guard run.state == .finished, run[.updated] > 0 else { return false }
            // An undo that put nothing back leaves the run as it was.
            return !run.undoneBy.contains { (byName[$0]?[.updated] ?? 0) > 0 }
        }?.name
    }

    /// Keeps the runs that kept ones undo or try again, and those that try the rows of kept ones again.
    ///
    /// A report over a run and its retries needs the files of all of them.
    private static func spread(_ reasons: inout [Reason?], over runs: [PastRun]) {
        // A directory that was renamed still has its plan, so plans and not names are compared.
        var places: [String: [Int]] = [:]
        var retries: [String: [Int]] = [:]
        for (index, run) in runs.enumerated() {
            if let plan = run.plan { places[plan, default: []].append(index) }
            guard let follows = run.follows, follows.kind == .retry else { continue }
            for earlier in follows.runs { retries[earlier.plan, default: []].append(index) }
        }
        var isSeen = reasons.map { $0 != nil }
        var open = reasons.indices.filter { reasons[$0] != nil }
        while let index = open.popLast() {
            let run = runs[index]
            let earlier = (run.follows?.runs ?? []).flatMap { places[$0.plan] ?? [] }
            let later = run.plan.flatMap { retries[$0] } ?? []
            for other in earlier + later where !isSeen[other] {
                isSeen[other] = true
                if runs[other].state != .pruned { reasons[other] = .linked(run.name) }
                open.append(other)
            }
        }
    }
}
