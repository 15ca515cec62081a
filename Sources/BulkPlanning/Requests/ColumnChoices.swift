public import BulkPlan
import BulkSystem

/// Options about which columns of an input are read, and what they mean if their names do not say so.
public struct ColumnChoices: Hashable, Sendable {
    /// The fields whose columns request changes; `nil` for all.
    public var only: Set<TicketField>?
    /// The names of columns that are not read.
    public var ignored: [String] = []
    /// The meanings given to columns by name.
    public private(set) var meanings: [Meaning] = []
    /// The plain names of their columns.
    private var named: Set<String> = []
    /// The fields whose values come from elsewhere for every row, so that their columns are not read.
    var replaced: Set<TicketField> = []
    /// The maps for the words of the status and priority columns.
    var words: [TicketField: WordMap] = [:]
    /// The fields whose values are mapped, by their words or by names.
    var mapped: Set<TicketField> = []
    /// Which rows take part in the plan.
    var selection = RowSelection()
    /// Whether no column need ask for a change, because a value is filled in later.
    var allowsNoColumn = false
    /// Whether rows may ask for nothing themselves, because a value is filled in later or options leave values out.
    var allowsNoRequest = false
    /// Whether rows may say why they must not be carried out, as ``GeneratedRows`` do.
    var takesRefusals = false

    /// The meaning of one column.
    public struct Meaning: Hashable, Sendable {
        /// The column's name.
        public var column: String
        /// The canonical name of its content, such as `assignedTo`.
        public var name: String
        let role: ColumnRole
    }

    /// Makes choices without options: every column means what its name says.
    public init() {}

    /// Gives a column a meaning.
    ///
    /// - Parameters:
    ///   - column: The column's name; case, spaces, `_` and `-` do not matter.
    ///   - meaning: A name of a known column with that meaning, such as `assignee` or `expectStatus`.
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
        let plain = ColumnRole.plain(column)
        if !named.insert(plain).inserted,
            let other = meanings.first(where: { ColumnRole.plain($0.column) == plain })
        {
            throw ColumnError(
                code: .columnDoubled,
                message: "the column \(quoted(column)) means \(other.name) already: leave one out")
        }
        meanings.append(Meaning(column: column, name: role.names[0], role: role))
    }

    /// Whether the columns' names alone decide what is read.
    var isEmpty: Bool {
        only == nil && ignored.isEmpty && meanings.isEmpty && replaced.isEmpty
    }

    /// Whether a column of a role is ignored because its field is not read from the input.
    func leavesOut(_ role: ColumnRole) -> Bool {
        guard let field = role.field else { return false }
        return replaced.contains(field) || only.map { !$0.contains(field) } ?? false
    }
}

extension ColumnRole {
    /// The field that a column of this role requests to change; `nil` when it requests none.
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
