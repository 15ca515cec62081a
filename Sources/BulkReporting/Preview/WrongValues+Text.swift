import BulkPlan
import BulkSystem

extension PlanSummary.WrongValues {
    /// Whether more than one value is wrong, so that one row's message does not say it all.
    var areSeveral: Bool { listed.count > 1 || (otherValues ?? 1) > 0 }

    /// The values one by one; empty where one is all there is, or where there is no room for two.
    func lines(_ room: Int) -> [String] {
        guard areSeveral, room >= 2 else { return [] }
        let isAll = listed.count <= room && otherCount == 0
        let shown = isAll ? listed.count : min(listed.count, room - 1)
        var lines = listed.prefix(shown).map { "      " + text($0) }
        if let rest = rest(after: shown) { lines.append("      " + rest) }
        return lines
    }

    /// A listed value in words, such as `7 × "Solved" → Resolved?`, harmless to a terminal; short
    /// enough that what was meant is seen where lines are cut.
    func text(_ value: Value) -> String {
        let hint = value.suggestion.map { " → \(TerminalText.escaped($0))?" } ?? ""
        return (areExact ? "" : "at least ") + "\(Words.number(value.count)) × "
            + quoted(value.text, limit: value.suggestion == nil ? 60 : 36) + hint
    }

    /// What is left beside the first few values, such as `and 12 with 3 other values`.
    ///
    /// - Parameter shown: How many of the listed values were shown.
    /// - Returns: Words; `nil` when nothing is left.
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
