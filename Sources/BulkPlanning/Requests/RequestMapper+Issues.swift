import BulkRecords
import MavaAPI

extension RequestMapper {
    /// What is wrong with a text that has no meaning in its column.
    static func issue(_ role: ColumnRole, found: String, column: String) -> RowIssue {
        switch role {
        case .status:
            if found.lowercased() == "null" { return notClearable(role, column: column) }
            let names = TicketStatus.allCases.map(\.rawValue)
            let guess = closest(to: found.lowercased(), among: names) { $0.lowercased() }
            let hint = guess.map { "; did you mean \($0)?" } ?? ""
            return RowIssue(
                code: .statusInvalid,
                message:
                    "\(quoted(found)) is no status: use \(names.joined(separator: ", "))\(hint)",
                column: column)
        case .priority:
            if found.lowercased() == "null" { return notClearable(role, column: column) }
            return RowIssue(
                code: .priorityInvalid,
                message: "\(quoted(found)) is no priority: use 1 (low), 2 (medium) or 3 (high)",
                column: column)
        case .expectUpdatedAt:
            return RowIssue(
                code: .valueInvalid,
                message: "\(quoted(found)) is no time: write it as 2026-03-01T09:30:00Z",
                column: column)
        default:
            return notClearable(role, column: column)
        }
    }

    /// That a field which always has a value is asked to have none.
    static func notClearable(_ role: ColumnRole, column: String) -> RowIssue {
        let isExpectation = !role.isChange
        return RowIssue(
            code: .notClearable,
            message: isExpectation
                ? "a ticket always has one: leave the value out to expect nothing"
                : "only the assignee can be cleared: leave the value out to keep the field as it is",
            column: column)
    }

    /// That a JSON value is of a type which its key does not take.
    static func wrongType(
        _ role: ColumnRole, kind: ValueKind, raw: String, column: String
    ) -> RowIssue {
        let wanted =
            role == .priority || role == .expectPriority ? "a number or a string" : "a string"
        let code: RowIssue.Code =
            switch role {
            case .ticketID: .ticketIDInvalid
            case .status: .statusInvalid
            case .priority: .priorityInvalid
            default: .valueInvalid
            }
        return RowIssue(
            code: code, message: "\(quoted(raw)) is \(words(kind)): write \(wanted)", column: column
        )
    }

    private static func words(_ kind: ValueKind) -> String {
        switch kind {
        case .text, .quotedText, .string: "a text"
        case .number: "a number"
        case .true, .false: "true or false"
        case .null: "null"
        case .object: "an object"
        case .array: "a list"
        }
    }
}
