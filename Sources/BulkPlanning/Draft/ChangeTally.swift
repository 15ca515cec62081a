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

        /// All parts in three words, which are compared and hashed faster than eleven parts.
        fileprivate var words: (UInt64, UInt64, UInt64) {
            let flags = (isRead ? 1 : 0) | (endsAIHandling ? 2 : 0) | (leavesToAI ? 4 : 0) as UInt64
            let priorities =
                UInt64(UInt8(bitPattern: priorityBefore)) &<< 8 | UInt64(priority)
            let small =
                UInt64(fields.rawValue) &<< 56 | flags &<< 48 | UInt64(statusBefore) &<< 32
                | UInt64(status) &<< 16 | priorities
            return (
                small, UInt64(categoryBefore) &<< 32 | UInt64(category),
                UInt64(assigneeBefore) &<< 32 | UInt64(assignee)
            )
        }

        static func == (left: Self, right: Self) -> Bool { left.words == right.words }

        func hash(into hasher: inout Hasher) {
            hasher.combine(words.0)
            hasher.combine(words.1)
            hasher.combine(words.2)
        }
    }

    /// How many tickets change so.
    ///
    /// It holds no list, because there can be 65,536 of it.
    struct Count: BitwiseCopyable {
        private(set) var tickets = 0
        private var first = SIMD4<UInt32>()

        /// The numbers of the first few tickets.
        var samples: [UInt32] {
            (0..<min(tickets, PlanSummary.Group.sampleLimit)).map { first[$0] }
        }

        /// The number of the first ticket, which there is.
        var firstSample: UInt32 { first[0] }

        fileprivate mutating func add(_ ticket: UInt32) {
            if tickets < PlanSummary.Group.sampleLimit { first[tickets] = ticket }
            tickets += 1
        }
    }

    /// How many different changes are separated; what comes beyond is counted together.
    private static let limit = 1 << 16
    /// The changes in the order in which they came.
    private(set) var counts: [(key: Key, value: Count)] = []
    /// Where a change is in ``counts``.
    private var places: [Key: Int] = [:]
    /// The last place of each of a few hashes, so that frequent changes are found without the dictionary.
    private var recent: [Int32] = Array(repeating: -1, count: 256)
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
        let slot = Self.slot(key)
        let place = Int(recent[slot])
        if place >= 0, counts[place].key == key { return counts[place].value.add(ticket) }
        if let place = places[key] {
            recent[slot] = Int32(truncatingIfNeeded: place)
            return counts[place].value.add(ticket)
        }
        if counts.count >= Self.limit {
            others += 1
            return
        }
        places[key] = counts.count
        recent[slot] = Int32(truncatingIfNeeded: counts.count)
        var count = Count()
        count.add(ticket)
        counts.append((key, count))
    }

    private static func slot(_ key: Key) -> Int {
        let words = key.words
        let mixed = ByteHash.mix(
            words.0 ^ words.1 &* 0x9E37_79B9_7F4A_7C15, words.2 ^ 0xD1B5_4A32_D192_ED03)
        return Int(truncatingIfNeeded: mixed & 255)
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
