import BulkRecords
import MavaAPI

/// The distinct values that tickets hold or are to hold, under the numbers by which they are compared.
final class CurrentValues {
    /// Statuses: 1 to 4 are the four that an update takes, in their order; then the one that tickets can only
    /// hold; others follow as met.
    let statuses: ValueTable
    let categories: ValueTable
    let assignees: ValueTable
    private let aiStatuses: ValueTable
    private var isHandling: [Bool] = [false]
    /// Nested objects as written, and the numbers of the ids inside; so each is searched once only.
    private let objects: ValueTable
    private var objectIDs: [UInt32] = [0]

    /// The agents and categories that objects give both an id and a name.
    var agentNames = SnapshotNames()
    var categoryNames = SnapshotNames()

    /// Whether they come of columns none of which says which tickets the AI is handling.
    var lacksAIStatus = false

    /// More distinct statuses than anybody has; what comes beyond is read as the last of them.
    private static let statusLimit: UInt32 = 4096
    /// How many nested objects are kept at most; further ones are searched each time.
    private static let objectLimit = 1 << 16

    init(hash: ByteHash) {
        statuses = ValueTable(hash: hash)
        categories = ValueTable(hash: hash)
        assignees = ValueTable(hash: hash)
        aiStatuses = ValueTable(hash: hash)
        objects = ValueTable(hash: hash)
        for status in TicketStatus.allCases { _ = statuses.intern(status.rawValue) }
        _ = statuses.intern(UnwritableValue.statusName)
    }

    /// The number of a status; of a text behind whose first byte at least sixteen can be loaded.
    @inline(__always)
    func status(readable text: UnsafeRawBufferPointer) -> UInt16 {
        if statuses.count > Self.statusLimit {
            return UInt16(statuses.find(text) ?? Self.statusLimit)
        }
        return UInt16(truncatingIfNeeded: statuses.intern(readable: text))
    }

    func status(_ text: UnsafeRawBufferPointer) -> UInt16 {
        if statuses.count > Self.statusLimit {
            return UInt16(statuses.find(text) ?? Self.statusLimit)
        }
        return UInt16(statuses.intern(text))
    }

    func isHandledByAI(_ text: UnsafeRawBufferPointer) -> Bool {
        // A status that is another one for each ticket must not fill the memory.
        if aiStatuses.count > Self.objectLimit {
            return Ticket.isAIHandling(String(decoding: text, as: UTF8.self))
        }
        let number = Int(aiStatuses.intern(text))
        if number == isHandling.count {
            isHandling.append(Ticket.isAIHandling(String(decoding: text, as: UTF8.self)))
        }
        return isHandling[number]
    }

    /// The number of the id inside a nested object, else of its names; 0 when it has neither.
    func reference(inObject text: UnsafeRawBufferPointer, into table: ValueTable) -> UInt32 {
        let isKept = objects.count <= Self.objectLimit
        if isKept {
            let number = Int(objects.intern(text))
            if number < objectIDs.count { return objectIDs[number] }
        } else if let number = objects.find(text) {
            return objectIDs[Int(number)]
        }
        let reference = NamedReference(inObject: text)
        let value = reference.flatMap { $0.id ?? UnresolvedName.text($0) }
        let number = value.map(table.intern) ?? 0
        if isKept { objectIDs.append(number) }
        if let reference, table === assignees {
            agentNames.add(reference)
        } else if let reference {
            categoryNames.add(reference)
        }
        return number
    }
}
