/// One ticket in 72 bytes; every text is a reference into its organisation's pool.
struct PackedTicket: Sendable {
    var createdAt: Int64
    var updatedAt: Int64
    var keyHigh: UInt64
    var keyLow: UInt32
    var status: StringPool.Reference
    var category: StringPool.Reference = 0
    var assignedTo: StringPool.Reference = 0
    var aiStatus: StringPool.Reference = 0
    var sourceType: StringPool.Reference = 0
    /// The customer as a JSON text.
    var customer: StringPool.Reference = 0
    var subject: StringPool.Reference = 0
    /// The index of the tags in the store's list of tag lists; 0 is the empty list.
    var tags: UInt32 = 0
    /// The index of the newest audit log entry, counted from 1; 0 when there is none.
    var lastAudit: UInt32 = 0
    /// Whether it was deleted: it is listed no more and takes no update.
    var isDeleted = false
    /// How many PUTs named the ticket since the start or the last reset.
    var requests: UInt16 = 0
    /// 1 to 3, or 0 for none.
    var priority: UInt8
    /// The customer's satisfaction, 1 to 5, or 0 for none.
    var csat: UInt8 = 0

    var key: TicketKey { TicketKey(high: keyHigh, low: keyLow) }

    init(
        key: TicketKey, status: StringPool.Reference, priority: UInt8, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        keyHigh = key.high
        keyLow = key.low
        self.status = status
        self.priority = priority
        self.createdAt = createdAt.milliseconds
        self.updatedAt = updatedAt.milliseconds
    }
}
