/// One entry of a listing that was left out, or of which a name was.
public struct ListingProblem: Hashable, Sendable, CustomStringConvertible {
    /// The entry's place in the answer, from 0.
    public var index: Int
    /// The entry's id, where it has one that can be read.
    public var id: String?
    /// What is wrong with it, in words.
    public var message: String

    /// Makes a problem from its parts.
    public init(index: Int, id: String?, message: String) {
        self.index = index
        self.id = id
        self.message = message
    }

    /// For example `entry 3 of the list (665f1c0ac2b9e4a1d8f10001): it has no name`.
    public var description: String {
        "entry \(index + 1) of the list\(id.map { " (\($0))" } ?? ""): \(message)"
    }
}
