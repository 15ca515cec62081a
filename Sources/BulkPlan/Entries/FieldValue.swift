/// The value of a ticket's field, current or requested.
public enum FieldValue: Hashable, Sendable {
    /// No value: no agent is assigned, or there is no category.
    case null
    /// A status, or the id of a category or an agent.
    case text(String)
    /// A priority.
    case number(Int)
}

extension FieldValue {
    /// A stable order of values: no value, then numbers, then texts.
    package func isOrderedBefore(_ other: FieldValue) -> Bool {
        switch (self, other) {
        case (.null, .null): false
        case (.null, _): true
        case (_, .null): false
        case (.number(let left), .number(let right)): left < right
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let left), .text(let right)): left < right
        }
    }
}
