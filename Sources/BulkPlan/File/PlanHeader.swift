/// The first line of a plan: its format, its input, and its contents.
public struct PlanHeader: Hashable, Sendable {
    /// Where the tickets' current values came from.
    public enum Source: String, CaseIterable, Hashable, Sendable {
        /// From `GET /api/tickets`.
        case live
        /// From a file.
        case snapshot
        /// From nowhere: the changes are sent without a comparison.
        case none
    }

    /// What the plan was made from.
    public struct Input: Hashable, Sendable {
        /// The file's name, or `-` for standard input.
        public var name: String
        /// The SHA-256 of its bytes (decompressed), 64 hex digits.
        public var sha256: String
        /// `csv` or `jsonl`.
        public var format: String
        /// The byte between two fields of a CSV input, as text; `nil` for JSON Lines.
        public var delimiter: String?
        /// Whether the input begins with a byte order mark.
        public var hasMark = false
        /// How its lines end.
        public var lineEnd = LineEnd.lf
        /// The names of its columns (or keys, in the order they appear); the rows' cells follow
        /// this order.
        public var columns: [String]

        /// How the lines of a text end.
        public enum LineEnd: String, CaseIterable, Hashable, Sendable {
            /// LF.
            case lf
            /// CR and LF.
            case crlf
            /// CR.
            case cr

            /// The line end as text.
            public var text: String {
                switch self {
                case .lf: "\n"
                case .crlf: "\r\n"
                case .cr: "\r"
                }
            }
        }

        /// Makes an input's description from its parts.
        public init(name: String, sha256: String, format: String, columns: [String]) {
            self.name = name
            self.sha256 = sha256
            self.format = format
            self.columns = columns
        }
    }

    /// A table that said which values of a field become which.
    public struct Map: Hashable, Sendable {
        /// One line of the table that rows used.
        public struct Line: Hashable, Sendable {
            /// The value in the input: an id where it means one, else its text in lower case.
            public var from: String
            /// The value wanted; `nil` for no agent.
            public var to: String?
            /// The file's line.
            public var line: Int

            /// Makes a line from its parts.
            public init(from: String, to: String?, line: Int) {
                self.from = from
                self.to = to
                self.line = line
            }
        }

        /// The field whose values it maps.
        public var field: TicketField
        /// The file's name.
        public var file: String
        /// The SHA-256 of the file's bytes, 64 hex digits.
        public var sha256: String
        /// How many of its lines no row used.
        public var unused = 0
        /// The lines that rows used; only a part of a long table.
        public var lines: [Line] = []

        /// Makes a map from its parts.
        public init(field: TicketField, file: String, sha256: String) {
            self.field = field
            self.file = file
            self.sha256 = sha256
        }
    }

    /// A rule of the guards that was exceeded with permission.
    public struct Waiver: Codable, Hashable, Sendable {
        /// The rule's name.
        public var rule: String
        /// The most tickets that the permission covers.
        public var number: Int
        /// The tickets that counted against the rule.
        public var count: Int
        /// The most tickets that the rule allows without permission.
        public var most: Int

        /// Makes a waiver from its parts.
        public init(rule: String, number: Int, count: Int, most: Int) {
            self.rule = rule
            self.number = number
            self.count = count
            self.most = most
        }
    }

    /// The earlier runs that a plan goes back to.
    public struct Lineage: Codable, Hashable, Sendable {
        /// What a plan does with the rows of earlier runs.
        public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
            /// It puts back what they changed.
            case undo
            /// It tries rows again that did not succeed.
            case retry
        }

        /// One run.
        public struct Run: Codable, Hashable, Sendable {
            /// The name of its directory.
            public var name: String
            /// The id of its plan.
            public var plan: String

            /// Names a run.
            public init(name: String, plan: String) {
                self.name = name
                self.plan = plan
            }
        }

        /// What the plan does with the rows of the runs.
        public var kind: Kind
        /// The runs, the newest first.
        public var runs: [Run]

        /// Makes a lineage from its parts.
        public init(_ kind: Kind, _ runs: [Run]) {
            self.kind = kind
            self.runs = runs
        }
    }

    /// The name of the format.
    package static let format = "mava-bulk-plan"

    /// The bytes with which a plan of any version begins.
    package static let beginning = #"{"format":"\#(format)""#

    /// The version of the format that this library writes, and the newest that it reads.
    public static let currentVersion = 1

    /// The format's version.
    public var version = PlanHeader.currentVersion
    /// The program that wrote the plan, with its version.
    public var tool: String
    /// The plan's id: the SHA-256 of every byte after the first line, and of what the plan permits, 64 hex digits.
    public var id = ""
    /// The id of the plan from which an edit made this one; `nil` if it was not edited.
    public var parent: String?
    /// The earlier runs whose changes the plan undoes, or whose rows it tries again; `nil` for a plan of its own.
    public var follows: Lineage?
    /// The part of the input that the plan is for; `nil` for all of it.
    public var shard: Shard?
    /// When the plan was made (RFC 3339, UTC).
    public var createdAt: String
    /// What the plan was made from.
    public var input: Input
    /// Where the tickets' current values came from.
    public var source: Source
    /// The API that the plan was made for; `nil` if no API was used.
    public var baseURL: String?
    /// The mark of the organisation that the plan was made for; `nil` if its agents were not read.
    public var organisation: OrganisationFingerprint?
    /// How many rows end in each disposition.
    public var counts = PlanCounts()
    /// The requests that the plan sends.
    ///
    /// Each is to a different ticket, except in a retry: there each writes other fields of its ticket.
    public var requests = 0
    /// The fields that the requests write.
    public var fieldChanges = 0
    /// The requests to tickets that were not read, whose effect is therefore unknown.
    public var undiffed = 0
    /// The column of an undo's rows with the row of the run that each undoes.
    package static let undoneRowColumn = "row"

    /// The requests that end the AI's handling of a ticket, which was allowed.
    public var handOffs = 0
    /// Whether assigning tickets that the AI is handling was allowed.
    public var allowsHandOff = false
    /// What to do with rows whose ticket was not found.
    ///
    /// The value is `nil` to hold only the rows that assign an agent or have preconditions.
    public var unread: UnreadPolicy?
    /// Whether the last of several rows counts that ask for different values of a ticket's field.
    ///
    /// Otherwise such rows are invalid.
    public var lastRowCounts = false
    /// The conditions by which rows were chosen, all of which had to hold.
    ///
    /// A retry applies them to its rows.
    public var conditions: [String] = []
    /// Whether rows have preconditions on the time of the last change, so that it must be read
    /// again.
    public var expectsUpdateTimes = false
    /// The requests that assign a ticket without knowing whether the AI is handling it.
    public var blindAssignments = 0
    /// The requests that take an agent off a ticket that the AI goes on handling, and could else be undone.
    ///
    /// Putting the agent back would take the ticket from the AI, so an undo holds such a row back. Requests that
    /// cannot be undone for another reason are not among them.
    public var unassignedFromAI = 0
    /// All tickets read, including unrelated ones; 0 if none was read.
    public var ticketsRead = 0
    /// The cost of applying the plan.
    public var price: PlanPrice
    /// The names of the agents that the plan's rows mention, by id; only a part of a long list.
    public var agentNames: [String: String] = [:]
    /// The names of the categories that the plan's rows mention, by id; only a part of a long list.
    public var categoryNames: [String: String] = [:]
    /// The maps of values that shaped the rows.
    public var maps: [Map] = []
    /// The rules of the guards that the plan exceeds with permission.
    public var waivers: [Waiver] = []
    /// Whether the input names tickets, but none by an id in Mava's form.
    public var namesNoObjectID = false
    /// Whether names were looked up in the snapshot, because no list from Mava was available.
    public var takesNamesFromSnapshot = false
    /// Notes about the plan as a whole, such as unknown columns.
    public var notes: [String] = []

    /// Makes a header from the facts that are known before the rows.
    public init(tool: String, createdAt: String, input: Input, source: Source, price: PlanPrice) {
        self.tool = tool
        self.createdAt = createdAt
        self.input = input
        self.source = source
        self.price = price
    }

    /// Whether an id is this plan's.
    ///
    /// - Parameter expected: The id, or its first eight or more digits.
    /// - Returns: Whether it is.
    public func isPlan(_ expected: String) -> Bool {
        expected.utf8.count >= 8 && id.hasPrefix(expected.lowercased())
    }

    /// Whether the plan sends anything.
    public var hasChanges: Bool { requests > 0 }
}
