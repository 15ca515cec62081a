/// What a ticket is about.
package struct Category: Hashable, Sendable {
    /// The id that `categoryId` takes.
    package var id: String
    /// The name shown.
    package var name: String
    /// Whether the category is out of use: no longer listed, and no longer to be chosen.
    package var archived: Bool
}
