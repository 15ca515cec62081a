import BulkPlan
package import MavaAPI

/// Reads single tickets by their ids, in as few pages of the listing as possible.
///
/// Ids that are not ObjectIds cannot be found, because there is no listing by id.
package struct TicketLookup: Sendable {
    private let listing: any TicketListing

    /// Makes a look-up that reads from Mava.
    ///
    /// - Parameter client: The client to read with.
    package init(client: MavaClient) { listing = MavaListing(client: client) }

    /// Reads the current state of tickets.
    ///
    /// - Parameter ids: The ids of the tickets.
    /// - Returns: The tickets found, with only the fields that an update can write.
    /// - Throws: What the client throws.
    package func tickets(_ ids: [TicketID]) async throws -> [TicketID: Ticket] {
        var state = TicketState(hash: ByteHash())
        for id in ids { state.tickets.add(id.rawValue) }
        _ = try await LiveReader(listing: listing, readsUpdateTimes: false)
            .read(into: &state, progress: { _ in })
        var found: [TicketID: Ticket] = [:]
        for id in ids {
            guard let current = CurrentTicket(id.rawValue, in: state) else { continue }
            found[id] = Ticket(
                id: id, status: current.text(.status), priority: current.priority,
                categoryID: current.text(.categoryID), assignedTo: current.text(.assignedTo))
        }
        return found
    }
}

extension CurrentTicket {
    fileprivate func text(_ field: TicketField) -> String? {
        guard case .text(let text)? = values[field] else { return nil }
        return text
    }

    fileprivate var priority: Int? {
        guard case .number(let number)? = values[.priority] else { return nil }
        return number
    }
}
