import BulkPlan
import BulkSystem
import MavaAPI

/// The id and names of an agent or category in an object such as `{"_id":…,"name":…,"email":…}`.
///
/// The API's listing has ids. Documents delivered by webhooks have only names.
struct NamedReference: Hashable {
    var id: String?
    var name: String?
    var email: String?
    var wallet: String?
    var isArchived = false

    /// Parses an object; the result is `nil` when the text is not one.
    init?(inObject text: UnsafeRawBufferPointer) {
        var cursor = JSONCursor(text)
        let whole: Void? = cursor.object { key, value in
            switch key {
            case "_id", "id", "$oid": return parseID(&value)
            case "name", "username":
                guard let text = value.string() else { return value.skip() }
                name = text
            case "email":
                guard let text = value.string() else { return value.skip() }
                email = text
            case "walletAddress":
                guard let text = value.string() else { return value.skip() }
                wallet = text
            case "isArchived":
                isArchived = value.isTrue()
                return value.skip()
            default: return value.skip()
            }
            return true
        }
        guard whole != nil else { return nil }
    }

    /// Whether it has a name, an e-mail address or a wallet address.
    var isNamed: Bool { name != nil || email != nil || wallet != nil }

    private mutating func parseID(_ value: inout JSONCursor) -> Bool {
        if let found = value.string() {
            // A blank id does not hide the names.
            if !found.isEmpty { id = id ?? found }
            return true
        }
        // mongoexport writes `_id: {"$oid": …}`.
        var inner: String?
        let whole: Void? = value.object { key, value in
            guard key == "$oid", let found = value.string() else { return value.skip() }
            if !found.isEmpty { inner = inner ?? found }
            return true
        }
        id = id ?? inner
        return whole != nil || value.skip()
    }
}

/// The agents or categories for which a snapshot has both an id and a name.
///
/// Where an id has several names, the first in the snapshot counts. So it does not matter which thread read which
/// lines.
struct SnapshotNames {
    /// More than any organisation has; those of further ones are unknown.
    private static let limit = 1 << 20

    /// In the order of the snapshot.
    private var references: [NamedReference] = []
    private var ids: Set<String> = []

    mutating func add(_ reference: NamedReference) {
        guard let id = reference.id, reference.isNamed, references.count < Self.limit,
            ids.insert(id).inserted
        else { return }
        references.append(reference)
    }

    mutating func add(_ other: SnapshotNames) {
        for reference in other.references { add(reference) }
    }

    /// The agents; `nil` when there are none.
    var agents: [Agent]? {
        references.isEmpty
            ? nil
            : references.filter { !$0.isArchived }.map {
                Agent(id: $0.id ?? "", email: $0.email, username: $0.name, walletAddress: $0.wallet)
            }.sorted { $0.id < $1.id }
    }

    /// The categories that are still in use; `nil` when there are none.
    var categories: [MavaAPI.Category]? {
        references.isEmpty
            ? nil
            : references.filter { !$0.isArchived }.map {
                MavaAPI.Category(id: $0.id ?? "", name: $0.name)
            }.sorted { $0.id < $1.id }
    }
}

/// A name and an e-mail address stored as one text in a value table, until both can be looked up.
enum UnresolvedName {
    private static let separator: Character = "\u{1F}"

    static func text(_ reference: NamedReference) -> String? {
        let parts = [reference.email, reference.wallet, reference.name].compactMap { $0 }.filter {
            !$0.isEmpty
        }
        return parts.isEmpty ? nil : parts.joined(separator: String(separator))
    }

    /// The names to try, in this order; the last is the display name.
    static func parts(_ text: String) -> [String] {
        text.split(separator: separator).map(String.init)
    }
}

extension TicketState {
    /// Replaces names in the tickets' values by the ids that the names mean.
    ///
    /// - Parameter directory: The existing agents and categories.
    /// - Returns: The number of different agents and of categories that are still names only.
    mutating func resolveNames(_ directory: NameDirectory) -> (agents: Int, categories: Int) {
        let agents = Self.resolve(values.assignees) { directory.agent($0, suggests: false) }
        let categories = Self.resolve(values.categories) {
            directory.category($0, suggests: false)
        }
        if agents.isChanged || categories.isChanged {
            for number in 0..<tickets.count {
                var entry = tickets.entries[number]
                entry.assignee = agents.numbers[Int(entry.assignee)]
                entry.category = categories.numbers[Int(entry.category)]
                tickets.entries[number] = entry
            }
        }
        return (agents.unresolved, categories.unresolved)
    }

    private static func resolve(
        _ table: ValueTable, _ match: (String) -> NameDirectory.Match
    ) -> (numbers: [UInt32], isChanged: Bool, unresolved: Int) {
        var numbers = Array(0..<UInt32(table.count))
        var isChanged = false
        var unresolved = 0
        for number in numbers.dropFirst() {
            let text = table[number]
            if TicketID(text)?.isObjectID == true {
                // Only digits in upper case can mean another text.
                if text.utf8.contains(where: { 0x41...0x5A ~= $0 }) {
                    var id = text.lowercased()
                    if case .id(let found) = match(text) { id = found }
                    numbers[Int(number)] = table.intern(id)
                    isChanged = isChanged || numbers[Int(number)] != number
                }
                continue
            }
            let parts = UnresolvedName.parts(text)
            var found: String?
            for part in parts where found == nil {
                if case .id(let id) = match(part) { found = id }
            }
            if ["null", "unassigned"].contains(text.lowercased()) {
                numbers[Int(number)] = 0
            } else if let found {
                numbers[Int(number)] = table.intern(found)
            } else {
                unresolved += 1
                numbers[Int(number)] = table.intern(parts.last ?? text)
            }
            if numbers[Int(number)] != number { isChanged = true }
        }
        return (numbers, isChanged, unresolved)
    }
}

extension ValueTable {
    /// Whether any value is a name and not an ObjectId.
    var hasNames: Bool {
        (1..<UInt32(max(count, 1))).contains { TicketID(self[$0])?.isObjectID != true }
    }
}
