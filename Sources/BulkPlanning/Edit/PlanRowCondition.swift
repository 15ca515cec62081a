import BulkPlan
import BulkRecords
import BulkSystem
import MavaAPI

/// A condition over the rows of one saved plan.
///
/// The plan holds only what its rows write and what they replace. So a comparison can be undecided: `old.status` of
/// a row that changes the priority alone, for example.
struct PlanRowCondition {
    /// What a comparison asks about.
    private enum Subject {
        case row
        case disposition
        case ticketID(Int)
        case cell(Int, ColumnRole)
        case new(TicketField)
        case old(TicketField)
        case createdAt
    }

    let condition: RowCondition
    /// The comparisons, with the ids of the names in them.
    private let comparisons: [RowCondition.Comparison]
    private let subjects: [Subject]
    private let directory: NameDirectory
    private let columnNames: [String]

    /// Finds what a condition asks about in a plan.
    ///
    /// - Throws: A `ConditionError` for a column, a field or a name that the plan does not have.
    init(_ condition: RowCondition, _ header: PlanHeader) throws(ConditionError) {
        self.condition = condition
        let directory = NameDirectory(header)
        self.directory = directory
        columnNames = header.input.columns
        let columns = PlanColumns(columnNames)
        var subjects: [Subject] = []
        for (index, comparison) in condition.comparisons.enumerated() {
            let subject = try Self.subject(index, condition, columns, header)
            switch subject {
            case .disposition: try Self.checkDispositions(comparison, index, condition)
            case .row:
                if let place = comparison.unknownNumber {
                    throw condition.error("a row is a number", atLiteral: place, of: index)
                }
            case .ticketID, .cell, .new, .old, .createdAt: break
            }
            try Self.checkNames(comparison, index, condition, header, directory)
            subjects.append(subject)
        }
        self.subjects = subjects
        comparisons = zip(condition.comparisons, subjects).map { comparison, subject in
            if case .ticketID = subject { return comparison.resolvedTickets }
            return comparison.resolved(Self.thing(subject), in: directory)
        }
    }

    private static func subject(
        _ index: Int, _ condition: RowCondition, _ columns: PlanColumns, _ header: PlanHeader
    ) throws(ConditionError) -> Subject {
        switch condition.comparisons[index].subject {
        case .column(let name):
            let several = ColumnMap.columns(meantBy: name, in: header.input.columns)
            guard several.isEmpty else {
                let list = several.map { quoted($0) }.joined(separator: " or ")
                throw condition.error("write the exact name, \(list)", atSubjectOf: index)
            }
            if let column = columns.column(named: name) {
                let role = ColumnRole(columnName: header.input.columns[column])
                return role == .ticketID ? .ticketID(column) : .cell(column, role)
            }
            switch ColumnRole.plain(name) {
            case "row": return .row
            case "disposition": return .disposition
            default: break
            }
            let known = header.input.columns + ["row", "disposition"]
            let meant = closest(to: ColumnRole.plain(name), among: known, by: ColumnRole.plain)
            throw condition.error(
                (meant.map { "did you mean \(quoted($0))? " } ?? "")
                    + "the plan has no column \(quoted(name))", atSubjectOf: index)
        case .new(let name):
            if let field = field(name) { return .new(field) }
        case .old(let name):
            if let field = field(name) { return .old(field) }
            if name == "createdAt" { return .createdAt }
        }
        throw condition.error(
            "a plan does not hold this of a ticket: plan again with \(SettingName.conditions) to choose by it",
            atSubjectOf: index)
    }

    private static func thing(_ subject: Subject) -> NamedThing? {
        switch subject {
        case .new(.assignedTo), .old(.assignedTo): .agent
        case .new(.categoryID), .old(.categoryID): .category
        default: nil
        }
    }

    private static func field(_ name: String) -> TicketField? {
        TicketField.allCases.first { Self.name($0) == name }
    }

    /// Refuses a name that no change of the plan has: a misspelt one would leave out nothing, or all rows.
    private static func checkNames(
        _ comparison: RowCondition.Comparison, _ index: Int, _ condition: RowCondition,
        _ header: PlanHeader, _ directory: NameDirectory
    ) throws(ConditionError) {
        let isAgent: Bool
        switch comparison.subject {
        case .new("assignee"), .old("assignee"): isAgent = true
        case .new("category"), .old("category"): isAgent = false
        default: return
        }
        let names = isAgent ? header.agentNames : header.categoryNames
        guard comparison.relation.isEquality, !names.isEmpty, names.count < PlanHeader.nameLimit
        else { return }
        for (place, name) in comparison.literals.enumerated() where !name.isEmpty {
            if isAgent, name.lowercased() == "unassigned" { continue }
            if TicketID(name)?.isObjectID == true { continue }
            let match = isAgent ? directory.agent(name) : directory.category(name)
            if case .ambiguous = match {
                let thing: NamedThing = isAgent ? .agent : .category
                throw condition.error(thing.issue(name, match).message, atLiteral: place, of: index)
            }
            guard case .unknown(let meant) = match else { continue }
            throw condition.error(
                (meant.map { "did you mean \(quoted($0))? " } ?? "")
                    + "no change of the plan names the \(isAgent ? "agent" : "category") "
                    + "\(quoted(name)), and a plan knows each only by its id and one name",
                atLiteral: place, of: index)
        }
    }

    /// Refuses a word that is no disposition: it would leave out nothing, or all rows.
    private static func checkDispositions(
        _ comparison: RowCondition.Comparison, _ index: Int, _ condition: RowCondition
    ) throws(ConditionError) {
        guard comparison.relation.isEquality else { return }
        let known = Disposition.allCases.map(\.rawValue)
        for (place, word) in comparison.literals.enumerated() where !word.isEmpty {
            if known.contains(word.lowercased()) { continue }
            let meant = closest(to: word.lowercased(), among: known) { $0 }
            throw condition.error(
                (meant.map { "did you mean \($0)? " } ?? "")
                    + "\(quoted(word)) is none of \(known.joined(separator: ", "))",
                atLiteral: place, of: index)
        }
    }

    /// The comparisons with which the condition would be decided for a row; `nil` where none would do.
    func advice(_ entry: PlanEntry) -> String? {
        var names: [String] = []
        for index in subjects.indices
        where value(subjects[index], comparisons[index], entry) == nil {
            guard case .old(let field) = subjects[index] else { return nil }
            let name = Self.name(field)
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty
            ? nil : names.map { "new.\($0) != ''" }.joined(separator: " and ")
    }

    private static func name(_ field: TicketField) -> String {
        switch field {
        case .status: "status"
        case .priority: "priority"
        case .categoryID: "category"
        case .assignedTo: "assignee"
        }
    }

    /// Whether it holds for a row; `nil` when the plan does not hold enough of the row.
    func decided(_ entry: PlanEntry) -> Bool? {
        condition.decided { index in
            value(subjects[index], comparisons[index], entry).map {
                comparisons[index].holds($0)
            }
        }
    }

    /// What a row has of a subject; `nil` when the plan does not hold it.
    private func value(
        _ subject: Subject, _ comparison: RowCondition.Comparison, _ entry: PlanEntry
    ) -> RowCondition.Value? {
        switch subject {
        case .row: return .text(["\(entry.row)"])
        case .disposition: return .text([entry.disposition.rawValue])
        case .ticketID(let column):
            let id = entry.ticketID.map { [$0] } ?? []
            guard case .text(let texts)? = cell(column, .ticketID, entry) else {
                return id.isEmpty ? nil : .text(id)
            }
            return .text(id + texts)
        case .cell(let column, let role): return cell(column, role, entry)
        case .createdAt:
            guard let id = entry.ticketID.flatMap({ TicketID($0) }) else { return nil }
            return id.creationSeconds.map { .time(Int64($0) * 1_000_000) } ?? .missing
        case .new(let field):
            guard entry.disposition == .update else { return nil }
            guard let after = entry.changes.first(where: { $0.field == field })?.after else {
                return .missing
            }
            if after == .null { return .clearedAssignee }
            return value(after, field, comparison)
        case .old(let field):
            guard entry.disposition == .update else { return nil }
            // Nothing is known of what such a ticket holds, as in planning.
            if entry.isUndiffed { return .missing }
            return entry.changes.first { $0.field == field }?.before
                .map { value($0, field, comparison) }
        }
    }

    private func value(
        _ value: FieldValue, _ field: TicketField, _ comparison: RowCondition.Comparison
    ) -> RowCondition.Value {
        switch (value, field) {
        case (.null, _): .missing
        case (.number(let number), _): .text(RowCondition.writings(ofPriority: number))
        case (.text(let id), .assignedTo):
            .text(directory.writings(of: id, .agent, for: comparison))
        case (.text(let id), .categoryID):
            .text(directory.writings(of: id, .category, for: comparison))
        case (.text(let text), _): .text([text])
        }
    }

    private func cell(
        _ column: Int, _ role: ColumnRole, _ entry: PlanEntry
    ) -> RowCondition.Value? {
        guard let cells = entry.cells, entry.issue?.code != .malformedRecord else { return nil }
        guard column < cells.count else { return .missing }
        switch entry.forms?[column] ?? .string {
        case .absent, .null: return .missing
        case .json:
            if let list = RowCondition.Value(array: cells[column]) { return list }
        case .string: break
        }
        var written = cells[column]
        let kind: ValueKind = entry.forms == nil ? .text : .string
        return written.withUTF8 {
            RowCondition.Value($0, kind, role, column: columnNames[column])
        }
    }
}
