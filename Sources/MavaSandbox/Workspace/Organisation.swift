/// A customer of Mava with everything that belongs to it; none sees another's anything.
struct Organisation: Sendable {
    /// The name, which only logs and statistics show.
    var name: String
    /// The keys that open this organisation.
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

    /// The references of the statuses that an update takes.
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

    /// Finds a ticket by its id's text.
    func place(of id: UnsafeBufferPointer<UInt8>) -> Int? {
        if let key = TicketKey(objectID: id) { return tickets.find(key) }
        guard let reference = pool.find(id) else { return nil }
        return tickets.find(TicketKey(pooled: reference))
    }

    /// The key of an id's text, which is added to the pool when it is no ObjectId.
    mutating func key(for id: UnsafeBufferPointer<UInt8>) -> TicketKey {
        TicketKey(objectID: id) ?? TicketKey(pooled: pool.intern(id))
    }

    /// Puts the tables right that follow from agents, categories and tickets.
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
