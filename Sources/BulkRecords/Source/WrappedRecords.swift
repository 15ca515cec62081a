/// The arrays of one JSON object that hold the records of an input.
struct WrappedRecords: Equatable {
    /// An array of objects.
    struct Array: Equatable {
        /// The keys that lead to it.
        var path: [String]
        /// Whether its objects name a ticket by any key.
        private(set) var namesTicket = false
        /// Whether one of these keys can be no other thing's.
        private(set) var namesTicketSurely = false

        init(path: [String]) { self.path = path }

        mutating func note(ticketKey key: String) {
            namesTicket = true
            let plain = key.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
            if plain != "id" { namesTicketSurely = true }
        }
    }

    /// The most arrays that a command names one by one.
    private static let mostNamed = 8
    /// The key under which nothing but tickets is.
    static let surestKey = "tickets"
    /// Keys that other programs use for the records of an export.
    private static let usualKeys = [
        surestKey, "data", "items", "results", "rows", "records", "objects", "values", "content",
    ]

    let arrays: [Array]
    /// Whether the object's end was seen, and with it all of its arrays.
    private let isWhole: Bool

    /// Chooses the arrays whose objects are tickets; `nil` where there is no array.
    ///
    /// - Parameters:
    ///   - all: The object's arrays, in order.
    ///   - isWhole: Whether the object's end was seen.
    init?(_ all: [Array], isWhole: Bool) {
        guard let first = all.first else { return nil }
        let named = all.filter(\.namesTicket)
        // An agent has an `id`, too.
        let surer: [(Array) -> Bool] = [
            \.namesTicketSurely, { $0.path.contains(Self.surestKey) },
            { $0.path.last.map(Self.isUsual) ?? false },
        ]
        let best = surer.lazy.map { named.filter($0) }.first { !$0.isEmpty }
        let usual = all.filter { $0.path.last.map(Self.isUsual) ?? false }
        arrays = best ?? (named.isEmpty ? [usual.first ?? first] : named)
        self.isWhole = isWhole
    }

    static func isUsual(_ key: String) -> Bool { usualKeys.contains(key.lowercased()) }

    /// Where the records are, for a message.
    var words: String {
        let shown = arrays.prefix(3).map {
            "\"\($0.path.joined(separator: ".").prefix(60))\""
        }
        return shown.joined(separator: " and ") + (arrays.count > shown.count ? " and more" : "")
    }

    /// The filter of jq that writes the records.
    var filter: String {
        let parents = Set(arrays.map { Swift.Array($0.path.dropLast()) })
        let isUsual = arrays.allSatisfy { $0.path.last.map(Self.isUsual) ?? false }
        // There may be more arrays like these behind what was seen.
        if let parent = parents.first, parents.count == 1,
            arrays.count > Self.mostNamed || !isWhole && !isUsual
        {
            return Self.filter(parent) + "[] | arrays | .[]"
        }
        return arrays.map { Self.filter($0.path) + "[]" }.joined(separator: ", ")
    }

    /// A path in jq's syntax.
    private static func filter(_ path: [String]) -> String {
        let path = path.map(filter).joined()
        return path.hasPrefix(".") ? path : "." + path
    }

    private static func filter(_ key: String) -> String {
        let isPlain =
            key.utf8.allSatisfy { $0 == 0x5F || (0x61...0x7A).contains($0 | 0x20) }
            && !key.isEmpty
        return isPlain ? ".\(key)" : "[\"\(key)\"]"
    }
}
