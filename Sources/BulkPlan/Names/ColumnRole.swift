import BulkSystem

/// The meaning of an input column for a ticket.
@usableFromInline
package enum ColumnRole: UInt8, CaseIterable, Hashable, Sendable {
    /// The ticket that the record is about.
    case ticketID
    /// The requested status.
    case status
    /// The requested priority.
    case priority
    /// The requested category, by its id.
    case categoryID
    /// The requested category, by its name.
    case categoryName
    /// The requested agent, by id, e-mail, username or wallet address.
    case assignee
    /// The status that the ticket must currently have.
    case expectStatus
    /// The priority that the ticket must currently have.
    case expectPriority
    /// The category that the ticket must currently have.
    case expectCategoryID
    /// The agent that the ticket must currently be assigned to.
    case expectAssignee
    /// When the ticket must have changed last.
    case expectUpdatedAt
    /// A column that this program adds to files of rows to fix; it has no effect.
    case reserved
    /// A column that is left out of the change by an option or by a better column; it is copied to the
    /// report.
    case ignored
    /// An unknown column, which is copied to the report.
    case unknown

    /// The accepted names for a column of this role, the proper one first.
    package var names: [String] {
        switch self {
        case .ticketID:
            [
                "ticketId", "ticket", "id", "_id", "conversationId", "ticketUrl", "ticketLink",
                "conversationUrl", "ticketNumber", "ticketNo", "ticket#",
            ]
        case .status: ["status", "ticketStatus", "state"]
        case .priority: ["priority", "ticketPriority"]
        case .categoryID: ["categoryId"]
        case .categoryName: ["category", "categoryName", "ticketCategory"]
        case .assignee:
            [
                "assignedTo", "assignee", "agent", "owner", "assignedToId", "assigneeId", "agentId",
                "ownerId", "assignedToEmail", "assigneeEmail", "agentEmail", "ownerEmail",
                "assignedToName", "assigneeName", "agentName", "ownerName", "assignedAgent",
                "teammate",
            ]
        case .expectStatus: ["expectStatus"]
        case .expectPriority: ["expectPriority"]
        case .expectCategoryID: ["expectCategoryId", "expectCategory"]
        case .expectAssignee: ["expectAssignedTo", "expectAssignee", "expectAgent", "expectOwner"]
        case .expectUpdatedAt: ["expectUpdatedAt"]
        case .reserved: ["mavaBulkError", "mavaBulkRow", "mavaBulkRefusal"]
        case .ignored, .unknown: []
        }
    }

    /// How surely a name of this role says what it means, 0 for the surest: an id before an e-mail before a
    /// name.
    ///
    /// Of several columns of one group the surest is read.
    ///
    /// - Parameter name: The name as the input writes it.
    /// - Returns: The rank.
    package func rank(ofName name: String) -> UInt8 {
        let name = Self.plain(name)
        switch self {
        case .ticketID:
            return ["ticketnumber", "ticketno", "ticket#"].contains(name)
                ? 2 : name.hasSuffix("url") || name.hasSuffix("link") ? 1 : 0
        case .status: return name == "status" ? 0 : 1
        case .priority: return name == "priority" ? 0 : 1
        case .categoryName: return 2
        case .assignee:
            return name == "assignedto" || name.hasSuffix("id")
                ? 0 : name.hasSuffix("email") ? 1 : 2
        default: return 0
        }
    }

    /// The words that clear a field, in lower case, so that none of them can name an agent or a category.
    package static let clearingWords: Set<String> = ["unassigned", "null", notListed]
    /// What exports write for a name that no list has; it asks for nothing.
    package static let notListed = "not listed"

    /// Whether a column of this role asks for nothing and expects nothing.
    // A pattern, because other modules do not see how the cases are compared.
    @inlinable
    package var isPassive: Bool {
        switch self {
        case .reserved, .ignored, .unknown: true
        default: false
        }
    }

    /// Whether a column of this role requests a change.
    package var isChange: Bool {
        switch self {
        case .status, .priority, .categoryID, .categoryName, .assignee: true
        default: false
        }
    }

    /// The role whose field this role shares; two columns of one group contradict each other.
    package var group: ColumnRole { self == .categoryName ? .categoryID : self }

    /// A bit for each group.
    @inline(__always)
    package var groupBit: UInt32 { 1 << UInt32(group.rawValue) }

    /// The role of a column's name, matched without case, spaces, `_` and `-`.
    ///
    /// - Parameter name: The name as the input writes it.
    package init(columnName name: String) {
        self = Self.byPlainName[Self.plain(name)] ?? .unknown
    }

    /// A name without the characters that are ignored when names are matched.
    package static func plain(_ name: String) -> String {
        let name = written(name)
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
            return name.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
        }
        // A file can have ten thousand columns, and most names are ASCII.
        return String(unsafeUninitializedCapacity: name.utf8.count) { space in
            var count = 0
            for byte in name.utf8 {
                switch byte {
                case 0x09...0x0D, 0x20, UInt8(ascii: "_"), UInt8(ascii: "-"): continue
                case 0x41...0x5A: space[count] = byte | 0x20
                default: space[count] = byte
                }
                count += 1
            }
            return count
        }
    }

    /// A name without the `="…"` or the `'` by which a spreadsheet marks text.
    package static func written(_ name: String) -> String {
        guard let first = name.utf8.first, first == UInt8(ascii: "=") || first == UInt8(ascii: "'")
        else { return name }
        if name.hasPrefix("=\""), name.hasSuffix("\""), name.utf8.count > 3 {
            return String(name.dropFirst(2).dropLast())
        }
        return first == UInt8(ascii: "'") ? String(name.dropFirst()) : name
    }

    /// Every known name, as ``plain(_:)`` leaves it.
    private static let byPlainName: [String: ColumnRole] = {
        var table: [String: ColumnRole] = [:]
        for role in ColumnRole.allCases {
            for name in role.names { table[plain(name)] = role }
        }
        return table
    }()

    /// Columns that describe a ticket and ask for nothing, as exports of tickets have them.
    private static let informative: Set<String> = Set(
        [
            "subject", "title", "createdAt", "updatedAt", "aiStatus", "origin", "sourceType",
            "tags", "customer", "customerName", "customerEmail", "link", "csat", "currentAssignee",
            "currentCategory", "currentStatus", "row", "run",
        ].map(plain))

    /// Whether a column is one that exports write for people to read.
    ///
    /// - Parameter name: The name as the input writes it.
    /// - Returns: Whether the column needs no warning, although it changes nothing.
    package static func isInformative(_ name: String) -> Bool {
        let plain = plain(name)
        return plain.hasPrefix("input.") || informative.contains(plain)
    }

    /// Whether only files that ask for changes have such a column.
    package var belongsToWishes: Bool {
        switch self {
        case .expectStatus, .expectPriority, .expectCategoryID, .expectAssignee, .expectUpdatedAt,
            .reserved:
            true
        case .ticketID, .status, .priority, .categoryID, .categoryName, .assignee, .ignored,
            .unknown:
            false
        }
    }

    /// The known column name closest to another.
    ///
    /// - Parameter name: An unknown column's name.
    /// - Returns: The proper name of the closest column; `nil` when none is close.
    package static func closestName(to name: String) -> String? {
        let plainName = plain(name)
        guard let closest = spellings.closest(to: plainName) else { return nil }
        if closest.hasPrefix("expect"), !Misspelling.isOfExpect(name) { return nil }
        // Of two names with one first word, the others must be alike: a ticket's owner is not its number.
        let plainClosest = plain(closest)
        for word in ["ticket", "conversation", "assigned"] {
            guard plainName.hasPrefix(word), plainClosest.hasPrefix(word) else { continue }
            let others = [plainName, plainClosest].map { String($0.dropFirst(word.count)) }
            let longest = max(others[0].count, others[1].count)
            if editDistance(others[0], others[1]) > max(1, longest / 3) { return nil }
        }
        return closest
    }

    /// The names of all columns that mean anything.
    private static let spellings = KnownSpellings(
        allCases.filter { !$0.isPassive }.flatMap(\.names).map { ($0, plain($0)) })
}
