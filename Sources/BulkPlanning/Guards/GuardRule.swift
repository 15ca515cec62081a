import BulkSystem
public import BulkPlan

/// A limit on the tickets of which a field changes from some values to some values.
public struct GuardRule: Hashable, Sendable {
    /// The rule's name: lower-case letters, digits and `-`, a letter first.
    public let name: String
    /// The field.
    public let field: TicketField
    /// The values before the change, as written; `nil` for any.
    public let from: [String?]?
    /// The values after the change, as written; `nil` for any.
    public let to: [String?]?
    /// The most tickets.
    public let most: Int
    /// Whether the limit counts for each value after the change by itself.
    public let each: Bool
    let fromValues: [Value]?
    let toValues: [Value]?
    /// The line of the file that the rule begins on.
    var line: Int?

    /// A value, as far as it can be understood without lists of agents and categories.
    enum Value: Hashable, Sendable {
        /// A status's or a priority's number.
        case number(UInt8)
        /// An id or a name.
        case name(String)
        /// No value.
        case none
    }

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - name: The rule's name, for waivers.
    ///   - field: The field.
    ///   - from: The values before the change: statuses, priorities, ids or names; a `nil` among them is an
    ///     empty field. `nil` for any value.
    ///   - to: The values after the change; `nil` for any value.
    ///   - most: The most tickets.
    ///   - each: Whether the limit counts for each value after the change by itself.
    /// - Throws: A ``FieldValueError`` when the name or a value cannot serve.
    public init(
        name: String, field: TicketField, from: [String?]? = nil, to: [String?]? = nil, most: Int,
        each: Bool = false
    ) throws(FieldValueError) {
        guard Self.isName(name) else {
            throw FieldValueError(
                message:
                    "\(quoted(name)) cannot name a rule: use lower-case letters, digits and "
                    + "-, a letter first")
        }
        guard !PlanGuards.fixedNames.contains(name) else {
            throw FieldValueError(
                message: "\(quoted(name)) is the name of another guard: choose another name")
        }
        guard most >= 0 else {
            throw FieldValueError(message: "a rule allows 0 tickets or more, not \(most)")
        }
        self.name = name
        self.field = field
        self.from = from
        self.to = to
        self.most = most
        self.each = each
        fromValues = try Self.values(from, field, isNew: false)
        toValues = try Self.values(to, field, isNew: true)
    }

    /// Whether a value is a name that has to be looked up.
    var hasNames: Bool {
        ((fromValues ?? []) + (toValues ?? [])).contains {
            if case .name = $0 { true } else { false }
        }
    }

    /// The changes that the rule is about, such as `status from "Resolved" to "Open"`.
    var text: String {
        func list(_ values: [String?]) -> String {
            let texts = values.map { $0.map { quoted($0) } ?? "empty" }
            return texts.count > 3
                ? texts.prefix(3).joined(separator: ", ") + ", …" : texts.joined(separator: " or ")
        }
        return field.rawValue + (from.map { " from \(list($0))" } ?? "")
            + (to.map { " to \(list($0))" } ?? "")
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
        }
    }

    private static func values(
        _ texts: [String?]?, _ field: TicketField, isNew: Bool
    ) throws(FieldValueError) -> [Value]? {
        guard let texts else { return nil }
        var values: [Value] = []
        for text in texts { values.append(try value(text, field, isNew: isNew)) }
        return values
    }

    private static func value(
        _ text: String?, _ field: TicketField, isNew: Bool
    ) throws(FieldValueError) -> Value {
        guard let text else {
            guard !isNew || field == .assignedTo else {
                throw FieldValueError(
                    message: "no change empties this field: only the assignee can be cleared")
            }
            return .none
        }
        // Tickets can have this status and this priority, though no update can write them.
        let isHeldOnly = !isNew && UnwritableValue.isText(text, of: field)
        if isHeldOnly {
            return .number(field == .status ? UnwritableValue.status : UnwritableValue.priority)
        }
        switch try FieldText(text, field) {
        case .number(let number): return .number(number)
        case .name(let name): return .name(name)
        case .none: return .none
        }
    }
}
