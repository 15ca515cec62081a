extension Organisation {
    /// Answers `GET /api/tickets`.
    func listTickets(_ parameters: [(name: String, value: [UInt8])]) -> Reply {
        let query: TicketQuery
        do throws(TicketQuery.Refusal) {
            query = try TicketQuery(parameters)
        } catch {
            return Reply(400, error: error.message)
        }
        let (places, total) = page(query)
        var output = JSONOutput()
        output.bytes.reserveCapacity(64 + places.count * 400)
        output.raw("{\"tickets\":[")
        for (index, place) in places.enumerated() {
            if index > 0 { output.raw(",") }
            encodeTicket(
                place, messages: query.includesMessages ? .always : .never, isListed: true,
                into: &output)
        }
        output.raw("],\"total\":")
        output.number(total)
        output.raw("}")
        return Reply(200, body: output.bytes)
    }

    /// Answers `GET /api/agents` with the agents who have not left.
    func listAgents() -> Reply {
        var output = JSONOutput()
        output.raw("{\"agents\":[")
        var isFirst = true
        for agent in agents where !agent.archived {
            output.raw(isFirst ? "{\"id\":" : ",{\"id\":")
            isFirst = false
            output.string(agent.id)
            agent.encodeNames(into: &output)
            output.raw("}")
        }
        output.raw("]}")
        return Reply(200, body: output.bytes)
    }

    /// Answers `GET /api/categories` with the categories in use.
    ///
    /// Assumption: the shape is not documented. This is the shape that agents have.
    func listCategories() -> Reply {
        var output = JSONOutput()
        output.raw("{\"categories\":[")
        var isFirst = true
        for category in categories where !category.archived {
            output.raw(isFirst ? "{\"id\":" : ",{\"id\":")
            isFirst = false
            output.string(category.id)
            output.raw(",\"name\":")
            output.string(category.name)
            output.raw("}")
        }
        output.raw("]}")
        return Reply(200, body: output.bytes)
    }

    /// The places of one page's tickets, and the number of tickets on all pages.
    private func page(_ query: TicketQuery) -> (places: [Int], total: Int) {
        let range = tickets.range(from: query.start, to: query.end)
        let matcher = TicketMatcher(query, in: self)
        guard matcher.isNeeded else {
            let part = range.dropFirst(query.skip).prefix(query.limit)
            return (part.map { Int(tickets.order[$0]) }, range.count)
        }
        var places: [Int] = []
        var total = 0
        for index in range {
            let place = Int(tickets.order[index])
            guard matcher.matches(tickets[place]) else { continue }
            if total >= query.skip, places.count < query.limit { places.append(place) }
            total += 1
        }
        return (places, total)
    }
}
