/// The value of a ticket's field, as it stands or as it is wanted.
public enum FieldValue: Hashable, Sendable {
    /// No value: nobody is assigned, or there is no category.
    case null
    /// A status, or the id of a category or an agent.
    case text(String)
    /// A priority.
    case number(Int)
}
