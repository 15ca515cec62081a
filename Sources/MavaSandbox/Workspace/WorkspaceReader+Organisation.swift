extension WorkspaceReader {
    mutating func organisation() throws(WorkspaceError) -> Organisation {
        let start = cursor.position
        var organisation = Organisation(name: "", apiKeys: [])
        var offsets: [Int] = []
        let keys = ["name", "apiKeys", "agents", "categories", "tickets"]
        try object(keys: keys) { (reader, key) throws(WorkspaceError) in
            switch key {
            case "name": organisation.name = try reader.string()
            case "apiKeys": organisation.apiKeys = try reader.apiKeys()
            case "agents":
                try reader.array { (reader, _) throws(WorkspaceError) in
                    organisation.agents.append(try reader.agent())
                }
            case "categories":
                try reader.array { (reader, _) throws(WorkspaceError) in
                    organisation.categories.append(try reader.category())
                }
            default:
                try reader.array { (reader, _) throws(WorkspaceError) in
                    _ = try reader.kind()
                    offsets.append(reader.cursor.position)
                    try reader.ticket(into: &organisation)
                    if offsets.count % 4096 == 0 { reader.passed?(reader.cursor.position) }
                }
            }
        }
        guard !organisation.apiKeys.isEmpty else {
            throw error(
                .missingKey, "an organisation needs \"apiKeys\": [\"…\"] to be reached", at: start)
        }
        try checkUnique(organisation.agents.map(\.id), "agents", at: start)
        try checkUnique(organisation.categories.map(\.id), "categories", at: start)
        organisation.finish()
        try checkReferences(organisation, offsets: offsets)
        return organisation
    }

    private mutating func apiKeys() throws(WorkspaceError) -> [String] {
        var keys: [String] = []
        try array { (reader, _) throws(WorkspaceError) in
            let start = reader.cursor.position
            let key = try reader.string()
            guard !key.isEmpty, key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw reader.error(
                    .wrongValue, "a key is visible ASCII without spaces: it travels in a header",
                    at: start)
            }
            keys.append(key)
        }
        return keys
    }

    private mutating func agent() throws(WorkspaceError) -> Agent {
        let start = cursor.position
        var id: String?
        var agent = Agent(id: "", archived: false)
        let keys = ["id", "email", "username", "walletAddress", "archived"]
        try object(keys: keys) { (reader, key) throws(WorkspaceError) in
            switch key {
            case "id": id = try reader.id()
            case "email": agent.email = try reader.stringOrNull()
            case "username": agent.username = try reader.stringOrNull()
            case "walletAddress": agent.walletAddress = try reader.stringOrNull()
            default: agent.archived = try reader.bool()
            }
        }
        guard let id else { throw error(.missingKey, "an agent needs an \"id\"", at: start) }
        agent.id = id
        return agent
    }

    private mutating func category() throws(WorkspaceError) -> Category {
        let start = cursor.position
        var id: String?
        var name: String?
        var archived = false
        try object(keys: ["id", "name", "archived"]) { (reader, key) throws(WorkspaceError) in
            switch key {
            case "id": id = try reader.id()
            case "name": name = try reader.string()
            default: archived = try reader.bool()
            }
        }
        guard let id, let name else {
            throw error(.missingKey, "a category needs an \"id\" and a \"name\"", at: start)
        }
        return Category(id: id, name: name, archived: archived)
    }

    private func checkUnique(
        _ ids: [String], _ what: String, at start: Int
    ) throws(WorkspaceError) {
        var seen: Set<String> = []
        for id in ids where !seen.insert(id).inserted {
            throw error(.duplicate, "two \(what) have the id \"\(id)\"", at: start)
        }
    }

    private mutating func checkReferences(
        _ organisation: Organisation, offsets: [Int]
    ) throws(WorkspaceError) {
        let agents = Set(organisation.agents.compactMap { organisation.pool.find($0.id) })
        let categories = Set(organisation.categories.compactMap { organisation.pool.find($0.id) })
        for (place, offset) in offsets.enumerated() {
            let ticket = organisation.tickets[place]
            if ticket.assignedTo != 0, !agents.contains(ticket.assignedTo) {
                throw reference(
                    ticket.assignedTo, member: "assignedTo", list: "agents", place, offset,
                    organisation)
            }
            if ticket.category != 0, !categories.contains(ticket.category) {
                throw reference(
                    ticket.category, member: "category", list: "categories", place, offset,
                    organisation)
            }
        }
    }

    private mutating func reference(
        _ reference: StringPool.Reference, member: String, list: String, _ place: Int,
        _ offset: Int, _ organisation: Organisation
    ) -> WorkspaceError {
        path += [.member("tickets"), .element(place), .member(member)]
        let id = organisation.pool.text(reference) ?? ""
        return error(
            .unknownReference,
            "\"\(id)\" is not among this organisation's \(list); add it there "
                + "(with \"archived\": true if it has gone), or write null", at: offset)
    }
}
