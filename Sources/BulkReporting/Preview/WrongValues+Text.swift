import BulkPlan
import BulkSystem

extension PlanSummary.WrongValues {
    /// Whether several values are wrong, so that one row's message does not describe them all.
    var areSeveral: Bool { listed.count > 1 || (otherValues ?? 1) > 0 }

    /// One line per value; empty if there is only one value, or no space for two lines.
    func lines(_ room: Int) -> [String] {
        guard areSeveral, room >= 2 else { return [] }
        let isAll = listed.count <= room && otherCount == 0
        let shown = isAll ? listed.count : min(listed.count, room - 1)
        var lines = listed.prefix(shown).map { "      " + TerminalText.sentence(text($0)) }
        if let rest = rest(after: shown) { lines.append("      " + rest) }
        return lines
    }

    /// A listed value in words, such as `7 × "Solved" → Resolved?`, safe for a terminal.
    ///
    /// It is short enough that the suggestion is visible where lines are cut.
    func text(_ value: Value) -> String {
        let hint = value.suggestion.map { " → \(TerminalText.escaped($0))?" } ?? ""
        return (areExact ? "" : "at least ") + "\(Words.number(value.count)) × "
            + quoted(value.text, limit: value.suggestion == nil ? 60 : 36) + hint
    }

    /// The remaining values, such as `and 12 with 3 other values`.
    ///
    /// - Parameter shown: How many of the listed values were shown.
    /// - Returns: The text; `nil` when no values remain.
    func rest(after shown: Int) -> String? {
        let count = otherCount + listed.dropFirst(shown).reduce(0) { $0 + $1.count }
        guard count > 0 else { return nil }
        let values = otherValues.map {
            Words.counted($0 + max(listed.count - shown, 0), "other value")
        }
        return "and \(areExact ? "" : "up to ")\(Words.number(count)) × "
            + (values ?? "other values")
    }
}
