/// The names and ids of a ticket's tags, as a listing or a snapshot has them.
package struct TagNames: Hashable, Sendable {
    /// All names and ids.
    package private(set) var texts: [String] = []
    /// Whether a tag is given by its id alone, so that its name is not known.
    package private(set) var hasBareID = false
    /// Whether a tag is given by its name alone, so that its id is not known.
    package private(set) var hasBareName = false

    /// Makes a list without tags.
    package init() {}

    /// Makes a list of tags that are each given by one text.
    package init(_ texts: [String]) {
        for text in texts { add(text) }
    }

    /// Whether a text is the id of a tag, and not its name.
    ///
    /// - Parameter text: The text, without blanks around it.
    /// - Returns: Whether it has the form of an id.
    package static func isID(_ text: String) -> Bool { TicketID(text)?.isObjectID == true }

    /// Adds a tag that is given by its id or its name.
    package mutating func add(_ text: String) {
        texts.append(text)
        var trimmed = text[...]
        while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        if Self.isID(String(trimmed)) { hasBareID = true } else { hasBareName = true }
    }

    /// Adds a tag.
    ///
    /// - Parameters:
    ///   - ids: What is said to be its id.
    ///   - name: Its name; `nil` where it is not given.
    package mutating func add(ids: [String], name: String?) {
        texts += ids + [name].compactMap(\.self)
        if ids.isEmpty { hasBareName = true }
        if name == nil { hasBareID = true }
    }
}
