extension Category: ListingEntry {
    static var listNames: [String] { ["categories"] }
    var entryID: String { id }

    init(entry: KeyedDecodingContainer<AnyKey>, leftOut: inout [String]) throws {
        self.init(id: try entry.identifier(), name: entry.name("name", &leftOut))
    }
}
