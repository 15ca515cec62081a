import BulkSystem
public import BulkPlan
import MavaAPI

/// Why a value given for a field cannot be written.
public struct FieldValueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and how to fix it.
    public var message: String

    /// The message.
    public var description: String { message }
}

/// A value for a field of rows that does not come from the input's columns.
public struct FieldFill: Hashable, Sendable {
    /// The rows that get the value.
    public enum Scope: Hashable, Sendable {
        /// All rows, whatever their own value.
        case all
        /// The rows without a value for the field.
        case blank
    }

    /// The field.
    public var field: TicketField
    /// The rows that get the value.
    public var scope: Scope
    /// The value as written in a cell; `nil` clears the assignee.
    public let text: String?
    /// What the value means.
    package let wanted: FieldText

    /// Makes a fill.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - text: The value as written in a cell: a status, a priority, or an id or a name; `unassigned`
    ///     clears the assignee.
    ///   - scope: The rows that get the value.
    /// - Throws: A ``FieldValueError`` when no update can write the value.
    public init(
        _ field: TicketField, _ text: String, scope: Scope = .all
    ) throws(FieldValueError) {
        self.field = field
        self.scope = scope
        wanted = try FieldText(text, field)
        self.text = wanted == .none ? nil : text
    }
}

/// The meaning of a text for a field, as far as it is known without lists of agents and categories.
package enum FieldText: Hashable, Sendable {
    /// The number of a status or priority.
    case number(UInt8)
    /// An id or a name.
    case name(String)
    /// No agent.
    case none

    init(_ text: String, _ field: TicketField) throws(FieldValueError) {
        if let value = Self(meaning: text, field) {
            self = value
            return
        }
        let text = Self.withoutBlanks(text)
        guard !text.isEmpty else {
            throw FieldValueError(
                message: field == .assignedTo
                    ? "the value is blank: write `unassigned` to clear the assignee"
                    : "the value is blank: only the assignee can be cleared, with `unassigned`")
        }
        guard field == .status || field == .priority else {
            throw FieldValueError(message: "name a category: only the assignee can be cleared")
        }
        guard !["null", "na"].contains(text.lowercased()) else {
            throw FieldValueError(message: "give it a value: only the assignee can be cleared")
        }
        let role: ColumnRole = field == .status ? .status : .priority
        throw FieldValueError(
            message: RequestMapper.issue(role, found: text, column: field.rawValue).message)
    }

    /// Makes the meaning of a text; `nil` where it cannot be written, without the reason in words.
    init?(meaning text: String, _ field: TicketField) {
        let text = Self.withoutBlanks(text)
        if text.isEmpty { return nil }
        switch field {
        case .status, .priority:
            let number = Array(text.utf8).withUnsafeBufferPointer { bytes in
                field == .status
                    ? FieldRules.standard.status(of: bytes)
                    : FieldRules.standard.priority(of: bytes)
            }
            guard let number else { return nil }
            self = .number(number)
        case .categoryID, .assignedTo:
            let mayClear = text.utf8.count <= 10
            guard mayClear, ["unassigned", "null"].contains(text.lowercased()) else {
                self = .name(text)
                return
            }
            guard field == .assignedTo else { return nil }
            self = .none
        }
    }

    private static func withoutBlanks(_ text: String) -> String {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            String(decoding: trimmed(bytes), as: UTF8.self)
        }
    }
}
