/// An organisation's tickets, packed, with an index by id and the stable order of listings.
struct TicketStore: Sendable {
    /// The tickets in the order they were added.
    private(set) var tickets: ContiguousArray<PackedTicket> = []
    /// Lists of tags as references; tickets refer to a list by index, and index 0 is the empty
    /// list.
    private(set) var tagLists: [[StringPool.Reference]] = [[]]
    /// The messages that a ticket had in the workspace file, each a JSON text.
    private(set) var messages: [Int: [StringPool.Reference]] = [:]
    /// Indexes in `tickets`, by creation time and then by id: the order of every listing.
    private(set) var order: [UInt32] = []
    /// A hash table of indexes from 1 with open addressing; its size is a power of two, at most
    /// half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)
    private var tagListPlaces: [[StringPool.Reference]: UInt32] = [[]: 0]

    /// How many tickets were deleted; they keep their places.
    private var deleted = 0

    /// How many tickets there are.
    var count: Int { tickets.count - deleted }

    subscript(place: Int) -> PackedTicket {
        get { tickets[place] }
        _modify { yield &tickets[place] }
    }

    /// Reserves space for a number of tickets.
    mutating func reserve(_ count: Int) {
        tickets.reserveCapacity(count)
        var size = 64
        while size < count * 2 { size *= 2 }
        if size > slots.count { rehash(size) }
    }

    /// Adds a ticket, unless its id already exists.
    ///
    /// - Returns: The ticket's index, or nil when another ticket has the id.
    mutating func add(_ ticket: PackedTicket) -> Int? {
        let slot = slot(for: ticket.key)
        guard slots[slot] == 0 else { return nil }
        tickets.append(ticket)
        slots[slot] = UInt32(tickets.count)
        if tickets.count * 2 > slots.count { rehash(slots.count * 2) }
        return tickets.count - 1
    }

    /// The index of the ticket with an id.
    func find(_ key: TicketKey) -> Int? {
        let place = slots[slot(for: key)]
        return place == 0 || tickets[Int(place) - 1].isDeleted ? nil : Int(place) - 1
    }

    /// Deletes the ticket at a place of the listing.
    mutating func delete(listed index: Int) {
        tickets[Int(order.remove(at: index))].isDeleted = true
        deleted += 1
    }

    /// Adds a ticket that was created after all others.
    mutating func addNewest(_ ticket: PackedTicket) {
        guard let place = add(ticket) else { return }
        let end = firstPlace(notBefore: ticket.createdAt + 1)
        order.insert(UInt32(place), at: end)
    }

    /// Returns the index of a list of tags, which is added if it is new.
    mutating func internTags(_ tags: [StringPool.Reference]) -> UInt32 {
        if let place = tagListPlaces[tags] { return place }
        let place = UInt32(tagLists.count)
        tagLists.append(tags)
        tagListPlaces[tags] = place
        return place
    }

    /// Stores the messages that a ticket had in the workspace file.
    mutating func setMessages(_ texts: [StringPool.Reference], for place: Int) {
        if !texts.isEmpty { messages[place] = texts }
    }

    /// Restores the listing order after tickets were added.
    mutating func sort(pool: StringPool) {
        order = Array(0..<UInt32(tickets.count))
        let tickets = tickets
        order.sort { left, right in
            let (a, b) = (tickets[Int(left)], tickets[Int(right)])
            if a.createdAt != b.createdAt { return a.createdAt < b.createdAt }
            if a.keyHigh != b.keyHigh { return a.keyHigh < b.keyHigh }
            guard let first = a.key.pooled, let second = b.key.pooled else {
                return a.keyLow < b.keyLow
            }
            return pool.withBytes(first) { first in
                pool.withBytes(second) { first.lexicographicallyPrecedes($0) }
            }
        }
    }

    /// The part of `order` whose tickets were created from `start` up to but not including `end`.
    func range(from start: Timestamp, to end: Timestamp) -> Range<Int> {
        let low = firstPlace(notBefore: start.milliseconds)
        return low..<max(low, firstPlace(notBefore: end.milliseconds))
    }

    private func firstPlace(notBefore milliseconds: Int64) -> Int {
        var low = 0
        var high = order.count
        while low < high {
            let middle = (low + high) / 2
            if tickets[Int(order[middle])].createdAt < milliseconds {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private func slot(for key: TicketKey) -> Int {
        let mask = slots.count - 1
        var slot = key.hash & mask
        while slots[slot] != 0 {
            let ticket = tickets[Int(slots[slot]) - 1]
            if ticket.keyHigh == key.high, ticket.keyLow == key.low { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func rehash(_ size: Int) {
        slots = Array(repeating: 0, count: size)
        let mask = size - 1
        for place in tickets.indices {
            var slot = tickets[place].key.hash & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(place + 1)
        }
    }
}
