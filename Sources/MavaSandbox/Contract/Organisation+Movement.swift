// What others do to tickets while a client reads them: the fault `moving=N`.

extension Organisation {
    /// Changes, creates and deletes random tickets, as agents and customers do.
    ///
    /// It writes no audit messages, so that those of the client can still be counted.
    ///
    /// - Parameters:
    ///   - count: How many tickets.
    ///   - chance: Random numbers.
    ///   - now: The time in milliseconds since 1970.
    mutating func move(_ count: Int, chance: inout Chance, now: Int64) {
        let agents = [0] + assignable.sorted()
        for _ in 0..<count where !tickets.order.isEmpty {
            let index = chance.below(tickets.order.count)
            let draw = chance.unit()
            if draw < 0.1 {
                tickets.delete(listed: index)
            } else if draw < 0.2 {
                tickets.addNewest(newTicket(now))
            } else {
                let place = Int(tickets.order[index])
                tickets[place].status = statuses[chance.below(statuses.count)]
                tickets[place].assignedTo = agents[chance.below(agents.count)]
                tickets[place].updatedAt = max(now, tickets[place].updatedAt + 1)
            }
        }
    }

    private func newTicket(_ now: Int64) -> PackedTicket {
        let high = UInt64(now / 1000) << 32 | 0x6E65_7700
        let key = TicketKey(high: high, low: UInt32(truncatingIfNeeded: tickets.tickets.count))
        let time = Timestamp(milliseconds: now)
        return PackedTicket(
            key: key, status: statuses[0], priority: 1, createdAt: time, updatedAt: time)
    }
}
