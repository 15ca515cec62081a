import BulkSystem

/// Tells a misspelt `expect` at the beginning of a column's name from another word.
enum Misspelling {
    /// Other words that are as close to `expect` or one of its forms as a typing mistake.
    private static let otherWords: Set<String> = [
        "exact", "export", "exports", "exported", "expert", "experts", "aspect", "aspects",
        "respect", "effect", "effects", "elect", "elected", "eject", "reject", "rejects",
        "rejected", "inspect", "inspected", "suspect", "suspected", "respected", "prospect",
        "extent", "extract", "extracted", "event", "excerpt", "correct", "project", "object",
        "subject", "select", "direct", "detect", "collect", "connect", "protect", "inject",
        "accept", "accepted", "execute", "executed",
    ]

    private static let forms = ["expect", "expects", "expected", "expecting", "expectation"]

    /// What names of preconditions end with.
    private static let endings = [
        "ticketstatus", "status", "state", "ticketpriority", "priority", "categoryid",
        "categoryname", "category", "assignedto", "assignee", "agent", "owner", "updatedat",
        "updated",
    ]

    /// Whether the first word of a name is most likely meant to be `expect`, or cannot be told from the rest.
    static func isOfExpect(_ name: String) -> Bool {
        guard let word = firstWord(of: name) else { return true }
        if word.hasPrefix("expect") { return true }
        if otherWords.contains(word) { return false }
        return forms.contains { editDistance(word, $0) <= 2 }
    }

    /// The first of a name's words, in lower case; `nil` where it has one only, and does not end as a known name.
    private static func firstWord(of name: String) -> String? {
        let written = ColumnRole.written(name)
        let words = written.split { $0.isWhitespace || $0 == "_" || $0 == "-" }
        guard let first = words.first else { return nil }
        if words.count > 1 { return first.lowercased() }
        // `correctStatus`
        if let next = first.dropFirst().firstIndex(where: \.isUppercase),
            first[..<next].contains(where: \.isLowercase)
        {
            return first[..<next].lowercased()
        }
        let plain = first.lowercased()
        return endings.first { plain.hasSuffix($0) && plain.count > $0.count }
            .map { String(plain.dropLast($0.count)) }
    }
}
