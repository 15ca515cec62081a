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
