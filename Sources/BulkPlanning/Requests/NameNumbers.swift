/// Maps the numbers of one mapper's tables to those of another's.
struct NameNumbers {
    let agents: [NameReference]
    let categories: [NameReference]
    let statuses: [NameReference]
    let ticketIDs: [Int]

    /// Adds the names in one mapper's tables to another's, in the same order.
    init(of part: borrowing RequestMapper, in all: inout RequestMapper) {
        agents = Self.references(part.agents, &all.agents)
        categories = Self.references(part.categories, &all.categories)
        statuses = Self.references(part.statuses, &all.statuses)
        ticketIDs = (0..<part.ticketIDs.count).map { index in
            part.ticketIDs.withName(index) { all.ticketIDs.intern($0) }
        }
    }

    private static func references(
        _ part: borrowing NameTable, _ all: inout NameTable
    ) -> [NameReference] {
        var references: [NameReference] = [.absent, .null]
        references.reserveCapacity(part.count + 2)
        for index in 0..<part.count {
            references.append(NameReference(part.withName(index) { all.intern($0) }))
        }
        return references
    }
}

extension NameReference {
    /// The same name under its number in the other table.
    @inline(__always)
    mutating func renumber(_ references: [NameReference]) { self = references[place] }
}

extension RequestedChange {
    /// Replaces one mapper's numbers by another's.
    @inline(__always)
    mutating func renumber(_ numbers: NameNumbers) {
        assignee.renumber(numbers.agents)
        category.renumber(numbers.categories)
        // An invalid record names no ticket.
        if !ticket.isObjectID, asksForChange {
            ticket = TicketKey(interned: numbers.ticketIDs[Int(ticket.low)])
        }
    }
}

extension Preconditions {
    /// Replaces one mapper's numbers by another's.
    mutating func renumber(_ numbers: NameNumbers) {
        status.renumber(numbers.statuses)
        category.renumber(numbers.categories)
        assignee.renumber(numbers.agents)
    }
}
