/// What the files of ``PlanBench`` look like.
///
/// `plain` has no quotes, only ASCII and flat tickets. Each other shape changes one thing that users'
/// files have.
enum PlanShape: String, CaseIterable {
    /// No quotes, only ASCII, flat tickets, ids of agents and categories.
    case plain
    /// A byte order mark, CRLF, names of priorities, and a column of quoted notes with commas, doubled
    /// quotes and accents.
    case quoted
    /// The rows of `quoted`, and nested tickets of some 520 bytes with accents, escapes and tags.
    case nested
    /// 500 agents and 200 categories: most changed rows are a kind of change of their own.
    case manyGroups = "many-groups"
    /// Agents, categories and priorities by name, with accents.
    case names
    /// Rows as JSON Lines.
    case jsonl
    /// Both files compressed.
    case gzip

    var rowsExtension: String {
        switch self {
        case .jsonl: "jsonl"
        case .gzip: "csv.gz"
        default: "csv"
        }
    }

    var ticketsExtension: String { self == .gzip ? "tickets.jsonl.gz" : "tickets.jsonl" }
    var agents: Int { self == .manyGroups ? 500 : 50 }
    var categories: Int { self == .manyGroups ? 200 : 20 }
    /// One row of how many differs from its ticket.
    var rowsPerChange: Int { self == .manyGroups ? 12 : 5 }
}
