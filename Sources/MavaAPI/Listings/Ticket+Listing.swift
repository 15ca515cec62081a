extension Ticket: ListingEntry {
    static var listNames: [String] { ["tickets"] }
    var entryID: String { id.rawValue }

    init(entry: KeyedDecodingContainer<AnyKey>, leftOut: inout [String]) throws {
        guard let id = TicketID(try entry.identifier()) else {
            throw EntryError(
                reason: "its id is not 1 to 128 visible characters", spoilsList: true)
        }
        self.init(
            id: id, status: try entry.optionalText("status"),
            priority: try entry.optionalInteger("priority"),
            categoryID: try entry.reference("category"),
            assignedTo: try entry.reference("assignedTo"),
            aiStatus: entry.looseText("aiStatus"), createdAt: entry.looseText("createdAt"),
            updatedAt: entry.looseText("updatedAt"), origin: entry.origin())
        tagNames = entry.tags()
        saysAIStatus = entry.contains(AnyKey("aiStatus"))
    }
}
