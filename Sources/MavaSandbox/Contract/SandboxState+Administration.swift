extension SandboxState {
    /// Answers requests under `/_sandbox/`.
    mutating func administer(_ request: Request, _ route: Route, now: UInt64) -> Reply {
        guard request.isFromLoopback, let range = request.head.adminToken,
            request.text(range).elementsEqual(adminToken)
        else {
            return Reply(
                403, error: "x-sandbox-token must be the token printed at start, from this machine")
        }
        guard let parameters = request.parameters else {
            return Reply(400, error: "The query holds a broken percent escape")
        }
        switch route {
        case .reset:
            reset(now: now)
            return Reply(200, body: Array("{\"message\":\"Reset\"}".utf8))
        case .audit:
            return audit(parameters)
        default:
            let isDetailed = parameters.contains { $0.name == "tickets" }
            return Reply(200, body: stats.json(tickets: isDetailed ? ticketRequests : nil))
        }
    }

    /// The statistics so far.
    var stats: SandboxStats {
        let named = Dictionary(uniqueKeysWithValues: faults.map { ($0.key.rawValue, $0.value) })
        var requestsPerTicket: [Int: Int] = [:]
        var ticketsChanged = 0
        for organisation in workspace.organisations {
            for ticket in organisation.tickets.tickets {
                if ticket.requests > 0 { requestsPerTicket[Int(ticket.requests), default: 0] += 1 }
                if ticket.lastAudit > 0 { ticketsChanged += 1 }
            }
        }
        return SandboxStats(
            requests: counts.sorted, auditMessages: auditMessages, ticketsChanged: ticketsChanged,
            peak: keys.map(\.peak.peak).max() ?? 0,
            peakIsLowerBound: keys.contains { $0.peak.isLowerBound },
            requestsPerTicket: requestsPerTicket, faults: named, connections: connections,
            refusedConnections: refusedConnections, malformedRequests: counts.malformed)
    }

    /// The number of PUTs for each ticket that had any.
    private var ticketRequests: [(id: String, count: Int)] {
        workspace.organisations.flatMap { organisation in
            organisation.tickets.tickets.filter { $0.requests > 0 }.map { ticket in
                (organisation.text(of: ticket.key), Int(ticket.requests))
            }
        }
    }

    /// The audit messages of one ticket or of all, oldest first in each organisation.
    ///
    /// - Parameters:
    ///   - ticketID: The ticket; nil for all.
    ///   - skip: How many messages to skip at the start.
    ///   - limit: The most messages to return.
    /// - Returns: The messages, and their number without `skip` and `limit`.
    func auditMessages(
        ticketID: String?, skip: Int, limit: Int
    ) -> (messages: [AuditMessage], total: Int) {
        var messages: [AuditMessage] = []
        var total = 0
        for organisation in workspace.organisations {
            let places: [Int]
            if let ticketID {
                guard let place = organisation.place(of: ticketID) else { continue }
                places = organisation.auditPlaces(place)
            } else {
                places = Array(organisation.audit.indices)
            }
            for place in places {
                if total >= skip, messages.count < limit {
                    messages.append(organisation.message(organisation.audit[place]))
                }
                total += 1
            }
        }
        return (messages, total)
    }

    private func audit(_ parameters: [(name: String, value: [UInt8])]) -> Reply {
        var ticketID: String?
        var (skip, limit) = (0, 1000)
        for (name, value) in parameters {
            switch name {
            case "ticketId": ticketID = String(decoding: value, as: UTF8.self)
            case "skip", "limit":
                guard let number = Decimal.parse(value) else {
                    return Reply(400, error: "\(name) must be a whole number")
                }
                if name == "skip" { skip = number } else { limit = min(number, 10_000) }
            default: break
            }
        }
        let (messages, total) = auditMessages(ticketID: ticketID, skip: skip, limit: limit)
        var output = JSONOutput()
        output.raw("{\"messages\":[")
        for (index, message) in messages.enumerated() {
            if index > 0 { output.raw(",") }
            message.encode(into: &output)
        }
        output.raw("],\"total\":")
        output.number(total)
        output.raw("}")
        return Reply(200, body: output.bytes)
    }
}
