/// A customer of Mava with all its data; organisations cannot see each other's data.
struct Organisation: Sendable {
    /// The name, which appears only in logs and statistics.
    var name: String
    /// The API keys of this organisation.
    var apiKeys: [String]
    var agents: [Agent] = []
    var categories: [Category] = []
    /// Every text that the tickets, agents and categories refer to.
    var pool: StringPool
    var tickets = TicketStore()
    var audit: [AuditEntry] = []
    /// The references of the agents who can be assigned.
    var assignable: Set<StringPool.Reference> = []
    /// The references of the categories that can be chosen.
    var choosable: Set<StringPool.Reference> = []

    /// The references of the statuses that an update accepts.
    private(set) var statuses: [StringPool.Reference]
    /// The `aiStatus` of a ticket that was handed over from the AI to an agent.
    private(set) var handedOff: StringPool.Reference

    init(name: String, apiKeys: [String]) {
        self.name = name
        self.apiKeys = apiKeys
        var pool = StringPool()
        statuses = ["Open", "Resolved", "Pending", "Waiting"].map { pool.intern($0) }
        handedOff = pool.intern("HandedOff")
        self.pool = pool
    }

    /// Finds a ticket by its id.
    func place(of id: UnsafeBufferPointer<UInt8>) -> Int? {
        if let key = TicketKey(objectID: id) { return tickets.find(key) }
        guard let reference = pool.find(id) else { return nil }
        return tickets.find(TicketKey(pooled: reference))
    }

    /// The key of an id, which is added to the pool when it is not an ObjectId.
    mutating func key(for id: UnsafeBufferPointer<UInt8>) -> TicketKey {
        TicketKey(objectID: id) ?? TicketKey(pooled: pool.intern(id))
    }

    /// Updates the tables derived from agents, categories and tickets.
    mutating func finish() {
        assignable = []
        choosable = []
        for agent in agents where !agent.archived { assignable.insert(pool.intern(agent.id)) }
        for category in categories where !category.archived {
            choosable.insert(pool.intern(category.id))
        }
        tickets.sort(pool: pool)
    }
}
