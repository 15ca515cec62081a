import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Foundation
import MavaAPI
import Testing

@testable import BulkHistory

@Suite("What pruning keeps")
struct PrunePlanTests {
    private static let seconds = 1_795_000_000
    private static let now = Date(secondsSince1970: seconds)

    private static func time(_ seconds: Int) -> String {
        CivilTime(secondsSince1970: seconds).iso8601
    }

    /// A random history, the newest run first, with its links found as ``RunHistory`` finds them.
    private static func history(_ random: inout SeededGenerator) -> [PastRun] {
        var runs: [PastRun] = []
        let count = random.below(40)
        for index in 0..<count {
            var run = PastRun(path: "runs/r\(index)", state: .finished)
            run.state = random.pick([
                .finished, .finished, .finished, .finished, .finished, .finished, .resumable,
                .pruned, .running, .unreadable,
            ])
            run.plan = random.chance(5) ? nil : "plan\(random.chance(10) ? 0 : index)"
            run.label = random.chance(30) ? "nightly" : nil
            if !random.chance(3) {
                run.startedAt = time(seconds - (count - index) * 3_600 * (1 + random.below(30)))
            }
            if run.state == .finished, random.chance(60) {
                run.finishedAt = time(seconds - random.below(count * 200_000))
            }
            if random.chance(70) { run.outcomes = [.updated: random.below(3)] }
            if !runs.isEmpty, random.chance(40) {
                let earlier = (0...random.below(2)).compactMap { _ in
                    random.pick(runs).reference
                }
                run.follows = PlanHeader.Lineage(random.pick([.undo, .retry]), earlier)
            }
            runs.append(run)
        }
        runs.sort { ($0.startedAt ?? "", $0.name) > ($1.startedAt ?? "", $1.name) }
        for index in runs.indices {
            guard let reference = runs[index].reference else { continue }
            let later = runs.filter { $0.follows?.runs.contains(reference) ?? false }
            runs[index].undoneBy = later.filter { $0.follows?.kind == .undo }.map(\.name)
            runs[index].retriedBy = later.filter { $0.follows?.kind == .retry }.map(\.name)
        }
        return runs
    }

    /// The names of the runs that have to be kept, by the plainest reading of the promises.
    private static func promised(_ runs: [PastRun], _ rule: PruneRule) -> Set<String> {
        let present = runs.filter { $0.state != .pruned }
        var kept = Set(present.filter { $0.state != .finished }.map(\.name))
        kept.formUnion(present.prefix(rule.keepLast ?? 0).map(\.name))
        if let within = rule.keepWithin {
            for run in present {
                let times = [run.startedAt, run.finishedAt].compactMap { $0 }
                guard let newest = times.max() else {
                    kept.insert(run.name)
                    continue
                }
                if newest >= time(seconds - Int(within.components.seconds)) {
                    kept.insert(run.name)
                }
            }
        }
        let undoable = present.first { run in
            run.state == .finished && run[.updated] > 0
                && !runs.contains { run.undoneBy.contains($0.name) && $0[.updated] > 0 }
        }
        if let undoable { kept.insert(undoable.name) }
        // A pruned run in the middle of a chain keeps the chain together.
        var reached = kept
        while true {
            var more = reached
            for run in runs where reached.contains(run.name) {
                for other in runs {
                    let isEarlier = run.follows?.runs.contains { $0.plan == other.plan } ?? false
                    let isRetry =
                        other.follows?.kind == .retry
                        && (other.follows?.runs.contains { $0.plan == run.plan } ?? false)
                    if isEarlier || isRetry { more.insert(other.name) }
                }
            }
            if more == reached { break }
            reached = more
        }
        return reached.intersection(present.map(\.name))
    }

    @Test("what was promised is kept, and nothing else, in random histories")
    func promises() {
        var random = SeededGenerator(seed: 11)
        var (removed, linked, undoable) = (0, 0, 0)
        let histories = RandomInputs.count(1000)
        for _ in 0..<histories {
            let runs = Self.history(&random)
            let rule = PruneRule(
                keepLast: random.chance(60) ? random.below(12) : nil,
                keepWithin: random.chance(60) ? .seconds(random.below(40) * 100_000) : nil)
            let plan = PrunePlan(runs, rule, now: Self.now)
            #expect(Set(plan.kept.map(\.run.name)) == Self.promised(runs, rule))
            let names = plan.kept.map(\.run.name) + plan.removed.map(\.run.name)
            #expect(names.count == Set(names).count)
            #expect(Set(names) == Set(runs.filter { $0.state != .pruned }.map(\.name)))
            #expect(plan.removed.allSatisfy { $0.run.state == .finished })
            removed += plan.removed.count
            for kept in plan.kept {
                if case .linked(let name) = kept.reason {
                    linked += 1
                    #expect(!plan.removed.contains { $0.run.name == name })
                }
                if kept.reason == .undoable { undoable += 1 }
            }
        }
        #expect(removed > histories && linked > histories / 3 && undoable > histories / 3)
    }

    @Test("a run that another user controls is kept, and an interrupted pruning is finished")
    func special() {
        var runs = ["a", "b", "c"].map { PastRun(path: "runs/\($0)", state: .finished) }
        runs[2].state = .pruned
        let plan = PrunePlan(
            runs, PruneRule(keepLast: 0), now: Self.now, notOurs: ["a": "a link"],
            unfinished: ["c"])
        #expect(plan.kept.map(\.reason) == [.notOurs("a link")])
        #expect(plan.removed.map(\.run.name) == ["b", "c"])
    }
}
