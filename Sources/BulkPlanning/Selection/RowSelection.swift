public import BulkPlan

/// Which rows of an input take part in a plan; the others are excluded.
public struct RowSelection: Hashable, Sendable {
    /// The conditions, all of which must hold.
    public var conditions: [RowCondition] = []
    /// The part of the input whose rows take part; `nil` for all of it.
    ///
    /// A limit and a sample count the rows of the shard.
    public var shard: RowShard?
    /// The most rows to take: the first ones for which the conditions hold; `nil` for all.
    public var limit: Int?
    /// The number of rows to take at random from those for which the conditions hold; `nil` for all.
    public var sample: Int?
    /// What the random choice starts from; the same seed chooses the same rows.
    public var seed: UInt64 = 1
    /// Rows that are excluded by their numbers, from all rows that the input must have; `nil` for none.
    package var excluded: RowNumbers?

    /// Selects all rows.
    public init() {}

    /// The same selection for an input, where a name that no column has means what the tickets hold.
    ///
    /// - Parameter columns: The names of the input's columns.
    /// - Returns: The selection.
    func resolved(_ columns: [String]) -> RowSelection {
        var selection = self
        selection.conditions = conditions.map { condition in
            condition.asking { subject in
                guard case .column(let name) = subject, let held = subject.held,
                    ColumnMap.column(named: name, in: columns) == nil
                else { return subject }
                return held
            }
        }
        return selection
    }

    /// Whether the rows are those of an earlier run, for which the conditions held before.
    var isOfRun: Bool { excluded != nil }
    /// Whether the number of rows taken is limited.
    var isCounted: Bool { limit != nil || sample != nil }
    /// The comparisons of all conditions, in the order of the conditions.
    var comparisons: [RowCondition.Comparison] { conditions.flatMap(\.comparisons) }
    /// Whether a condition compares tickets' current values.
    package var asksTickets: Bool {
        comparisons.contains { SelectedValues.Subject($0.subject)?.isOld == true }
    }

    /// Whether a condition compares the time of a ticket's last change.
    var asksForUpdateTimes: Bool {
        comparisons.contains { $0.subject == .old("updatedAt") }
    }

    /// The fields of tickets that conditions compare.
    var fieldsAsked: FieldSet {
        comparisons.reduce(into: FieldSet()) { fields, comparison in
            switch SelectedValues.Subject(comparison.subject) {
            case .status(isNew: false)?: fields.insert(.status)
            case .priority(isNew: false)?: fields.insert(.priority)
            case .category(isNew: false)?: fields.insert(.category)
            case .assignee(isNew: false)?: fields.insert(.assignee)
            default: break
            }
        }
    }

    /// Whether a condition compares with the names of agents or of categories.
    func names(_ field: TicketField) -> Bool {
        comparisons.contains { comparison in
            switch SelectedValues.Subject(comparison.subject) {
            case .assignee?: field == .assignedTo
            case .category?: field == .categoryID
            default: false
            }
        }
    }

    /// The most comparisons of all conditions together: each uses one bit of a row's results.
    static let mostComparisons = 64

    /// Refuses conditions with too many comparisons.
    func requireFewComparisons() throws(ConditionError) {
        guard comparisons.count > Self.mostComparisons else { return }
        throw error(
            "there are more than \(Self.mostComparisons) comparisons in all conditions together",
            at: Self.mostComparisons)
    }

    /// Whether the conditions hold, as far as the known results decide it.
    ///
    /// - Parameter result: Returns the result of a comparison by its index in ``comparisons``; `nil` when it
    ///   is unknown.
    /// - Returns: Whether they hold; `nil` when the known results do not decide it.
    func decided(_ result: (Int) -> Bool?) -> Bool? {
        var outcome: Bool? = true
        var start = 0
        for condition in conditions {
            switch condition.decided(comparison: { result(start + $0) }) {
            case false?: return false
            case nil: outcome = nil
            case true?: break
            }
            start += condition.comparisons.count
        }
        return outcome
    }

    /// Makes an error at the subject of a comparison, or at one of its values.
    func error(_ message: String, at index: Int, literal: Int? = nil) -> ConditionError {
        var index = index
        for condition in conditions {
            if index < condition.comparisons.count {
                return literal.map { condition.error(message, atLiteral: $0, of: index) }
                    ?? condition.error(message, atSubjectOf: index)
            }
            index -= condition.comparisons.count
        }
        preconditionFailure("a comparison belongs to a condition")
    }
}
