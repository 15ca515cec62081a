/// The filters of a listing as references, so that matching a ticket compares only numbers.
struct TicketMatcher {
    private var statuses: Set<UInt32>?
    private var assignees: Set<UInt32>?
    private var categories: Set<UInt32>?
    private var origins: Set<UInt32>?
    private var tagLists: Set<UInt32>?
    private var satisfactions: Set<UInt8>?
    /// Whether there are filters; otherwise every ticket is listed.
    let isNeeded: Bool

    init(_ query: TicketQuery, in organisation: Organisation) {
        isNeeded = !query.filters.isEmpty
        func references(_ filter: TicketQuery.Filter) -> Set<UInt32>? {
            // A value that the pool does not contain matches no ticket. It is not an error.
            query.filters[filter].map { values in
                Set(
                    values.compactMap { value in
                        value.withUnsafeBufferPointer { organisation.pool.find($0) }
                    })
            }
        }
        statuses = references(.status)
        assignees = references(.assignedTo)
        if query.filters[.assignedTo]?.contains(Array("Unassigned".utf8)) == true {
            assignees?.insert(0)
        }
        categories = references(.category)
        origins = references(.origin)
        if var tags = references(.tags), let values = query.filters[.tags] {
            let lists = organisation.tickets.tagLists
            // The documentation names tags by their ids; their texts are taken, too.
            for tag in Set(lists.joined()) {
                let id = organisation.pool.withBytes(tag) { TagID.of($0) }
                if values.contains(id) { tags.insert(tag) }
            }
            tagLists = Set(
                lists.indices.filter { !tags.isDisjoint(with: lists[$0]) }.map { UInt32($0) })
        }
        satisfactions = query.filters[.csatValues].map { values in
            // A ticket without a rating has the number 0, and `no-rating` is the only other value.
            Set(values.map { Decimal.parse($0).map { UInt8($0) } ?? 0 })
        }
    }

    /// Whether a ticket matches a value of every filter.
    func matches(_ ticket: PackedTicket) -> Bool {
        if let statuses, !statuses.contains(ticket.status) { return false }
        if let assignees, !assignees.contains(ticket.assignedTo) { return false }
        if let categories, !categories.contains(ticket.category) { return false }
        if let origins, !origins.contains(ticket.sourceType) { return false }
        if let tagLists, !tagLists.contains(ticket.tags) { return false }
        if let satisfactions, !satisfactions.contains(ticket.csat) { return false }
        return true
    }
}
