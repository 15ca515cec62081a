import MavaAPI

extension RowCondition {
    /// The writings of a priority, such as `3` and `high`.
    package static func writings(ofPriority number: Int) -> [String] {
        let word = TicketPriority(rawValue: number).map { "\($0)" }
        return ["\(number)"] + (word.map { [$0] } ?? [])
    }

    /// What a comparison asks about.
    public enum Subject: Hashable, Sendable {
        /// A column of the input, by its name as the condition writes it.
        case column(String)
        /// The wanted value of a field: `status`, `priority`, `category` or `assignee`.
        case new(String)
        /// The present value of a ticket's field.
        ///
        /// It is one of `status`, `priority`, `category`, `assignee`, `createdAt`, `updatedAt`, `aiStatus`,
        /// `origin`, `tags`, `subject`, `customer`, `csat`, `link`, `currentStatus` and `ticketId`.
        case old(String)
    }

    /// The value of a subject, for one row or ticket.
    public enum Value: Hashable, Sendable {
        /// A blank, a null, or no such value.
        case missing
        /// One value in its equivalent writings: `["3", "high"]`, or an agent's id, name and e-mail.
        case text([String])
        /// A time, in microseconds since 1970.
        case time(Int64)
        /// Several values, such as tags, each in its equivalent writings.
        case list([[String]])
    }
}

extension RowCondition.Value {
    /// What a row wants that takes its ticket from its agent; a row that says nothing about it wants nothing.
    package static var clearedAssignee: Self { .text(["unassigned"]) }
}

extension RowCondition.Subject: CustomStringConvertible {
    /// The subject as a condition writes it, or a column's name.
    public var description: String {
        switch self {
        case .column(let name): name
        case .new(let name): "new.\(name)"
        case .old(let name): "old.\(name)"
        }
    }
}

extension RowCondition.Subject {
    /// Whether its values are priorities.
    var isPriority: Bool {
        switch self {
        case .column(let name): ColumnRole(columnName: name).group == ColumnRole.priority.group
        case .new(let name), .old(let name): name == "priority"
        }
    }
}

extension TicketPriority {
    /// Reads `low`, `medium` or `high`, in any letter case.
    init?(word: String) {
        let word = FoldedText.trimmed(word)
        guard let found = Self.allCases.first(where: { "\($0)" == word }) else { return nil }
        self = found
    }

    /// Its number.
    var decimal: DecimalNumber? { DecimalNumber(Substring("\(rawValue)")) }
}
