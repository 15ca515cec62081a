extension Workspace {
    /// Writes the workspace in the format that `decode` reads, with one ticket per line.
    ///
    /// - Parameter write: Takes the text in parts of about a megabyte.
    /// - Throws: What `write` throws.
    func encode<E: Error>(_ write: ([UInt8]) throws(E) -> Void) throws(E) {
        var output = JSONOutput()
        output.raw("{\"organisations\":[\n")
        for (index, organisation) in organisations.enumerated() {
            if index > 0 { output.raw(",\n") }
            organisation.encodeHead(into: &output)
            output.raw("\"tickets\":[")
            var isFirst = true
            for place in organisation.tickets.tickets.indices
            where !organisation.tickets[place].isDeleted {
                output.raw(isFirst ? "\n" : ",\n")
                isFirst = false
                organisation.encodeTicket(place, messages: .whenAny, into: &output)
                if output.bytes.count > 1 << 20 {
                    try write(output.bytes)
                    output.bytes.removeAll(keepingCapacity: true)
                }
            }
            output.raw("]}")
        }
        output.raw("]}\n")
        try write(output.bytes)
    }

    /// Writes the workspace to a file atomically, as JSON that ``load(path:)`` reads.
    ///
    /// - Parameter path: The file; it is replaced when the complete new file is on the disk.
    /// - Throws: A ``SandboxError`` with the code `write`.
    public func save(path: String) throws(SandboxError) {
        try SandboxFile.writeAtomically(path) { (write) throws(SandboxError) in
            try encode { (part) throws(SandboxError) in try write(part) }
        }
    }

    /// The whole workspace as a JSON text.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        encode { (part) throws(Never) in bytes += part }
        return bytes
    }
}

extension Organisation {
    /// Whether a ticket is written with its messages.
    enum MessageInclusion {
        case never
        case always
        case whenAny
    }

    fileprivate func encodeHead(into output: inout JSONOutput) {
        output.raw("{\"name\":")
        output.string(name)
        output.raw(",\"apiKeys\":[")
        for (index, key) in apiKeys.enumerated() {
            if index > 0 { output.raw(",") }
            output.string(key)
        }
        output.raw("],\n\"agents\":[")
        for (index, agent) in agents.enumerated() {
            output.raw(index > 0 ? ",\n{\"id\":" : "\n{\"id\":")
            output.string(agent.id)
            agent.encodeNames(into: &output)
            output.raw(",\"archived\":")
            output.bool(agent.archived)
            output.raw("}")
        }
        output.raw("],\n\"categories\":[")
        for (index, category) in categories.enumerated() {
            output.raw(index > 0 ? ",\n{\"id\":" : "\n{\"id\":")
            output.string(category.id)
            output.raw(",\"name\":")
            output.string(category.name)
            output.raw(",\"archived\":")
            output.bool(category.archived)
            output.raw("}")
        }
        output.raw("],\n")
    }

    /// Writes a ticket in the form used by listings and workspaces.
    ///
    /// Listings have tags as objects with `_id` and `name`, and a satisfaction as an object with `value`.
    func encodeTicket(
        _ place: Int, messages inclusion: MessageInclusion, isListed: Bool = false,
        into output: inout JSONOutput
    ) {
        let ticket = tickets[place]
        output.raw("{\"_id\":")
        encode(ticket.key, into: &output)
        output.raw(",\"status\":")
        encode(ticket.status, into: &output)
        output.raw(",\"priority\":")
        if ticket.priority == 0 { output.raw("null") } else { output.number(ticket.priority) }
        output.raw(",\"category\":")
        encode(ticket.category, into: &output)
        output.raw(",\"assignedTo\":")
        encode(ticket.assignedTo, into: &output)
        output.raw(",\"aiStatus\":")
        encode(ticket.aiStatus, into: &output)
        output.raw(",\"sourceType\":")
        encode(ticket.sourceType, into: &output)
        output.raw(",\"tags\":[")
        for (index, tag) in tickets.tagLists[Int(ticket.tags)].enumerated() {
            if index > 0 { output.raw(",") }
            if isListed {
                output.raw("{\"_id\":\"")
                pool.withBytes(tag) { TagID.append(of: $0, to: &output.bytes) }
                output.raw("\",\"name\":")
            }
            encode(tag, into: &output)
            if isListed { output.raw("}") }
        }
        output.raw("],\"customer\":")
        if ticket.customer == 0 {
            output.raw("null")
        } else {
            pool.withBytes(ticket.customer) { output.raw($0) }
        }
        if ticket.subject != 0 {
            output.raw(",\"subject\":")
            encode(ticket.subject, into: &output)
        }
        if ticket.csat != 0 {
            output.raw(isListed ? ",\"csat\":{\"value\":" : ",\"csat\":")
            output.number(ticket.csat)
            if isListed { output.raw("}") }
        }
        output.raw(",\"createdAt\":\"")
        Timestamp(milliseconds: ticket.createdAt).append(to: &output.bytes)
        output.raw("\",\"updatedAt\":\"")
        Timestamp(milliseconds: ticket.updatedAt).append(to: &output.bytes)
        output.raw("\"")
        encodeMessages(place, inclusion, into: &output)
        output.raw("}")
    }

    /// Writes the text of a reference, or `null`.
    func encode(_ reference: StringPool.Reference, into output: inout JSONOutput) {
        if reference == 0 {
            output.raw("null")
        } else {
            pool.withBytes(reference) { output.string($0) }
        }
    }

    /// Writes a ticket's id.
    func encode(_ key: TicketKey, into output: inout JSONOutput) {
        if let pooled = key.pooled {
            encode(pooled, into: &output)
        } else {
            output.raw("\"")
            key.append(to: &output.bytes, pool: pool)
            output.raw("\"")
        }
    }

    /// The indexes of a ticket's audit log entries, oldest first.
    func auditPlaces(_ place: Int) -> [Int] {
        var places: [Int] = []
        var next = tickets[place].lastAudit
        while next != 0 {
            places.append(Int(next) - 1)
            next = audit[Int(next) - 1].previous
        }
        return places.reversed()
    }

    /// Writes one side of a change.
    func encodeSide(_ value: UInt32, of field: AuditedField, into output: inout JSONOutput) {
        if field == .priority, value != 0 {
            output.number(value)
        } else {
            encode(value, into: &output)
        }
    }

    private func encodeMessages(
        _ place: Int, _ inclusion: MessageInclusion, into output: inout JSONOutput
    ) {
        let brought = tickets.messages[place] ?? []
        let hasAny = !brought.isEmpty || tickets[place].lastAudit != 0
        guard inclusion == .always || (inclusion == .whenAny && hasAny) else { return }
        output.raw(",\"messages\":[")
        var isFirst = true
        for message in brought {
            if !isFirst { output.raw(",") }
            isFirst = false
            pool.withBytes(message) { output.raw($0) }
        }
        for entry in auditPlaces(place).map({ audit[$0] }) {
            output.raw(isFirst ? "{\"messageType\":\"" : ",{\"messageType\":\"")
            isFirst = false
            output.raw(entry.field.messageType)
            output.raw("\",\"actionLogFrom\":")
            encodeSide(entry.from, of: entry.field, into: &output)
            output.raw(",\"actionLogTo\":")
            encodeSide(entry.to, of: entry.field, into: &output)
            output.raw(",\"createdAt\":\"")
            Timestamp(milliseconds: entry.at).append(to: &output.bytes)
            output.raw("\"}")
        }
        output.raw("]")
    }
}

extension Agent {
    /// Writes the agent's names, each with a comma before it.
    func encodeNames(into output: inout JSONOutput) {
        output.raw(",\"email\":")
        output.string(orNull: email)
        output.raw(",\"username\":")
        output.string(orNull: username)
        output.raw(",\"walletAddress\":")
        output.string(orNull: walletAddress)
    }
}
