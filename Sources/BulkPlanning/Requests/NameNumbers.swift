/// Maps the numbers of one mapper's tables to those of another's.
struct NameNumbers {
    private static let none: [NameReference] = [.absent, .null]

    private(set) var agents = none
    private(set) var categories = none
    private(set) var statuses = none
    private(set) var ticketIDs: [Int] = []

    /// Adds the names in one mapper's tables to another's, in the same order.
    ///
    /// - Parameters:
    ///   - part: The one mapper. Its first names were added before, if it has kept them since.
    ///   - all: The other mapper.
    mutating func add(_ part: borrowing RequestMapper, to all: inout RequestMapper) {
        Self.add(part.agents, to: &all.agents, &agents)
        Self.add(part.categories, to: &all.categories, &categories)
        Self.add(part.statuses, to: &all.statuses, &statuses)
        ticketIDs.removeAll(keepingCapacity: true)
        for index in 0..<part.ticketIDs.count {
            ticketIDs.append(part.ticketIDs.withName(index) { all.ticketIDs.intern($0) })
        }
    }

    private static func add(
        _ part: borrowing NameTable, to all: inout NameTable, _ references: inout [NameReference]
    ) {
        for index in (references.count - none.count)..<part.count {
            references.append(NameReference(part.withName(index) { all.intern($0) }))
        }
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
