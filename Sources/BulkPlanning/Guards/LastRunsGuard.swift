import BulkPlan
import BulkSystem
import MavaAPI

/// The limit on a plan beside what earlier runs of the same label updated.
public struct LastRunsGuard: Hashable, Sendable {
    /// The largest part of the median, in percent.
    public var percent: Double
    /// How many of the last runs the median is of.
    public var runs: Int

    /// With fewer runs than this, there is no median worth a limit.
    public static let fewestRuns = 3

    /// Makes a limit.
    ///
    /// - Parameters:
    ///   - percent: The largest part of the median, in percent, such as 150.
    ///   - runs: How many of the last runs the median is of, at least ``fewestRuns``.
    public init(percent: Double, runs: Int) {
        self.percent = percent
        self.runs = max(runs, Self.fewestRuns)
    }
}

/// What the last runs of a label updated.
public struct LastRuns: Hashable, Sendable {
    /// The label.
    public var label: String
    /// How many tickets each finished run updated, the newest first.
    public var updates: [Int]

    /// Describes the last runs.
    public init(label: String, updates: [Int]) {
        self.label = label
        self.updates = updates
    }

    /// The median of the newest of them.
    func median(of runs: Int) -> Double {
        let sorted = updates.prefix(runs).sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2
    }
}

extension PlanGuards {
    /// What the limit allows now; `nil` without a limit, or while it cannot be compared.
    private var lastRunsLimit: (limit: LastRunsGuard, label: String, median: Double, most: Int)? {
        guard let limit = maxOfLastRuns, let lastRuns,
            lastRuns.updates.count >= LastRunsGuard.fewestRuns
        else { return nil }
        let median = lastRuns.median(of: limit.runs)
        let most = (median * limit.percent / 100).rounded(.down)
        return (limit, lastRuns.label, median, most < 1e15 ? Int(most) : .max)
    }

    /// How a plan changes many more tickets than earlier runs did, or has no label to compare with.
    ///
    /// - Parameter requests: The tickets that the plan changes.
    /// - Returns: What is exceeded, with both numbers; `nil` where nothing is.
    func lastRunsViolation(requests: Int) -> GuardViolation? {
        guard maxOfLastRuns != nil, requests > 0 else { return nil }
        let name = FixedName.maxOfLastRuns.rawValue
        guard lastRuns != nil else {
            return GuardViolation(
                rule: name, count: requests, most: 0, code: .lastRunsUnknown,
                message: "the guard \(name) compares with the earlier runs of a label, and "
                    + "this one has none",
                advice: "name it with \(SettingName.label) as the earlier ones,")
        }
        guard let allowed = lastRunsLimit, requests > allowed.most else { return nil }
        return GuardViolation(
            rule: name, count: requests, most: allowed.most, code: .moreThanLastRuns,
            message:
                "the plan changes \(Words.tickets(requests)), the guard \(name) allows "
                + "\(Words.number(allowed.most)): \(Self.rounded(allowed.limit.percent)) % "
                + "of \(Self.rounded(allowed.median)), the median of the last "
                + "\(runsText(allowed.limit)) with the label \(quoted(allowed.label))",
            advice: "check the input, raise the limit,")
    }

    /// What the limit allows, or why it is not compared yet; empty without a limit.
    ///
    /// - Parameter requests: The tickets that the plan changes.
    /// - Returns: A note, or none.
    package func lastRunsNotes(requests: Int) -> [String] {
        guard let limit = maxOfLastRuns, let lastRuns else { return [] }
        let name = FixedName.maxOfLastRuns.rawValue
        if let allowed = lastRunsLimit {
            return [
                "\(Self.lastRunsBeginning)the last \(runsText(limit)) with the label "
                    + "\(quoted(lastRuns.label)) updated \(Self.rounded(allowed.median)) "
                    + "(median), the guard \(name) allows \(Words.number(allowed.most))"
            ]
        }
        let count = lastRuns.updates.count
        return [
            "\(Self.lastRunsBeginning)the guard \(name) is not compared yet: "
                + (count == 0 ? "no run" : Words.counted(count, "run"))
                + " with the label \(quoted(lastRuns.label)) \(count > 1 ? "have" : "has") updated "
                + "tickets and finished, and "
                + "it needs \(LastRunsGuard.fewestRuns)"
        ]
    }

    /// How the notes about the last runs begin.
    static let lastRunsBeginning = "earlier runs: "

    private func runsText(_ limit: LastRunsGuard) -> String {
        Words.counted(min(limit.runs, lastRuns?.updates.count ?? 0), "run")
    }
}
