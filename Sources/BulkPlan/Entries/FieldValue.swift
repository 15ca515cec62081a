/// The value of a ticket's field, as it stands or as it is wanted.
public enum FieldValue: Hashable, Sendable {
    /// No value: no agent is assigned, or there is no category.
    case null
    /// A status, or the id of a category or an agent.
    case text(String)
    /// A priority.
    case number(Int)
}

extension FieldValue {
    /// An order of values without a meaning: none, numbers, texts.
    func isOrderedBefore(_ other: FieldValue) -> Bool {
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
