/// What differs between two saved plans, A and B.
public struct PlanDiff: Hashable, Sendable {
    /// How rows of the two plans are matched.
    public enum Matching: String, Hashable, Sendable {
        /// By their numbers, because both plans were made from the same input.
        case row
        /// By their tickets, in the order of the rows, because the inputs differ.
        case ticket
    }

    /// Something about the plans as a whole that differs.
    public struct Fact: Hashable, Sendable {
        /// A value of a plan's header.
        public enum Value: Hashable, Sendable {
            /// A text.
            case text(String)
            /// A number.
            case number(Int)
        }

        /// The name of the header's member.
        public var name: String
        /// The value of A.
        public var a: Value
        /// The value of B.
        public var b: Value
    }

    /// What differs between two rows.
    public enum Aspect: String, CaseIterable, Hashable, Sendable {
        /// The ticket.
        case ticket = "ticketId"
        /// What the plan does with the row.
        case disposition = "do"
        /// The fields, or their old or new values.
        case changes
        /// What the ticket must hold when the request is sent.
        case expectation = "expect"
        /// The row whose request carries the changes.
        case carrier = "with"
        /// Whether the ticket was read.
        case undiffed
        /// Why the row is not carried out.
        case code
    }

    /// One plan's side of a group of rows.
    public struct Side: Hashable, Sendable {
        /// What the plan does with the rows.
        public var disposition: Disposition
        /// The changes of each row, in words.
        public var changes: [PlanSummary.Change]
        /// Why the rows are not carried out; `nil` otherwise.
        public var code: RowIssue.Code?
    }

    /// One row of a group.
    public struct Sample: Hashable, Sendable {
        /// The row's number in A; `nil` if only B has it.
        public var rowA: Int?
        /// The row's number in B; `nil` if only A has it.
        public var rowB: Int?
        /// The ticket, of A's row if A has it.
        public var ticketID: String?
    }

    /// Rows that differ in the same way.
    public struct Group: Hashable, Sendable {
        /// The most rows that are kept as samples.
        package static let sampleLimit = 3

        /// How many rows.
        public var rows: Int
        /// What A does with them; `nil` if only B has them.
        public var a: Side?
        /// What B does with them; `nil` if only A has them.
        public var b: Side?
        /// What differs; empty for rows that only one plan has.
        public var aspects: [Aspect]
        /// The first few rows.
        public var samples: [Sample]
    }

    /// How many rows are equal, differ, or are in one plan only.
    public struct Counts: Hashable, Sendable {
        /// Rows that are equal.
        public internal(set) var equal = 0
        /// Rows that both plans have, and that differ.
        public internal(set) var different = 0
        /// Rows that only A has.
        public internal(set) var onlyInA = 0
        /// Rows that only B has.
        public internal(set) var onlyInB = 0
    }

    /// The most groups that are kept; the rows of further ones are counted in ``rowsInOtherGroups``.
    public static let groupLimit = 1 << 16

    /// The header of A.
    public internal(set) var headerA: PlanHeader
    /// The header of B.
    public internal(set) var headerB: PlanHeader
    /// How rows were matched.
    public internal(set) var matching: Matching
    /// What differs about the plans as a whole.
    public internal(set) var facts: [Fact]
    /// How many rows differ.
    public internal(set) var counts = Counts()
    /// The rows that differ, the largest groups first.
    public internal(set) var groups: [Group] = []
    /// How many rows that differ are in no group of ``groups``.
    public internal(set) var rowsInOtherGroups = 0

    /// Whether anything differs.
    public var differs: Bool {
        !facts.isEmpty || counts.different + counts.onlyInA + counts.onlyInB > 0
    }
}

extension PlanDiff {
    /// What differs between two headers.
    ///
    /// Left out is what says nothing about the effect: when and by which program a plan was made, from which plan it
    /// was edited, and what reading the tickets took.
    static func facts(_ a: PlanHeader, _ b: PlanHeader) -> [Fact] {
        var facts: [Fact] = []
        func compare(_ name: String, _ a: Fact.Value, _ b: Fact.Value) {
            if a != b { facts.append(Fact(name: name, a: a, b: b)) }
        }
        func compare(_ name: String, _ value: (PlanHeader) -> Int) {
            compare(name, .number(value(a)), .number(value(b)))
        }
        func compare(_ name: String, _ value: (PlanHeader) -> String) {
            compare(name, .text(value(a)), .text(value(b)))
        }
        if a.input.sha256 != b.input.sha256 {
            compare("input") { "\($0.input.name) (\($0.input.sha256.prefix(8)))" }
        }
        compare("source") { $0.source.rawValue }
        compare("baseURL") { $0.baseURL ?? "none" }
        compare("rows") { $0.counts.rows }
        for disposition in Disposition.allCases {
            compare(disposition.rawValue) { $0.counts[disposition] }
        }
        compare("requests", \.requests)
        compare("fieldChanges", \.fieldChanges)
        compare("undiffed", \.undiffed)
        compare("handOffs", \.handOffs)
        compare("blindAssignments", \.blindAssignments)
        compare("unassignedFromAI", \.unassignedFromAI)
        compare("allowsHandOff") { "\($0.allowsHandOff)" }
        compare("unread") { $0.unread?.rawValue ?? "not given" }
        compare("waivers") { header in
            let waivers = header.waivers.map {
                "\($0.rule)=\($0.number) (\($0.count) where \($0.most) \($0.most == 1 ? "is" : "are") allowed)"
            }
            return waivers.isEmpty ? "none" : waivers.sorted().joined(separator: ", ")
        }
        compare("seconds", \.price.seconds)
        compare("quota") { "\($0.price.quotaLimit) in \($0.price.quotaSeconds) s" }
        return facts
    }
}
