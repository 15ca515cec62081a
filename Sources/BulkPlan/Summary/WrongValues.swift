import BulkSystem

extension PlanSummary {
    /// The wrong values for one cause, most frequent first.
    public struct WrongValues: Hashable, Sendable {
        /// A value and its number of occurrences.
        public struct Value: Hashable, Sendable {
            /// The value as the input writes it, shortened if it is long.
            public var text: String
            /// The column of the value; `nil` if it is not known.
            public var column: String?
            /// The number of occurrences; a lower bound if ``WrongValues/areExact`` is `false`.
            public var count: Int
            /// The likely intended value; `nil` if it is not known.
            public var suggestion: String?
        }

        /// The most values that are listed.
        public static let limit = 50

        /// The most frequent values.
        public var listed: [Value] = []
        /// How many more different values there are besides those listed; `nil` if there were too
        /// many to count.
        public var otherValues: Int? = 0
        /// How often unlisted values occur; an upper bound if the counts are not exact.
        public var otherCount = 0
        /// Whether the counts are exact; otherwise each is a lower bound.
        public var areExact = true

        init() {}

        init(_ tally: ValueTally) {
            // A count no larger than its possible error has no meaning.
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
