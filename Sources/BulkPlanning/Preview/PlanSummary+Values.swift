import BulkSystem

extension PlanSummary {
    /// The wrong values of one cause, the most frequent first.
    public struct WrongValues: Hashable, Sendable {
        /// A value and how many times it occurs.
        public struct Value: Hashable, Sendable {
            /// The value as the input writes it, shortened where it is long.
            public var text: String
            /// The column that holds it; `nil` where it is not known.
            public var column: String?
            /// How many times it occurs; at least so many where ``WrongValues/areExact`` is `false`.
            public var count: Int
            /// What was most likely meant; `nil` where that is not known.
            public var suggestion: String?
        }

        /// The most values that are listed.
        public static let limit = 50

        /// The most frequent values.
        public var listed: [Value] = []
        /// How many different values there are beside those listed; `nil` when they were too many to tell.
        public var otherValues: Int? = 0
        /// How many times values occur that are not listed; at most so many where counts are not exact.
        public var otherCount = 0
        /// Whether the counts are exact; else each is a lower bound.
        public var areExact = true

        init() {}

        init(_ tally: ValueTally) {
            // A count no larger than what may be missing from it says nothing.
            let sorted = tally.sorted.enumerated().filter {
                $0.offset < 3 || $0.element.count.rows > tally.shortfall
            }.map(\.element)
            listed = sorted.prefix(Self.limit).map { key, count in
                Value(
                    text: key.value, column: key.column, count: count.rows,
                    suggestion: count.suggestion)
            }
            areExact = tally.shortfall == 0
            otherValues = areExact ? sorted.count - listed.count : nil
            otherCount = tally.total - listed.reduce(0) { $0 + $1.count }
        }
    }
}

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
