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
        case .status, .priority:
            let isStatus = role == .status
            var text = found
            if text.withUTF8({ equalsIgnoringCase($0, "null") }) {
                return notClearable(role, column: column)
            }
            if found == "NA" {
                return RowIssue(
                    code: isStatus ? .statusInvalid : .priorityInvalid,
                    message:
                        "leave the cell blank to keep the field as it is: \"NA\" is what programs write there",
                    column: column, value: found)
            }
            let guess = isStatus ? statusMeant(by: found) : ForeignWord.priority(found)
            let texts = isStatus ? statusTexts : priorityTexts
            return RowIssue(
                code: isStatus ? .statusInvalid : .priorityInvalid,
                guess == nil
                    ? .value(before: texts.list, after: texts.unknown)
                    : .suggestion(after: texts.listed),
                column: column, value: found, suggestion: guess)
        case .expectUpdatedAt:
            return RowIssue(
                code: .valueInvalid, .value(before: wantedTime, after: isNoTime), column: column,
                value: found)
        default:
            return notClearable(role, column: column)
        }
    }

    /// The status that a text most likely means.
    private static func statusMeant(by text: String) -> String? {
        var text = text
        let found = text.withUTF8 { text in
            ForeignWord.withLowercaseASCII(text) { word in
                ForeignWord.status(ofASCII: word)
                    ?? (startsWithNot(word) ? nil : statusSpellings.closest(toASCII: word))
            }
        }
        if let found { return found }
        let word = text.lowercased()
        return ForeignWord.status(text)
            ?? (word.hasPrefix("not ") ? nil : statusSpellings.closest(to: word))
    }

    private static func startsWithNot(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        word.count >= 4
            && equalsIgnoringCase(UnsafeBufferPointer(rebasing: word[..<4]), "not ")
    }

    /// What messages about a field's wrong values have in common.
    private struct Texts {
        /// What to use, before a value that means nothing.
        let list: RowIssue.FixedText
        /// What follows such a value.
        let unknown: RowIssue.FixedText
        /// What follows a value that means something.
        let listed: RowIssue.FixedText

        init(_ field: String, use choices: [String], names: String) {
            let last = choices.last ?? ""
            list = RowIssue.FixedText(
                "use \(choices.dropLast().joined(separator: ", ")) or \(last): ")
            unknown = RowIssue.FixedText(" is not a \(field) of Mava")
            listed = RowIssue.FixedText(" is not a \(field) of Mava (\(names))")
        }
    }

    private static let statusNames = TicketStatus.allCases.map(\.rawValue)
    private static let statusSpellings = KnownSpellings(statusNames.map { ($0, $0.lowercased()) })
    private static let statusTexts = Texts(
        "status", use: statusNames, names: statusNames.joined(separator: ", "))
    private static let priorityTexts = Texts(
        "priority", use: TicketPriority.choices,
        names: TicketPriority.allCases.map { "\($0.rawValue) \($0.word)" }.joined(separator: ", "))
    private static let wantedTime = RowIssue.FixedText("write a time as 2026-03-01T09:30:00Z: ")
    private static let isNoTime = RowIssue.FixedText(" is not one")

    /// The issue for clearing a field that always has a value.
    static func notClearable(_ role: ColumnRole, column: String) -> RowIssue {
        let isExpectation = !role.isChange
        return RowIssue(
            code: .notClearable,
            message: isExpectation
                ? "leave the value out to expect nothing: a ticket always has one"
                : "leave the value out to keep the field as it is, or the whole column with "
                    + "\(SettingName.ignoredColumns): only the assignee can be cleared",
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
