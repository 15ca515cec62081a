/// One entry of a listing that could not be taken as it is.
public struct ListingProblem: Hashable, Sendable {
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
}
