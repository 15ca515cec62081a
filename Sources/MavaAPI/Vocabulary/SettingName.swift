internal import BulkSystem

/// Something that a person can set or do, as the advice in a message names it.
///
/// A message of a library names the Swift property, value or function. A program with options and commands of its
/// own calls ``useNames(_:)`` once, before anything else, and those are named instead.
package enum SettingName: Hashable, Sendable, CustomStringConvertible {
    /// Nothing is sent where a ticket changed.
    case stopOnConflict
    /// Updates are sent although their tickets changed.
    case overwriteOnConflict
    /// Tickets that the AI is handling may be assigned.
    case allowHandOff
    /// Rows are sent although their tickets were not found.
    case sendUnread
    /// The decision about values that a map lacks.
    case unmapped
    /// The conditions that choose rows while planning.
    case conditions
    /// The meaning of a column: its name, and the name of what it holds.
    case column(String, meaning: String)
    /// The columns to leave out.
    case ignoredColumns
    /// The last of several rows for a ticket counts.
    case lastDuplicate
    /// An input without rows is allowed.
    case allowEmpty
    /// Tickets are not read.
    case readNever
    /// The input is in Windows-1252.
    case windows1252
    /// A list of agents and categories for planning without a key.
    case lookups
    /// A waiver of a guard, for a number of rows.
    case waiver(rule: String, count: Int)
    /// No row may be invalid.
    case strict
    /// The most tickets that a plan may change.
    case maxChanges
    /// The largest share of the tickets that a plan may change.
    case maxChangePercent
    /// The run's directory.
    case runDirectory
    /// The file of trusted authorities.
    case authorities
    /// The most that one request may take.
    case timeout
    /// The one host beyond loopback to which plain http is accepted.
    case unencryptedHost
    /// The file of those whose signatures count.
    case allowedSigners
    /// The fields that an undo puts back.
    case undoneFields
    /// What a run is called.
    case label
    /// The fields whose columns are read.
    case chosenFields
    /// Resuming the run in a directory.
    case resuming(String)
    /// Looking at the run in a directory.
    case showing(String)
    /// Reading a run's tickets again.
    case verifying
    /// Listing the agents, or the categories.
    case listing(agents: Bool)
    /// Writing a file of look-ups.
    case writingLookups
    /// Choosing tickets by all that they hold.
    case exporting

    private static let names = Handler<SettingName, String>()

    /// Sets the names that a program's own options have.
    package static func useNames(_ name: @escaping @Sendable (SettingName) -> String) {
        names.set(name)
    }

    /// The program's name for it, or the one in Swift.
    package var description: String { Self.names(self) ?? swiftName }

    private var swiftName: String {
        switch self {
        case .stopOnConflict: "ConflictPolicy.stop"
        case .overwriteOnConflict: "ConflictPolicy.overwrite"
        case .allowHandOff: "PlanOptions.allowsHandOff"
        case .sendUnread: "UnreadPolicy.send"
        case .unmapped: "ValueMap.Unmapped"
        case .conditions: "RowSelection.conditions"
        case .column(let column, let meaning):
            "ColumnChoices.read(\(String(reflecting: column)), as: \(String(reflecting: meaning)))"
        case .ignoredColumns: "ColumnChoices.ignored"
        case .lastDuplicate: "DuplicatePolicy.last"
        case .allowEmpty: "PlanOptions.allowsEmpty"
        case .readNever: "TicketSource.none"
        case .windows1252: "TextEncoding.windows1252"
        case .lookups: "PlanOptions.agents and .categories"
        case .waiver(let rule, let count): "GuardWaiver(rule: \"\(rule)\", number: \(count))"
        case .strict: "PlanGuards.isStrict"
        case .maxChanges: "PlanGuards.maxChanges"
        case .maxChangePercent: "PlanGuards.maxChangePercent"
        case .runDirectory: "BulkRun.directory"
        case .authorities: "CurlTransport.Configuration.caFile"
        case .timeout: "MavaConnection(timeout:)"
        case .unencryptedHost: "MavaConnection(unencryptedHost:)"
        case .allowedSigners: "ApprovalRequirement.allowedSigners"
        case .undoneFields: "UndoSelection.fields"
        case .label: "BulkRun.label"
        case .chosenFields: "ColumnChoices.only"
        case .resuming(let path): "BulkRun.resume(\"\(path)\")"
        case .showing(let path): "RunHistory.run(\"\(path)\")"
        case .verifying: "MavaConnection.verify(_:)"
        case .listing(let agents): agents ? "MavaClient.agents()" : "MavaClient.categories()"
        case .writingLookups: "Lookups.write(to:createdAt:baseURL:)"
        case .exporting: "TicketFilter"
        }
    }
}
