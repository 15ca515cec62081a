import BulkSystem

/// The fields that `new.` and `old.` know.
enum ConditionField {
    /// The names that both know, with the spellings of columns.
    private static let changeable: [(name: String, spellings: [String])] = [
        ("status", ColumnRole.status.names), ("priority", ColumnRole.priority.names),
        ("category", ColumnRole.categoryName.names + ColumnRole.categoryID.names),
        ("assignee", ColumnRole.assignee.names),
    ]
    private static let readOnly = [
        "createdAt", "updatedAt", "aiStatus", "origin", "tags", "subject", "customer", "csat",
        "link", "currentStatus", "ticketId",
    ]

    /// The fields that are times.
    static let times: Set<String> = ["createdAt", "updatedAt"]

    /// Whether a column's name is that of a time.
    static func isTime(_ name: String) -> Bool {
        times.contains { ColumnRole.plain($0) == ColumnRole.plain(name) }
    }

    /// What a ticket holds under a name that no column of the input has; `nil` when planning does not know it.
    static func held(_ name: String) -> RowCondition.Subject? {
        let written = ColumnRole.plain(name)
        let field = changeable.first { $0.spellings.contains { ColumnRole.plain($0) == written } }
        return (field?.name ?? times.first { ColumnRole.plain($0) == written }).map { .old($0) }
    }

    /// The subject that a word without quotes means.
    ///
    /// - Parameter word: The word, such as `priority` or `old.createdAt`.
    /// - Returns: The subject, or what is wrong with it.
    static func subject(_ word: String) -> Result<RowCondition.Subject, UnknownField> {
        let lower = word.lowercased()
        let isNew = lower.hasPrefix("new.")
        guard isNew || lower.hasPrefix("old.") else { return .success(.column(word)) }
        let written = ColumnRole.plain(String(word.dropFirst(4)))
        if let field = changeable.first(where: {
            $0.spellings.contains { ColumnRole.plain($0) == written }
        }) {
            return .success(isNew ? .new(field.name) : .old(field.name))
        }
        if let name = readOnly.first(where: { ColumnRole.plain($0) == written }) {
            if !isNew { return .success(.old(name)) }
            return .failure(UnknownField(message: "a row cannot change \(name): write old.\(name)"))
        }
        let spellings = changeable.flatMap(\.spellings) + (isNew ? [] : readOnly)
        if let close = closest(to: written, among: spellings, by: ColumnRole.plain) {
            let name = "\(isNew ? "new" : "old").\(close)"
            return .failure(
                UnknownField(message: "did you mean \(name)? \(quoted(word)) is not known"))
        }
        let known = changeable.map(\.name) + (isNew ? [] : readOnly)
        return .failure(
            UnknownField(
                message: "\(quoted(word)) is not known: after \(isNew ? "new." : "old.") write "
                    + known.dropLast().joined(separator: ", ") + " or \(known.last ?? "")"))
    }

    /// Why a word is no field.
    struct UnknownField: Error {
        var message: String
    }
}
