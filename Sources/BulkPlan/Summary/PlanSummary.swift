import BulkSystem

/// A plan summarised for approval; all forms of the preview use this model.
public struct PlanSummary: Hashable, Sendable {
    /// One field of a group of equal changes, in words.
    ///
    /// Copies share what they hold: a plan can have more than 100,000 changes in its groups, and few different ones.
    public struct Change: Hashable, Sendable {
        private struct Parts: Hashable, Sendable {
            let field: TicketField
            let before: FieldValue?
            let after: FieldValue
            let beforeName: String?
            let afterName: String
        }

        private final class Shared: Sendable {
            let parts: Parts

            init(_ parts: Parts) { self.parts = parts }
        }

        private let shared: Shared

        /// The field.
        public var field: TicketField { shared.parts.field }
        /// The tickets' current value; `nil` if they were not read.
        public var before: FieldValue? { shared.parts.before }
        /// The tickets' new value.
        public var after: FieldValue { shared.parts.after }
        /// The display name of the old value: a name instead of an id, if it is known.
        public var beforeName: String? { shared.parts.beforeName }
        /// The display name of the new value.
        public var afterName: String { shared.parts.afterName }

        /// Makes a change from its parts.
        package init(
            field: TicketField, before: FieldValue?, after: FieldValue, beforeName: String?,
            afterName: String
        ) {
            shared = Shared(
                Parts(
                    field: field, before: before, after: after, beforeName: beforeName,
                    afterName: afterName))
        }

        /// Whether two changes are the same.
        public static func == (left: Self, right: Self) -> Bool {
            left.shared === right.shared || left.shared.parts == right.shared.parts
        }

        /// Adds all parts of the change.
        public func hash(into hasher: inout Hasher) { hasher.combine(shared.parts) }
    }

    /// Tickets that change in the same way.
    public struct Group: Hashable, Sendable {
        /// The most ids that are kept as samples.
        package static let sampleLimit = 3

        /// How many tickets are in the group.
        public var tickets: Int
        /// The changes, in the order of the fields.
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
            /// No ticket has an id in Mava's form.
            case noObjectID = "no_object_id"
            /// A decision about the plan that does not count, or a decline.
            case approval
            /// A rule of the guards is exceeded with permission.
            case waived = "guard_waived"
            /// Another run of the last hours changed some of the tickets.
            case recentRun = "recent_run"
            /// Tickets are assigned although the AI is handling them, which ends its handling.
            case handOff = "ai_hand_off"
            /// Rows are held back because the AI is handling their tickets.
            case held = "ai_handling"
            /// Tickets are assigned although it is unknown whether the AI is handling them.
            case blindAssignment = "ai_state_unknown"
            /// Rows are held back because their tickets were not found.
            case notRead = "ticket_not_read"
            /// Resolved tickets are opened again.
            case reopened
            /// Tickets in a status that updates do not know, such as `Spam`, change.
            case foreignStatus = "foreign_status"
            /// Tickets no longer hold what the runs wrote that the plan undoes.
            case movedOn = "moved_on"
            /// Changes are made that no later update can take back.
            case cannotBeUndone = "cannot_be_undone"
            /// One agent receives most of the tickets assigned.
            case oneAgent = "one_agent"
            /// Tickets are left without an agent.
            case unassigned
            /// Tickets were not read, so the differences are unknown.
            case undiffed
            /// Several rows share a request.
            case merged
            /// Something about the input or the plan as a whole, such as an unknown column.
            case note
        }

        /// What it is.
        public var kind: Kind
        /// How many tickets or rows it concerns; 0 if it concerns all.
        public var count: Int
        /// What to look at, in words.
        public var message: String
        /// The ids of the first few tickets concerned.
        public var samples: [String]

        /// The message with how long ago was what it names a time of, for a text that is read at once.
        ///
        /// - Parameter now: The current time in milliseconds since 1970; `nil` for the message alone.
        /// - Returns: For example `ada declined the plan at 2026-11-27T10:00:00Z (10 minutes ago)`.
        package func message(now: Int64?) -> String {
            // The present may be known to the second alone.
            guard let now, kind == .approval || kind == .recentRun,
                let time = message.firstMatch(
                    of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z/),
                let moment = microsecondsSince1970(String(time.0)), moment / 1000 < now + 1000
            else { return message }
            return String(message[..<time.range.upperBound])
                + " (\(ApprovalWords.ago(from: moment / 1000, to: now)))"
                + message[time.range.upperBound...]
        }
    }

    /// The production organisation that a plan is for.
    public struct Production: Hashable, Sendable {
        /// The name of the profile in force; `nil` for none.
        public var profile: String?
        /// The API's address.
        public var baseURL: String

        /// Names an organisation.
        public init(profile: String?, baseURL: String) {
            self.profile = profile
            self.baseURL = baseURL
        }

        /// For example `profile acme, https://api.example.com`.
        package var words: String { (profile.map { "profile \($0), " } ?? "") + baseURL }
    }

    /// Rows that are not applied, grouped by cause.
    public struct Problem: Hashable, Sendable {
        /// One of the rows.
        public struct Sample: Hashable, Sendable {
            /// The row's number.
            public var row: Int
            /// The line on which the row starts in the input; `nil` if it is not known.
            public var line: Int?
            /// What is wrong with the row and how to fix it.
            public var issue: RowIssue
            /// The row of the run that the row undoes; `nil` if the plan undoes nothing.
            public var undoneRow: Int?

            /// Where the row is, in words.
            package var place: String {
                if let undoneRow { return "row \(undoneRow) of the run" }
                return line.map { "line \($0)" } ?? "row \(row)"
            }
        }

        /// The cause.
        public var code: RowIssue.Code
        /// What the plan does with the rows.
        public var disposition: Disposition
        /// How many rows; a row with several problems is counted for each cause.
        public var rows: Int
        /// The first few rows.
        public var samples: [Sample]
        /// The wrong values; empty if the cause is not about a value.
        public var values = WrongValues()
    }

    /// The most groups that are kept; further ones are counted in ``ticketsInOtherGroups``.
    public static let groupLimit = 1 << 16

    /// The plan's header.
    public var header: PlanHeader
    /// Groups of equal changes, those with the most tickets first.
    public var groups: [Group]
    /// How many more groups there are beyond those listed, as far as they were counted separately.
    public var otherGroups: Int
    /// How many tickets are in groups beyond those listed.
    public var ticketsInOtherGroups: Int
    /// What deserves a second look, most important first.
    public var notices: [Notice]
    /// Problems of the input by cause, most frequent first.
    public var problems: [Problem]
    /// The production organisation that the plan is for; `nil` where it is for no such one.
    public var production: Production?
    /// The approvals that the plan has; empty where they were not looked at.
    public var approvals: [ApprovalRecord] = []
    /// Whether somebody declined the plan, and did not replace that by an approval.
    package private(set) var isDeclined = false

    /// Makes a summary; the groups may come in any order and number.
    package init(header: PlanHeader, groups all: [Group], ungrouped: Int, problems: [Problem]) {
        self.header = header
        let sorted = all.sorted(by: Self.isBefore)
        groups =
            sorted.count <= Self.groupLimit ? sorted : Array(sorted.prefix(Self.groupLimit))
        otherGroups = sorted.count - groups.count
        ticketsInOtherGroups =
            sorted.dropFirst(Self.groupLimit).reduce(0) { $0 + $1.tickets } + ungrouped
        self.problems = problems.sorted {
            ($1.rows, $0.code.rawValue) < ($0.rows, $1.code.rawValue)
        }
        notices = Notice.all(header: header, groups: sorted, problems: problems)
    }

    /// Adds notices about guards that were checked again when the plan was to be applied.
    ///
    /// - Parameters:
    ///   - waivers: The waivers without which the plan would be refused.
    ///   - notes: More that is to be said.
    package mutating func add(waivers: [PlanHeader.Waiver], notes: [String]) {
        let new = waivers.map(Notice.init).filter { !notices.contains($0) }
        let place = notices.first?.kind == .noObjectID ? 1 : 0
        notices.insert(contentsOf: new, at: place)
        for note in notes where !notices.contains(where: { $0.message == note }) {
            notices.append(Notice(kind: .note, count: 0, message: note, samples: []))
        }
    }

    /// Adds notices about other runs that change the same tickets.
    ///
    /// - Parameter recent: The notices, the newest run first.
    package mutating func add(recentRuns recent: [Notice]) {
        let place = notices.firstIndex { ![.noObjectID, .approval, .waived].contains($0.kind) }
        notices.insert(contentsOf: recent, at: place ?? notices.count)
    }

    /// Adds the plan's approvals, and notices about the decisions that are none or do not count.
    ///
    /// - Parameter tally: The decisions.
    package mutating func add(_ tally: ApprovalTally) {
        approvals = tally.approvals
        isDeclined = !tally.declines.isEmpty
        let new = (tally.declines + tally.remarks).map {
            Notice(kind: .approval, count: 0, message: $0, samples: [])
        }
        let place = notices.first?.kind == .noObjectID ? 1 : 0
        notices.insert(contentsOf: new, at: place)
    }

    /// Orders larger groups first, and equally large ones the same way in every run.
    private static func isBefore(_ a: Group, _ b: Group) -> Bool {
        if a.tickets != b.tickets { return a.tickets > b.tickets }
        // Compares the parts where they are. A text for each group, or a copy of each change for each
        // comparison, took most of planning.
        for index in 0..<min(a.changes.count, b.changes.count) {
            let field = a.changes[index].field
            if field != b.changes[index].field {
                return field.rawValue < b.changes[index].field.rawValue
            }
            if a.changes[index].beforeName != b.changes[index].beforeName {
                return (a.changes[index].beforeName ?? "") < (b.changes[index].beforeName ?? "")
            }
            if a.changes[index].afterName != b.changes[index].afterName {
                return a.changes[index].afterName < b.changes[index].afterName
            }
            if a.changes[index].after != b.changes[index].after {
                return a.changes[index].after.isOrderedBefore(b.changes[index].after)
            }
        }
        return (a.changes.count, a.samples.first ?? "") < (b.changes.count, b.samples.first ?? "")
    }
}
