import BulkPlan

/// Counts equal changes: how many tickets go from the same values to the same values.
struct ChangeTally {
    /// What changes, from what to what; fields that do not change hold nothing.
    struct Key: Hashable, BitwiseCopyable {
        var fields: FieldSet
        var isRead: Bool
        var endsAIHandling = false
        /// Whether the AI goes on handling a ticket whose agent is taken off.
        var leavesToAI = false
        var statusBefore: UInt16 = 0
        var status: UInt8 = 0
        var priorityBefore = Int8.min
        var priority: UInt8 = 0
        var categoryBefore: UInt32 = 0
        var category: UInt32 = 0
        var assigneeBefore: UInt32 = 0
        var assignee: UInt32 = 0

        /// The same as the compiler's own, in three words instead of eleven parts.
        func hash(into hasher: inout Hasher) {
            let flags = (isRead ? 1 : 0) | (endsAIHandling ? 2 : 0) | (leavesToAI ? 4 : 0) as UInt64
            let priorities =
                UInt64(UInt8(bitPattern: priorityBefore)) &<< 8 | UInt64(priority)
            let small =
                UInt64(fields.rawValue) &<< 56 | flags &<< 48 | UInt64(statusBefore) &<< 32
                | UInt64(status) &<< 16 | priorities
            hasher.combine(small)
            hasher.combine(UInt64(categoryBefore) &<< 32 | UInt64(category))
            hasher.combine(UInt64(assigneeBefore) &<< 32 | UInt64(assignee))
        }
    }

    struct Count {
        var tickets = 0
        /// The numbers of the first few tickets.
        var samples: [UInt32] = []
    }

    /// How many different changes are separated; what comes beyond is counted together.
    private static let limit = 1 << 16
    private(set) var counts: [Key: Count] = [:]
    /// Tickets whose changes are beyond the limit.
    private(set) var others = 0
    private(set) var requests = 0
    private(set) var fieldChanges = 0
    private(set) var undiffed = 0
    private(set) var handOffs = 0
    /// Requests that assign an agent to a ticket that was not read.
    private(set) var blindAssignments = 0

    mutating func add(_ key: Key, ticket: UInt32) {
        requests += 1
        fieldChanges += key.fields.count
        if !key.isRead {
            undiffed += 1
            if key.fields.contains(.assignee), key.assignee != 0 { blindAssignments += 1 }
        }
        if key.endsAIHandling { handOffs += 1 }
        if counts.count >= Self.limit, counts[key] == nil {
            others += 1
            return
        }
        counts[key, default: Count()].add(ticket)
    }
}

extension ChangeTally.Count {
    fileprivate mutating func add(_ ticket: UInt32) {
        tickets += 1
        if samples.count < PlanSummary.Group.sampleLimit { samples.append(ticket) }
    }
}

extension ChangeTally.Key {
    init(row: PlannedRow, before ticket: TicketTable.Entry) {
        self.init(
            row.changes, ticket, status: row.status, priority: UInt8(row.priority),
            category: row.category, assignee: row.assignee)
    }

    init(group: PlanDraft.Group, before ticket: TicketTable.Entry) {
        self.init(
            group.changes, ticket, status: group.status, priority: group.priority,
            category: group.category, assignee: group.assignee)
    }

    private init(
        _ fields: FieldSet, _ ticket: TicketTable.Entry, status: UInt8, priority: UInt8,
        category: UInt32, assignee: UInt32
    ) {
        self.init(fields: fields, isRead: ticket.flags.contains(.isRead))
        if fields.contains(.status) {
            statusBefore = ticket.status
            self.status = status
        }
        if fields.contains(.priority) {
            priorityBefore = ticket.priority
            self.priority = priority
        }
        if fields.contains(.category) {
            categoryBefore = ticket.category
            self.category = category
        }
        if fields.contains(.assignee) {
            assigneeBefore = ticket.assignee
            self.assignee = assignee
            if ticket.flags.contains(.handledByAI) {
                endsAIHandling = assignee != 0
                leavesToAI = assignee == 0 && assigneeBefore != 0
            }
        }
    }
}
