/// A plan as a person looks at it before approving it: the one model behind every form of the preview.
public struct PlanSummary: Hashable, Sendable {
    /// One field of a group of equal changes, in words.
    public struct Change: Hashable, Sendable {
        /// The field.
        public var field: TicketField
        /// What the tickets hold; `nil` where they were not read.
        public var before: FieldValue?
        /// What the tickets are to hold.
        public var after: FieldValue
        /// The value before as a person calls it: a name rather than an id where it is known.
        public var beforeName: String?
        /// The value after as a person calls it.
        public var afterName: String

        /// Makes a change from its parts.
        package init(
            field: TicketField, before: FieldValue?, after: FieldValue, beforeName: String?,
            afterName: String
        ) {
            self.field = field
            self.before = before
            self.after = after
            self.beforeName = beforeName
            self.afterName = afterName
        }
    }

    /// Tickets that change in the same way.
    public struct Group: Hashable, Sendable {
        /// The most ids that are kept as samples.
        package static let sampleLimit = 3

        /// How many tickets.
        public var tickets: Int
        /// What changes; in the order of the fields.
        public var changes: [Change]
        /// The ids of the first few tickets.
        public var samples: [String]

        /// Makes a group from its parts.
        package init(tickets: Int, changes: [Change], samples: [String]) {
            self.tickets = tickets
            self.changes = changes
            self.samples = samples
        }
    }

    /// Something in the plan that deserves a second look.
    public struct Notice: Hashable, Sendable {
        /// The closed list of things worth a look.
        public enum Kind: String, CaseIterable, Hashable, Sendable {
            /// No ticket is named by an id of Mava's form.
            case noObjectID = "no_object_id"
            /// Tickets are assigned although the AI is handling them, which ends that.
            case handOff = "ai_hand_off"
            /// Rows are held back because the AI is handling their tickets.
            case held = "ai_handling"
            /// Tickets are assigned of which it is not known whether the AI is handling them.
            case blindAssignment = "ai_state_unknown"
            /// Rows are held back because their tickets were not found.
            case notRead = "ticket_not_read"
            /// Resolved tickets are opened again.
            case reopened
            /// Tickets in a status that updates do not know, such as `Spam`, change.
            case foreignStatus = "foreign_status"
            /// One agent receives most of the tickets assigned.
            case oneAgent = "one_agent"
            /// Tickets are left unassigned.
            case unassigned
            /// Tickets were not read, so what differs is not known.
            case undiffed
            /// Several rows share a request.
            case merged
            /// Something about the input or the plan as a whole, such as an unknown column.
            case note
        }

        /// What it is.
        public var kind: Kind
        /// How many tickets or rows it concerns; 0 where it concerns all.
        public var count: Int
        /// What is to be looked at, in words.
        public var message: String
        /// The ids of the first few tickets concerned.
        public var samples: [String]
    }

    /// Rows that are not carried out, of one cause.
    public struct Problem: Hashable, Sendable {
        /// One of the rows.
        public struct Sample: Hashable, Sendable {
            /// The row's number.
            public var row: Int
            /// The line on which the row starts in the input; `nil` where it is not known.
            public var line: Int?
            /// What is wrong with it and how to fix it.
            public var issue: RowIssue
        }

        /// The cause.
        public var code: RowIssue.Code
        /// What became of the rows.
        public var disposition: Disposition
        /// How many rows; one with several things wrong is counted with each cause.
        public var rows: Int
        /// The first few rows.
        public var samples: [Sample]
        /// The values that are wrong; none where the cause is not about a value.
        public var values = WrongValues()
    }

    /// The most groups that are kept; further ones are counted in ``ticketsInOtherGroups``.
    public static let groupLimit = 1 << 16

    /// The plan's header.
    public var header: PlanHeader
    /// Equal changes, those of the most tickets first.
    public var groups: [Group]
    /// How many groups beyond those listed there are, as far as they were separated.
    public var otherGroups: Int
    /// How many tickets are in groups beyond those listed.
    public var ticketsInOtherGroups: Int
    /// What deserves a second look, most important first.
    public var notices: [Notice]
    /// What is wrong with the input, by cause, the most frequent first.
    public var problems: [Problem]

    /// Puts a summary together; the groups may come in any order and number.
    package init(header: PlanHeader, groups all: [Group], ungrouped: Int, problems: [Problem]) {
        self.header = header
        let sorted = all.sorted(by: Self.isBefore)
        groups = Array(sorted.prefix(Self.groupLimit))
        otherGroups = sorted.count - groups.count
        ticketsInOtherGroups =
            sorted.dropFirst(Self.groupLimit).reduce(0) { $0 + $1.tickets } + ungrouped
        self.problems = problems.sorted {
            ($1.rows, $0.code.rawValue) < ($0.rows, $1.code.rawValue)
        }
        notices = Notice.all(header: header, groups: sorted, problems: problems)
    }

    /// Larger groups first; equally large ones in an order that does not change from run to run.
    private static func isBefore(_ a: Group, _ b: Group) -> Bool {
        if a.tickets != b.tickets { return a.tickets > b.tickets }
        for (left, right) in zip(a.changes, b.changes) where left != right {
            // Field by field: making a text of each group to compare it took most of planning.
            if left.field != right.field { return left.field.rawValue < right.field.rawValue }
            if left.beforeName != right.beforeName {
                return (left.beforeName ?? "") < (right.beforeName ?? "")
            }
            if left.afterName != right.afterName { return left.afterName < right.afterName }
            return left.after.isOrderedBefore(right.after)
        }
        return (a.changes.count, a.samples.first ?? "") < (b.changes.count, b.samples.first ?? "")
    }
}
