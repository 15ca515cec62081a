internal import BulkExecution
package import BulkPlan
internal import BulkSystem
internal import MavaAPI

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

extension RunHistory {
    /// How many seconds a run that has ended counts as recent.
    static let recentSeconds = 86_400
    /// The most recent runs that a plan is compared with.
    static let mostRecentRuns = 20
    /// The most rows of recent runs that a plan is compared with.
    static let mostRecentRows = 2_000_000

    /// Whether any run is recent, so that a plan can be compared with it.
    ///
    /// - Parameter now: The present.
    /// - Returns: Whether there is one; `false` also when the directory does not exist.
    /// - Throws: A `FileError` when the directory cannot be read.
    public func hasRecentRuns(now: Date) throws -> Bool { try !recentRuns(now: now).isEmpty }

    /// Finds the recent runs that change tickets of a saved plan.
    ///
    /// Recent are runs that began in the last 24 hours, and those that are running. At most the newest 20 of them
    /// are read, and of these at most 2,000,000 rows in all.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - now: The present.
    /// - Returns: The runs.
    /// - Throws: A ``PlanError`` when the plan cannot be read; a `FileError` when the plan or the directory of
    ///   runs cannot be read.
    public func recentRuns(changingTicketsOf path: String, now: Date) throws -> RecentRuns {
        let recent = try recentRuns(now: now)
        guard !recent.isEmpty else { return RecentRuns() }
        return try Self.compare(PlanFile(path: path), with: recent)
    }

    /// Finds the recent runs that change tickets of an open plan.
    package func recentRuns(changingTicketsOf plan: PlanFile, now: Date) throws -> RecentRuns {
        let recent = try recentRuns(now: now)
        guard !recent.isEmpty else { return RecentRuns() }
        return try Self.compare(plan, with: recent)
    }

    /// The recent runs, the newest first.
    private func recentRuns(now: Date) throws -> [PastRun] {
        func isRecent(_ time: String) -> Bool {
            guard let began = microsecondsSince1970(time) else { return false }
            return Int64(now.secondsSince1970) - began / 1_000_000 < Int64(Self.recentSeconds)
        }
        var recent: [PastRun] = []
        for name in try names() {
            let path = FilePath.joining(directory, name)
            // The name of a run says when it began, so most of the directories need not be read.
            if let time = PastRun.time(inName: name), !isRecent(time),
                !FileLock.isHeld(RunFiles(path)[.lock])
            {
                continue
            }
            guard let run = PastRun(readingFrom: path) else { continue }
            switch run.state {
            case .running: recent.append(run)
            case .finished, .resumable, .unreadable:
                if run.startedAt.map(isRecent) ?? false { recent.append(run) }
            case .pruned: continue
            }
        }
        return Self.newestFirst(recent)
    }

    private static func compare(
        _ plan: PlanFile, with recent: [PastRun]
    ) throws -> RecentRuns {
        var found = RecentRuns()
        // Going back to a run is not an accident, directly or through others, as a retry of an undo does.
        var followed = Set(plan.header.follows?.runs ?? [])
        for run in recent where run.reference.map(followed.contains) ?? false {
            followed.formUnion(run.follows?.runs ?? [])
        }
        let wanted = recent.filter { run in
            let isFollowed = run.reference.map(followed.contains) ?? false
            let isWithoutChange = run.state == .finished && run[.updated] + run[.unknown] == 0
            return !isFollowed && !isWithoutChange
        }
        guard plan.header.hasChanges, !wanted.isEmpty else { return found }
        var tickets = TicketIDSet()
        var reader = try PlanReader(plan, for: .sending)
        while let entry = try reader.next() {
            guard entry.sendsRequest, let id = entry.ticketID.flatMap(TicketID.init) else {
                continue
            }
            _ = tickets.insert(id)
        }
        found.notCompared = max(0, wanted.count - mostRecentRuns)
        var rows = 0
        for run in wanted.prefix(mostRecentRuns) {
            do {
                let other = try PlanFile(path: run.files[.plan], isOurs: true)
                rows += other.header.counts.rows
                guard rows <= mostRecentRows else {
                    found.notCompared += 1
                    continue
                }
                if let overlap = try overlap(of: run, other, with: tickets) {
                    found.overlaps.append(overlap)
                }
            } catch {
                found.unreadable.append(run.name)
            }
        }
        return found
    }

    /// The tickets that a run has changed, or is going to change, among those of a plan; `nil` for none.
    private static func overlap(
        of run: PastRun, _ plan: PlanFile, with tickets: borrowing TicketIDSet
    ) throws -> RunOverlap? {
        var journal: JournalIndex?
        if run.state != .running {
            // Without a journal, nothing was sent.
            guard FilePath.isTaken(run.files[.journal]) else { return nil }
            try JournalIndex.requirePlan(plan.header.id, inBeginningOf: run.files[.journal])
        }
        // Most runs are about other tickets, and what became of those does not matter.
        guard try plan.mayName(copy tickets) else { return nil }
        if run.state != .running {
            journal = try JournalIndex.read(run.files[.journal])
            try journal?.requirePlan(plan.header.id, path: run.files[.journal])
        }
        var overlap = RunOverlap(run: run, tickets: 0, samples: [])
        var reader = try PlanReader(plan, for: .sending)
        while let entry = try reader.next() {
            guard entry.sendsRequest, let id = entry.ticketID.flatMap(TicketID.init),
                tickets.contains(id)
            else { continue }
            if let journal {
                let outcome = try journal.outcome(of: entry).outcome
                guard outcome == .updated || outcome == .unknown else { continue }
            }
            overlap.tickets += 1
            if overlap.samples.count < RunOverlap.sampleLimit {
                overlap.samples.append(id.rawValue)
            }
        }
        return overlap.tickets > 0 ? overlap : nil
    }
}
