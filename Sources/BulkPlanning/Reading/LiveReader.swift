import BulkPlan
import BulkSystem
import MavaAPI

/// Reads the wanted tickets through the listing.
///
/// It asks for the pages that a ``ReadPlanner`` chooses, one after another.
struct LiveReader {
    let listing: any TicketListing
    let readsUpdateTimes: Bool

    /// Reads all wanted tickets that have a creation time in their ids.
    ///
    /// - Parameters:
    ///   - state: The wanted tickets; their values are stored there.
    ///   - progress: Called after each page.
    /// - Returns: The number of pages read, and the number of different tickets on them.
    /// - Throws: What the listing throws.
    func read(
        into state: inout TicketState, progress: (PlanProgress) -> Void
    ) async throws -> (reads: Int, tickets: Int) {
        let wanted = Wanted(state.tickets)
        var planner = ReadPlanner(wanted: wanted.times)
        // Pages can overlap.
        var seen = TicketIDSet()
        while let window = planner.next() {
            try Task.checkCancellation()
            let page = try await listing.tickets(in: window)
            for (id, message) in page.unreadable where state.isWanted(id) {
                // Without its values, it would look like a ticket that does not exist.
                throw ClientError(
                    code: .unexpectedAnswer,
                    message: "ticket \(id) cannot be read from the listing: \(message)")
            }
            var sightings: [ReadPlanner.Sighting] = []
            sightings.reserveCapacity(page.tickets.count)
            for ticket in page.tickets {
                _ = seen.insert(ticket.id)
                let number = state.note(ticket, readsUpdateTimes: readsUpdateTimes)
                sightings.append(
                    ReadPlanner.Sighting(
                        createdAt: ticket.createdAt.flatMap(microsecondsSince1970).map(seconds),
                        idTime: ticket.id.creationSeconds.map(Int64.init),
                        position: number.flatMap { wanted.position(of: $0) }))
            }
            if state.values.hasTooManyStatuses {
                throw ClientError(
                    code: .unexpectedAnswer,
                    message: "the listing has \(CurrentValues.tooManyStatuses)")
            }
            planner.observe(sightings, entries: page.entries, total: page.total)
            progress(
                .readingTickets(
                    pages: planner.reads, found: planner.found, wanted: wanted.times.count))
        }
        return (planner.reads, seen.count)
    }

    private func seconds(_ microseconds: Int64) -> Int64 {
        microseconds >= 0 ? microseconds / 1_000_000 : (microseconds - 999_999) / 1_000_000
    }

    /// The wanted tickets in order of creation.
    private struct Wanted {
        var times: [UInt32] = []
        /// Each ticket's position in the order of creation, by its number; `UInt32.max` for none.
        var positions: [UInt32]

        init(_ tickets: borrowing TicketTable) {
            var order: [UInt64] = []
            order.reserveCapacity(tickets.count)
            for number in 0..<tickets.count {
                guard let time = tickets.creationTime(number),
                    !tickets.entries[number].flags.contains(.isLeftOut)
                else { continue }
                order.append(UInt64(time) << 32 | UInt64(number))
            }
            order.sort()
            positions = Array(repeating: .max, count: tickets.count)
            times = order.map { UInt32(truncatingIfNeeded: $0 >> 32) }
            for (position, key) in order.enumerated() {
                positions[Int(UInt32(truncatingIfNeeded: key))] = UInt32(position)
            }
        }

        func position(of number: UInt32) -> Int? {
            let position = positions[Int(number)]
            return position == .max ? nil : Int(position)
        }
    }
}
