internal import BulkPlan
internal import BulkSystem
internal import MavaAPI

/// Why what one row changed cannot be put back.
enum UndoRefusal: Hashable {
    /// What the change replaced cannot be written, or is not known.
    case final(PlanSummary.Finality, FieldChange)
    /// Something else changed the field between two of the runs.
    case changedBetween(TicketField)
    /// A later row for the ticket replaced all that the row asked for.
    case replaced

    /// Finds the first change that cannot be put back.
    ///
    /// Whether an agent or a category is still listed is known only when the undo is planned.
    init?(_ changes: [FieldChange]) {
        guard !changes.isEmpty else {
            self = .replaced
            return
        }
        for change in changes {
            guard
                let reason = PlanSummary.Finality(
                    change.field, change.before, isGone: { _, _ in false })
            else { continue }
            self = .final(reason, change)
            return
        }
        return nil
    }

    /// What is wrong with the row and what to do.
    var message: String {
        let others =
            "set it in Mava, and undo the other fields alone (\(SettingName.undoneFields)): "
        switch self {
        case .final(.notRead, _):
            return
                "look at the ticket: it was not read before it was changed, so what it held is not known"
        case .final(.noCategory, _):
            return
                "remove it in Mava, and undo the other fields alone (\(SettingName.undoneFields)): the ticket had no category, "
                + "and no update clears one"
        case .final(.priority, let change):
            return others + "no update sets the priority \(Self.shown(change.before))"
        case .final(.status, let change):
            return others + "no update sets the status \(Self.shown(change.before))"
        case .final(_, let change):
            return others + "no update sets \(Self.shown(change.before))"
        case .changedBetween(let field):
            return
                "look at the ticket: its \(field.rawValue) was changed between the runs, by something else"
        case .replaced:
            return
                "nothing is to be undone: a later row for the ticket replaced all that this row asked for"
        }
    }

    /// The reason as the planner and previews count it.
    var obstacle: UndoObstacle {
        switch self {
        case .final(.notRead, _): .notRead
        case .final(.noCategory, _): .noCategory
        case .final: .unwritable
        case .changedBetween: .changedBetween
        case .replaced: .replaced
        }
    }

    private static func shown(_ value: FieldValue?) -> String {
        switch value {
        case nil, .null?: "none"
        case .number(let number)?: "\(number)"
        case .text(let text)?: quoted(text)
        }
    }
}
