/// One active category as `GET /api/categories` lists it.
public struct Category: Hashable, Sendable {
    /// The category's id: what an update takes.
    public var id: String
    /// The category's name, where the listing has one.
    public var name: String?

    /// Makes a category from its parts.
    public init(id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }

    /// What to call the category in text: the name, else the id.
    public var displayName: String { name ?? id }
}
