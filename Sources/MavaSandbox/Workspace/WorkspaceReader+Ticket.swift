extension WorkspaceReader {
    private static let ticketKeys = [
        "_id", "status", "priority", "category", "assignedTo", "aiStatus", "sourceType", "tags",
        "customer", "subject", "csat", "createdAt", "updatedAt", "messages",
    ]

    /// Reads a ticket into the organisation's store.
    mutating func ticket(into organisation: inout Organisation) throws(WorkspaceError) {
        let start = cursor.position
        var key: TicketKey?
        var createdAt: Timestamp?
        var updatedAt: Timestamp?
        var messages: [StringPool.Reference] = []
        var ticket = PackedTicket(
            key: TicketKey(high: 0, low: 0), status: 0, priority: 1,
            createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0))
        try object(keys: Self.ticketKeys) { (reader, name) throws(WorkspaceError) in
            switch name {
            case "_id":
                var id = try reader.id()
                key = id.withUTF8 { organisation.key(for: $0) }
            case "status": ticket.status = organisation.pool.intern(try reader.string())
            case "priority":
                ticket.priority = UInt8(try reader.integerOrNull(1...3, "a priority") ?? 0)
            case "category": ticket.category = try reader.text(&organisation)
            case "assignedTo": ticket.assignedTo = try reader.text(&organisation)
            case "aiStatus": ticket.aiStatus = try reader.text(&organisation)
            case "sourceType": ticket.sourceType = try reader.text(&organisation)
            case "tags": ticket.tags = try reader.tags(&organisation)
            case "customer": ticket.customer = try reader.json(&organisation)
            case "subject": ticket.subject = try reader.text(&organisation)
            case "csat":
                ticket.csat = UInt8(try reader.integerOrNull(1...5, "a satisfaction") ?? 0)
            case "createdAt": createdAt = try reader.timestamp()
            case "updatedAt": updatedAt = try reader.timestamp()
            default: messages = try reader.messages(&organisation)
            }
        }
        guard let key else { throw error(.missingKey, "a ticket needs an \"_id\"", at: start) }
        guard let created = createdAt ?? key.created else {
            throw error(
                .missingKey,
                "a ticket needs \"createdAt\" when its id is no ObjectId, which carries the time",
                at: start)
        }
        (ticket.keyHigh, ticket.keyLow) = (key.high, key.low)
        ticket.createdAt = created.milliseconds
        ticket.updatedAt = (updatedAt ?? created).milliseconds
        if ticket.status == 0 { ticket.status = organisation.pool.intern("Open") }
        guard let place = organisation.tickets.add(ticket) else {
            throw error(.duplicate, "another ticket of this organisation has the id", at: start)
        }
        organisation.tickets.setMessages(messages, for: place)
    }

    /// Reads a text or null into the pool.
    private mutating func text(
        _ organisation: inout Organisation
    ) throws(WorkspaceError) -> StringPool.Reference {
        guard let text = try stringOrNull() else { return 0 }
        return organisation.pool.intern(text)
    }

    /// Adds any JSON value but null to the pool unchanged.
    private mutating func json(
        _ organisation: inout Organisation
    ) throws(WorkspaceError) -> StringPool.Reference {
        if try skipNull() { return 0 }
        let range = try anything()
        return organisation.pool.intern(UnsafeBufferPointer(rebasing: cursor.bytes[range]))
    }

    private mutating func tags(
        _ organisation: inout Organisation
    ) throws(WorkspaceError) -> UInt32 {
        var tags: [StringPool.Reference] = []
        try array { (reader, _) throws(WorkspaceError) in
            tags.append(organisation.pool.intern(try reader.string()))
        }
        return organisation.tickets.internTags(tags)
    }

    private mutating func messages(
        _ organisation: inout Organisation
    ) throws(WorkspaceError) -> [StringPool.Reference] {
        var messages: [StringPool.Reference] = []
        try array { (reader, _) throws(WorkspaceError) in
            guard try reader.kind() == .object else {
                throw reader.error(.wrongType, "a message is an object")
            }
            messages.append(try reader.json(&organisation))
        }
        return messages
    }
}
