public import BulkPlan
import BulkSystem
import MavaAPI

/// A condition on listed tickets.
///
/// It uses the columns of an export by name, with or without `old.` before the name.
public struct TicketCondition: Sendable {
    private let condition: RowCondition
    private let columns: [ExportColumn]
    /// The comparisons, all with current values, so that `unassigned` means the same in each of them.
    private let comparisons: [RowCondition.Comparison]

    /// Creates a condition on tickets.
    ///
    /// - Parameter condition: The condition.
    /// - Throws: A `ConditionError` when it uses something that a listing does not have.
    public init(_ condition: RowCondition) throws(ConditionError) {
        self.condition = condition
        var columns: [ExportColumn] = []
        for (index, comparison) in condition.comparisons.enumerated() {
            let name: String
            switch comparison.subject {
            case .column(let column), .old(let column): name = column
            case .new:
                throw condition.error(
                    "a ticket says only what it holds: write it without new.", atSubjectOf: index)
            }
            guard let column = ExportColumn(name: name) else {
                let names = ExportColumn.allCases.map(\.rawValue)
                let meant = closest(to: name.lowercased(), among: names) { $0.lowercased() }
                throw condition.error(
                    (meant.map { "did you mean \($0)? " } ?? "")
                        + "tickets have the columns \(names.joined(separator: ", "))",
                    atSubjectOf: index)
            }
            columns.append(column)
            if let unknown = Self.unknownValue(of: column, comparison) {
                throw condition.error(unknown.message, atLiteral: unknown.literal, of: index)
            }
        }
        self.columns = columns
        comparisons = zip(condition.comparisons, columns).map { comparison, column in
            switch column {
            case .assignedTo, .assignee: comparison.asking(.old("assignee"))
            case .categoryID, .category: comparison.asking(.old("category"))
            case .ticketID: comparison.resolvedTickets(Self.idInLink)
            default: comparison.asking(.old(column.rawValue))
            }
        }
    }

    /// The first of a comparison's values that no ticket has in a column: it would choose nothing, or everything.
    private static func unknownValue(
        of column: ExportColumn, _ comparison: RowCondition.Comparison
    ) -> (literal: Int, message: String)? {
        switch column {
        // The other column of the status is for those that are not documented.
        case .status: comparison.unknownWord(of: .status)
        case .priority: comparison.unknownWord(of: .priority)
        case .createdAt, .updatedAt: comparison.unknownTime
        case .csat:
            comparison.unknownNumber.map {
                ($0, "a csat is a number from 1 to 5; where there is none, `csat = ''` holds")
            }
        case .origin: comparison.misspeltWord(among: TicketOrigin.known)
        case .aiStatus: comparison.misspeltWord(among: ["HandedOff", "Resolved", "Pending"])
        case .ticketID, .currentStatus, .categoryID, .category, .assignedTo, .assignee, .tags,
            .customer, .subject, .link:
            nil
        }
    }

    /// Refuses names of agents or categories that do not exist.
    ///
    /// - Parameter lookups: The existing agents and categories.
    /// - Throws: A `ConditionError` with the name's position.
    public func check(_ lookups: Lookups) throws(ConditionError) {
        let directory = NameDirectory(agents: lookups.agents, categories: lookups.categories)
        for (index, comparison) in condition.comparisons.enumerated() {
            guard let thing = Self.thing(columns[index]) else { continue }
            if let unknown = comparison.unknownName(of: thing, in: directory) {
                throw condition.error(unknown.message, atLiteral: unknown.literal, of: index)
            }
        }
    }

    /// The id in a dashboard's link to a ticket.
    private static func idInLink(_ text: String) -> String? {
        guard text.lowercased().hasPrefix("https://dashboard.mava.app/") else { return nil }
        let parameter = text.split { "?&#".contains($0) }.first { $0.hasPrefix("id=") }
        guard let id = parameter?.dropFirst(3), TicketID(String(id))?.isObjectID == true else {
            return nil
        }
        return String(id)
    }

    private static func thing(_ column: ExportColumn) -> NamedThing? {
        switch column {
        case .assignedTo, .assignee: .agent
        case .categoryID, .category: .category
        default: nil
        }
    }

    /// Makes a filter from the condition and the names of agents and categories.
    ///
    /// - Parameter lookups: The existing agents and categories.
    /// - Returns: A condition for a ``TicketFilter``.
    public func filter(_ lookups: Lookups) -> @Sendable (ListedTicket) -> Bool {
        let directory = NameDirectory(agents: lookups.agents, categories: lookups.categories)
        let (condition, columns) = (condition, columns)
        let comparisons = zip(comparisons, columns).map { comparison, column in
            comparison.resolved(Self.thing(column), in: directory)
        }
        return { ticket in
            condition.holds(comparison: { index in
                let comparison = comparisons[index]
                return comparison.holds(
                    ticket.value(of: columns[index], directory, comparison))
            })
        }
    }
}

extension ListedTicket {
    /// A column's value in its equivalent spellings.
    fileprivate func value(
        of column: ExportColumn, _ directory: NameDirectory,
        _ comparison: RowCondition.Comparison
    ) -> RowCondition.Value {
        func text(_ text: String?) -> RowCondition.Value { text.map { .text([$0]) } ?? .missing }
        func time(_ microseconds: Int64?) -> RowCondition.Value {
            microseconds.map { .time($0) } ?? .missing
        }
        func names(_ id: String?, _ listed: String?, _ thing: NamedThing) -> RowCondition.Value {
            let known = id.map { directory.writings(of: $0, thing, for: comparison) } ?? []
            // A listed value compared as a whole is its id alone.
            if comparison.relation.isEquality, let id, directory.lists(id, thing) {
                return .text(known)
            }
            let names = known + [listed].compactMap(\.self)
            if column == .categoryID || column == .assignedTo, let id, !known.contains(id) {
                return .text([id] + names)
            }
            if !comparison.looksAtIDs, let listed, known == [id] { return .text([listed]) }
            return names.isEmpty ? .missing : .text(names)
        }
        switch column {
        case .ticketID: return .text([id.rawValue])
        case .status, .currentStatus: return text(status)
        case .priority:
            return priority.map { .text(RowCondition.writings(ofPriority: $0)) } ?? .missing
        case .categoryID, .category:
            return names(categoryID, categoryName, .category)
        case .assignedTo, .assignee:
            return names(assignedTo, assigneeName, .agent)
        case .createdAt: return time(createdMicroseconds)
        case .updatedAt: return time(updatedMicroseconds)
        case .aiStatus: return text(aiStatus)
        case .origin: return text(origin)
        case .tags:
            let known = comparison.looksAtIDs || tags.isEmpty ? tags + tagIDs : tags
            return known.isEmpty ? .missing : .list(known.map { [$0] })
        case .customer: return text(customer)
        case .subject: return text(subject)
        case .csat: return text(satisfaction.map { "\($0)" })
        case .link: return .text([link])
        }
    }
}
