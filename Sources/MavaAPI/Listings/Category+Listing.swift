extension Category: ListingEntry {
    static var listNames: [String] { ["categories"] }
    var entryID: String { id }

    init(entry: KeyedDecodingContainer<AnyKey>) throws {
        let name = try entry.optionalText("name")
        self.init(id: try entry.identifier(), name: name.flatMap { $0.isEmpty ? nil : $0 })
    }
}
