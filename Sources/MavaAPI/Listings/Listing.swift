/// A whole listing in one answer: the agents or the categories.
public struct Listing<Element: Sendable>: Sendable {
    /// The entries, in the order they came, each id once.
    public var elements: [Element]
    /// The entries that were left out: unreadable ones, and later ones with an id seen before.
    public var problems: [ListingProblem]
    /// The answer as it came.
    public var response: HTTPResponse

    /// Makes a listing from its parts.
    public init(elements: [Element], problems: [ListingProblem] = [], response: HTTPResponse) {
        self.elements = elements
        self.problems = problems
        self.response = response
    }
}
