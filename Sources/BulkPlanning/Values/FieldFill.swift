import BulkSystem
public import BulkPlan
import MavaAPI

/// Why a value given for a field cannot be written.
public struct FieldValueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and how to fix it, in words.
    public var message: String

    /// The message.
    public var description: String { message }
}

/// A value that rows get for a field from elsewhere than the input's columns.
public struct FieldFill: Hashable, Sendable {
    /// The rows that get the value.
    public enum Scope: Hashable, Sendable {
        /// All rows, whatever they say.
        case all
        /// The rows that say nothing about the field.
        case blank
    }

    /// The field.
    public var field: TicketField
    /// Which rows get it.
    public var scope: Scope
    /// What they get, as cells write it; `nil` clears the assignee.
    public let text: String?
    let wanted: FieldText

    /// Makes a fill.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - text: The value as a cell writes it: a status, a priority, or an id or a name; `unassigned`
    ///     clears the assignee.
    ///   - scope: Which rows get it.
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

/// What a text means for a field, as far as that can be said without lists of agents and categories.
enum FieldText: Hashable, Sendable {
    /// A status's or a priority's number.
    case number(UInt8)
    /// An id or a name.
    case name(String)
    /// No agent.
    case none

    init(_ text: String, _ field: TicketField) throws(FieldValueError) {
        let text = String(
            decoding: Array(text.utf8).withUnsafeBufferPointer { Array(trimmed($0)) },
            as: UTF8.self)
        guard !text.isEmpty else {
            throw FieldValueError(
                message: field == .assignedTo
                    ? "the value is blank: write `unassigned` to clear the assignee"
                    : "the value is blank: only the assignee can be cleared, with `unassigned`")
        }
        let number: UInt8? = Array(text.utf8).withUnsafeBufferPointer { bytes in
            switch field {
            case .status: statusNumber(bytes)
            case .priority: priorityNumber(bytes)
            case .categoryID, .assignedTo: nil
            }
        }
        let clears = ["unassigned", "null"].contains(text.lowercased())
        switch field {
        case .status, .priority:
            guard let number else {
                let role: ColumnRole = field == .status ? .status : .priority
                throw FieldValueError(
                    message: RequestMapper.issue(role, found: text, column: field.rawValue).message)
            }
            self = .number(number)
        case .categoryID:
            guard !clears else {
                throw FieldValueError(
                    message: "name a category: only the assignee can be cleared")
            }
            self = .name(text)
        case .assignedTo: self = clears ? .none : .name(text)
        }
    }
}
