import BulkPlan
import BulkSystem
import BulkRecords
import MavaAPI

extension RequestMapper {
    /// Reports that two values of a record mean the same thing.
    mutating func reportDoubled(_ column: Int) {
        guard note(.valueInvalid) else { return }
        issues.append(
            RowIssue(
                code: .valueInvalid,
                message: "remove one: another key of the object says the same thing",
                column: columns.names[column]))
    }

    /// Reports a text without a meaning in its column.
    mutating func report(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>, column: Int
    ) {
        guard note(Self.code(role, text)) else { return }
        let found = String(decoding: text, as: UTF8.self)
        // Where hardly a value occurs again, looking for it costs more than it saves.
        guard wrongValueMisses < WrongValue.patience else {
            return issues.append(Self.issue(role, found: found, column: columns.names[column]))
        }
        let value = WrongValue(role: role, column: column, text: found)
        if let issue = wrongValues[value] {
            wrongValueMisses = 0
            return issues.append(issue)
        }
        wrongValueMisses += 1
        let issue = Self.issue(role, found: found, column: columns.names[column])
        if wrongValues.count < WrongValue.most, text.count <= 100 {
            wrongValues[value] = issue
        }
        issues.append(issue)
    }

    /// Reports an issue of the record.
    mutating func report(_ issue: RowIssue) {
        if note(issue.code) { issues.append(issue) }
    }

    /// The cause of the issue for a text without a meaning in its column.
    private static func code(
        _ role: ColumnRole, _ text: UnsafeBufferPointer<UInt8>
    ) -> RowIssue.Code {
        switch role {
        case .status where !equalsIgnoringCase(text, "null"): .statusInvalid
        case .priority where !equalsIgnoringCase(text, "null"): .priorityInvalid
        case .expectUpdatedAt: .valueInvalid
        default: .notClearable
        }
    }

    /// The issue for a text without a meaning in its column.
    static func issue(_ role: ColumnRole, found: String, column: String) -> RowIssue {
        switch role {
        case .status:
            let word = found.lowercased()
            if word == "null" { return notClearable(role, column: column) }
            let guess =
                ForeignWord.status(found)
                ?? (word.hasPrefix("not ") ? nil : statusSpellings.closest(to: word))
            return RowIssue(
                code: .statusInvalid,
                message: guess.map {
                    "did you mean \($0)? \(quoted(found)) is not a status of Mava (\(statusListing))"
                } ?? "use \(statusList): \(quoted(found)) is not a status of Mava",
                column: column, value: found, suggestion: guess)
        case .priority:
            if found.lowercased() == "null" { return notClearable(role, column: column) }
            let guess = ForeignWord.priority(found)
            return RowIssue(
                code: .priorityInvalid,
                message: guess.map {
                    "did you mean \($0)? \(quoted(found)) is not a priority of Mava (\(priorityNames))"
                } ?? "use \(priorityList): \(quoted(found)) is not a priority of Mava",
                column: column, value: found, suggestion: guess)
        case .expectUpdatedAt:
            return RowIssue(
                code: .valueInvalid,
                message: "write a time as 2026-03-01T09:30:00Z: \(quoted(found)) is not one",
                column: column, value: found)
        default:
            return notClearable(role, column: column)
        }
    }

    // Every message of a wrong value has one of these texts, so they are made once.
    private static let statusNames = TicketStatus.allCases.map(\.rawValue)
    private static let statusSpellings = KnownSpellings(statusNames.map { ($0, $0.lowercased()) })
    private static let statusListing = statusNames.joined(separator: ", ")
    private static let statusList = choice(statusNames)
    private static let priorityNames = TicketPriority.allCases
        .map { "\($0.rawValue) \($0.word)" }.joined(separator: ", ")
    private static let priorityList = choice(TicketPriority.choices)

    private static func choice(_ names: [String]) -> String {
        names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    }

    /// The issue for clearing a field that always has a value.
    static func notClearable(_ role: ColumnRole, column: String) -> RowIssue {
        let isExpectation = !role.isChange
        return RowIssue(
            code: .notClearable,
            message: isExpectation
                ? "leave the value out to expect nothing: a ticket always has one"
                : "leave the value out to keep the field as it is: only the assignee can be cleared",
            column: column)
    }

    /// The issue for a JSON value of a type that its key does not accept.
    static func wrongType(
        _ role: ColumnRole, kind: ValueKind, raw: String, column: String
    ) -> RowIssue {
        if role == .ticketID, kind == .object || kind == .array {
            let meant = TicketIDText.idsInside(raw)
            if meant.count == 1 {
                return RowIssue(
                    code: .ticketIDInvalid,
                    message: "write the id alone, as a string: did you mean \(meant[0])?",
                    column: column, value: raw, suggestion: meant[0])
            }
        }
        if kind == .number, let issue = number(role, raw, column: column) { return issue }
        let wanted =
            role == .priority || role == .expectPriority ? "a number or a string" : "a string"
        return RowIssue(
            code: wrongTypeCode(role), message: "write \(wanted): \(quoted(raw)) is \(words(kind))",
            column: column, value: raw)
    }

    /// The cause of the issue for a JSON value of a type that its key does not accept.
    static func wrongTypeCode(_ role: ColumnRole) -> RowIssue.Code {
        switch role {
        case .ticketID: .ticketIDInvalid
        case .status: .statusInvalid
        case .priority: .priorityInvalid
        default: .valueInvalid
        }
    }

    /// The issue for a JSON number where a text belongs, if the number itself shows the mistake.
    private static func number(_ role: ColumnRole, _ raw: String, column: String) -> RowIssue? {
        switch role {
        case .ticketID:
            guard TicketID(raw)?.isObjectID == true else {
                return TicketIDText.issue(raw, column: column)
            }
            return RowIssue(
                code: .ticketIDInvalid,
                message: "write \(quoted(raw)) as a string: JSON numbers lose digits",
                column: column, value: raw, suggestion: quoted(raw))
        case .status: return issue(.status, found: raw, column: column)
        default: return nil
        }
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

/// A value without a meaning in its column.
struct WrongValue: Hashable {
    /// The most whose issues are kept.
    static let most = 256
    /// How many new values in a row end the search for known ones.
    static let patience = 4 * most

    var role: ColumnRole
    var column: Int
    var text: String
}
