import BulkPlan

/// The meaning of a column or key of a snapshot, and its rank among keys with the same meaning.
struct SnapshotKey: BitwiseCopyable {
    enum Kind: UInt8, CaseIterable {
        case id, status, priority, category, assignedTo, aiStatus, updatedAt
        /// Only read when guards ask for them.
        case tags, origin
        /// A list of tickets.
        case page
    }

    var kind: Kind
    /// The rank among keys of one kind: the lowest rank counts, in any order of the keys.
    var rank: UInt8

    /// Whether an object under this key is a whole ticket and not an id.
    var isWholeTicket: Bool { kind == .id && rank == Self.rankOfTicket }

    /// Whether another key has the same meaning and the same name.
    func isSame(as other: Self) -> Bool { kind == other.kind && rank == other.rank }

    private static let rankOfTicket = byPlainName["ticket"]?.rank

    /// The names of a kind of value in a snapshot, best first.
    ///
    /// They are the API listing's names and all names that an input's columns can have.
    private static func names(_ kind: Kind) -> [String] {
        switch kind {
        case .id: [listedID] + ColumnRole.ticketID.names
        // Exports write a status that no plan takes only here.
        case .status: ["currentStatus"] + ColumnRole.status.names
        case .priority: ColumnRole.priority.names
        case .category: ColumnRole.categoryID.names + ColumnRole.categoryName.names
        case .assignedTo: ColumnRole.assignee.names
        case .aiStatus: ["aiStatus"]
        case .updatedAt: ["updatedAt"]
        case .tags: ["tags"]
        case .origin: ["sourceType", "origin"]
        case .page: ["tickets", "data"]
        }
    }

    /// The listing's own name of a ticket's id, which counts before `id`: only its `_` tells the two apart.
    private static let listedID = "_id"

    private static let byPlainName: [String: SnapshotKey] = {
        var keys: [String: SnapshotKey] = [:]
        for kind in Kind.allCases {
            for (rank, name) in names(kind).enumerated() where name != listedID {
                let plain = ColumnRole.plain(name)
                if keys[plain] == nil { keys[plain] = SnapshotKey(kind: kind, rank: UInt8(rank)) }
            }
        }
        return keys
    }()

    /// Finds the key of a name, matched as input columns are; `nil` for a name without a meaning.
    init?(_ name: String) {
        let written = ColumnRole.written(name)
        if written.filter({ !$0.isWhitespace }).lowercased() == Self.listedID {
            self.init(kind: .id, rank: 0)
            return
        }
        guard let key = Self.byPlainName[ColumnRole.plain(name)] else { return nil }
        self = key
    }

    private init(kind: Kind, rank: UInt8) {
        self.kind = kind
        self.rank = rank
    }
}

extension SnapshotKey.Kind {
    /// Whether several columns can have it, such as the id and the name of an agent.
    var canBeElsewhere: Bool {
        switch self {
        case .status, .priority, .category, .assignedTo: true
        default: false
        }
    }

    /// The column's canonical name, for messages.
    var name: String {
        switch self {
        case .id: "ticketId"
        case .status: "status"
        case .priority: "priority"
        case .category: "categoryId"
        case .assignedTo: "assignedTo"
        case .aiStatus: "aiStatus"
        case .updatedAt: "updatedAt"
        case .tags: "tags"
        case .origin: "origin"
        case .page: "tickets"
        }
    }
}

/// The kinds of values that a line has had so far, and the ranks of their keys.
struct SnapshotRanks: BitwiseCopyable {
    /// The bits for each kind.
    private static let width: UInt64 = 6
    /// For each kind: the rank of the recorded key plus 1; 0 for none.
    private var recorded: UInt64 = 0

    private static var mask: UInt64 { 1 &<< width &- 1 }

    /// Whether a key of the same kind and rank was recorded, and counts so far.
    @inline(__always)
    func isRecorded(_ key: SnapshotKey) -> Bool {
        recorded &>> (UInt64(key.kind.rawValue) &* Self.width) & Self.mask == UInt64(key.rank) &+ 1
    }

    /// Whether only the ticket's id was recorded.
    var haveOnlyID: Bool {
        recorded & ~(Self.mask &<< (UInt64(SnapshotKey.Kind.id.rawValue) &* Self.width)) == 0
    }

    /// Records a key unless one with a lower rank was recorded before, and returns whether it did.
    @inline(__always)
    mutating func record(_ key: SnapshotKey) -> Bool {
        let shift = UInt64(key.kind.rawValue) &* Self.width
        let before = recorded &>> shift & Self.mask
        let rank = UInt64(key.rank) &+ 1
        if before != 0, before < rank { return false }
        recorded = recorded & ~(Self.mask &<< shift) | rank &<< shift
        return true
    }
}
