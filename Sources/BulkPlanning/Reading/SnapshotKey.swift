import BulkPlan

/// What a column or key of a snapshot says about its ticket, and which of several that say the same counts.
struct SnapshotKey: BitwiseCopyable {
    enum Kind: UInt8, CaseIterable {
        case id, status, priority, category, assignedTo, aiStatus, updatedAt
        /// A list of tickets.
        case page
    }

    var kind: Kind
    /// Of two keys of one kind the one with the lower rank counts, whatever their order.
    var rank: UInt8

    /// Whether an object under this key is a ticket rather than an id.
    var isWholeTicket: Bool { kind == .id && rank == Self.rankOfTicket }

    private static let rankOfTicket = byPlainName["ticket"]?.rank

    /// The names by which a snapshot's values are known, those that count first in front: what the API's
    /// listing writes, and all that an input's columns can be called.
    private static func names(_ kind: Kind) -> [String] {
        switch kind {
        case .id: ["_id"] + ColumnRole.ticketID.names
        case .status: ColumnRole.status.names
        case .priority: ColumnRole.priority.names
        case .category: ColumnRole.categoryID.names + ColumnRole.categoryName.names
        case .assignedTo: ColumnRole.assignee.names
        case .aiStatus: ["aiStatus"]
        case .updatedAt: ["updatedAt"]
        case .page: ["tickets", "data"]
        }
    }

    private static let byPlainName: [String: SnapshotKey] = {
        var keys: [String: SnapshotKey] = [:]
        for kind in Kind.allCases {
            for (rank, name) in names(kind).enumerated() {
                let plain = ColumnRole.plain(name)
                if keys[plain] == nil { keys[plain] = SnapshotKey(kind: kind, rank: UInt8(rank)) }
            }
        }
        return keys
    }()

    /// The key of a name, matched as the columns of an input are; `nil` for one that says nothing.
    init?(_ name: String) {
        guard let key = Self.byPlainName[ColumnRole.plain(name)] else { return nil }
        self = key
    }

    private init(kind: Kind, rank: UInt8) {
        self.kind = kind
        self.rank = rank
    }
}

extension SnapshotKey.Kind {
    /// The column's proper name, for messages.
    var name: String {
        switch self {
        case .id: "ticketId"
        case .status: "status"
        case .priority: "priority"
        case .category: "categoryId"
        case .assignedTo: "assignedTo"
        case .aiStatus: "aiStatus"
        case .updatedAt: "updatedAt"
        case .page: "tickets"
        }
    }
}

/// Which kinds a line has said so far, and by keys of which ranks.
struct SnapshotRanks: BitwiseCopyable {
    /// Four bits for each kind: the rank, plus 1, of the key taken; 0 for none.
    private var taken: UInt32 = 0

    /// Whether a key counts beside those taken before it; if so, it is taken.
    @inline(__always)
    mutating func take(_ key: SnapshotKey) -> Bool {
        let shift = UInt32(key.kind.rawValue) &* 4
        let before = taken &>> shift & 0xF
        let rank = UInt32(key.rank) &+ 1
        if before != 0, before < rank { return false }
        taken = taken & ~(0xF &<< shift) | rank &<< shift
        return true
    }
}
