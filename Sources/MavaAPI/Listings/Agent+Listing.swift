extension Agent: ListingEntry {
    static var listNames: [String] { ["agents"] }
    var entryID: String { id }

    init(entry: KeyedDecodingContainer<AnyKey>) throws {
        func name(_ key: String) throws -> String? {
            try entry.optionalText(key).flatMap { $0.isEmpty ? nil : $0 }
        }
        self.init(
            id: try entry.identifier(), email: try name("email"), username: try name("username"),
            walletAddress: try name("walletAddress"))
    }
}
