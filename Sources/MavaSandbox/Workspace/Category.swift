/// A topic of tickets.
package struct Category: Hashable, Sendable {
    /// The id for `categoryId`.
    package var id: String
    /// The name shown.
    package var name: String
    /// Whether the category is out of use, and so is no longer listed and can no longer be chosen.
    package var archived: Bool
}
