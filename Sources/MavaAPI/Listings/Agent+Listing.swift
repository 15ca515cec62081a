extension Agent: ListingEntry {
    static var listNames: [String] { ["agents"] }
    var entryID: String { id }

    init(entry: KeyedDecodingContainer<AnyKey>, leftOut: inout [String]) throws {
        self.init(
            id: try entry.identifier(), email: entry.name("email", &leftOut),
            username: entry.name("username", &leftOut),
            walletAddress: entry.name("walletAddress", &leftOut))
    }
}
