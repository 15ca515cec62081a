internal import BulkExecution
internal import BulkPlan
internal import BulkReporting
internal import BulkSystem
internal import MavaAPI

/// What is to be said of runs before they are undone.
struct UndoAccount {
    /// The headers of the runs' plans, in the order of the runs.
    private(set) var headers: [PlanHeader] = []
    /// Rows that were selected and that their run updated.
    private(set) var updated = 0
    private var unknown = 0
    private var unsent = 0
    /// Rows that were selected and whose run did not update them.
    private var others = 0

    /// Begins with the rows of a run.
    mutating func begin(_ header: PlanHeader) { headers.append(header) }

    /// Counts a row.
    ///
    /// - Returns: Whether the run updated it.
    mutating func counts(_ row: RunRows.Row, isSelected: Bool) -> Bool {
        switch row.outcome.outcome {
        case .updated:
            if isSelected { updated += 1 }
            return true
        case .unknown where isSelected: unknown += 1
        case .unsent where isSelected: unsent += 1
        default: if isSelected { others += 1 }
        }
        return false
    }

    /// The notes.
    ///
    /// - Parameters:
    ///   - runs: The runs, the newest first.
    ///   - earlier: Their earlier undos.
    ///   - isWhole: Whether all rows and fields of the runs are undone.
    /// - Returns: The notes, the most serious first.
    func notes(
        _ runs: [PastRun], _ earlier: EarlierUndos, isWhole: Bool
    ) -> [String] {
        var notes: [String] = []
        for run in runs {
            if !run.undoneBy.isEmpty {
                notes.append(
                    "\(run.name) was \(run.isPartlyUndone ? "partly " : "")undone already by \(Self.undos(of: run, earlier)): what that put back is "
                        + "unchanged or has moved on")
            }
            if run.state == .resumable {
                notes.append(
                    "\(run.name) did not come to its end, and is undone as far as it got")
            }
        }
        for name in earlier.unreadable {
            notes.append(
                "what the undo \(name) put back is not known any more: rows of its tickets can be conflicts"
            )
        }
        if unknown > 0 {
            notes.append(
                "\(Words.rows(unknown)) whose effect is unknown \(unknown == 1 ? "is" : "are") not undone: "
                    + "\(SettingName.verifying) reads what their tickets hold")
        }
        if !isWhole, others + unsent > 0 {
            notes.append(
                "\(Words.rows(others + unsent)) of the selection \(others + unsent == 1 ? "was" : "were") not "
                    + "updated by the run")
        }
        notes += handOffs(isWhole: isWhole)
        notes.append("the audit entries of what is undone stay, and the undo adds its own")
        return notes
    }

    /// The names of a run's undos, the newest first, and which of them were undone themselves.
    private static func undos(of run: PastRun, _ earlier: EarlierUndos) -> String {
        let shown = run.undoneBy.prefix(3).map { name in
            let undo = earlier.runs.first { $0.name == name }
            return name + (undo?.undoneBy.first.map { " (undone by \($0))" } ?? "")
        }
        let rest = run.undoneBy.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(Words.number(rest)) more" : "")
    }

    /// Tickets that the runs took from the AI.
    private func handOffs(isWhole: Bool) -> [String] {
        let known = headers.reduce(0) { $0 + $1.handOffs }
        let possible = headers.reduce(0) { $0 + $1.blindAssignments }
        guard known + possible > 0 else { return [] }
        let isExact = isWhole && possible == 0
        return [
            "\(isExact ? "" : "up to ")\(Words.tickets(known + possible)) that the AI was handling "
                + "\(known + possible == 1 ? "is" : "are") not handed back to it"
        ]
    }
}
