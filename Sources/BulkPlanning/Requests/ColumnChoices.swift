public import BulkPlan
import BulkSystem

/// Which columns of an input are read, and what they mean, where their names do not say it.
public struct ColumnChoices: Hashable, Sendable {
    /// The fields whose columns are requests; `nil` for all.
    public var only: Set<TicketField>?
    /// The names of columns that are not read.
    public var ignored: [String] = []
    /// What columns mean, by their names.
    public private(set) var meanings: [Meaning] = []
    /// The fields that every row gets from elsewhere, so that no column is read for them.
    var replaced: Set<TicketField> = []
    /// What the words of the status and the priority column become.
    var words: [TicketField: WordMap] = [:]
    /// Which rows take part in the plan.
    var selection = RowSelection()
    /// Whether no column need ask for a change, because a value is filled in later.
    var allowsNoColumn = false
    /// Whether rows may ask for nothing themselves, because a value is filled in later.
    var allowsNoRequest = false

    /// What one column means.
    public struct Meaning: Hashable, Sendable {
        /// The column's name.
        public var column: String
        /// The proper name of what it holds, such as `assignedTo`.
        public var name: String
        let role: ColumnRole
    }

    /// Chooses nothing: every column means what its name says.
    public init() {}

    /// Says what a column means.
    ///
    /// - Parameters:
    ///   - column: The column's name; case, spaces, `_` and `-` do not matter.
    ///   - meaning: A name that columns of that meaning have, such as `assignee` or `expectStatus`.
    /// - Throws: A ``ColumnError`` when the meaning is not known.
    public mutating func read(_ column: String, as meaning: String) throws(ColumnError) {
        let role = ColumnRole(columnName: meaning)
        guard !role.isPassive else {
            let closest = ColumnRole.closestName(to: meaning)
            throw ColumnError(
                code: .meaningUnknown,
                message: (closest.map { "did you mean \($0)? " } ?? "")
                    + "a column cannot mean \(quoted(meaning)): name ticketId, status, priority, "
                    + "categoryId, category, assignee or one of the expect… columns")
        }
        if let other = meanings.first(where: {
            ColumnRole.plain($0.column) == ColumnRole.plain(column)
        }) {
            throw ColumnError(
                code: .columnDoubled,
                message: "the column \(quoted(column)) means \(other.name) already: leave one out")
        }
        meanings.append(Meaning(column: column, name: role.names[0], role: role))
    }

    /// Whether the columns' names alone do not say what is read.
    var isEmpty: Bool {
        only == nil && ignored.isEmpty && meanings.isEmpty && replaced.isEmpty
    }

    /// Whether a column of a role is left out because its field is not wanted from the input.
    func leavesOut(_ role: ColumnRole) -> Bool {
        guard let field = role.field else { return false }
        return replaced.contains(field) || only.map { !$0.contains(field) } ?? false
    }
}

extension ColumnRole {
    /// The field that a column of this role asks to change; `nil` when it asks for none.
    var field: TicketField? {
        switch self {
        case .status: .status
        case .priority: .priority
        case .categoryID, .categoryName: .categoryID
        case .assignee: .assignedTo
        default: nil
        }
    }
}
