import BulkRecords
import BulkSystem
import MavaAPI

/// The distinct current and wanted values of tickets; they are compared by their numbers.
final class CurrentValues {
    /// The statuses by number.
    ///
    /// 1 to 4 are the four that an update can write, in their order. 5 is the one that tickets can only have.
    /// Others follow in order of appearance.
    let statuses: ValueTable
    let categories: ValueTable
    let assignees: ValueTable
    private let aiStatuses: ValueTable
    private var isHandling: [Bool] = [false]
    /// Nested objects as written, with the numbers of the ids inside, so that each is parsed only once.
    ///
    /// The same text can be an agent and a category.
    private struct Objects {
        let texts: ValueTable
        var numbers: [UInt32] = [0]
    }
    private var agentObjects: Objects
    private var categoryObjects: Objects

    /// The agents and categories for which objects have both an id and a name.
    var agentNames = SnapshotNames()
    var categoryNames = SnapshotNames()

    /// Whether the values come from columns without one for the AI's handling.
    var lacksAIStatus = false
    /// Whether one of the listed tickets says something about the AI's handling.
    var saysAIStatus = false

    /// More distinct statuses than any workspace has, with those that preconditions name.
    static let statusLimit: UInt32 = 4096
    /// The limit for a message.
    static let tooManyStatuses = "more than \(Words.number(Int(statusLimit))) different statuses"
    /// Whether a ticket has a status for which there was no number left.
    private(set) var hasTooManyStatuses = false

    /// The most nested objects kept; further ones are parsed each time.
    private static let objectLimit = 1 << 16

    init(hash: ByteHash) {
        statuses = ValueTable(hash: hash)
        categories = ValueTable(hash: hash)
        assignees = ValueTable(hash: hash)
        aiStatuses = ValueTable(hash: hash)
        agentObjects = Objects(texts: ValueTable(hash: hash))
        categoryObjects = Objects(texts: ValueTable(hash: hash))
        for status in TicketStatus.allCases { _ = statuses.intern(status.rawValue) }
        _ = statuses.intern(UnwritableValue.statusName)
    }

    /// The number of a status; at least sixteen bytes must be readable from the text's first byte.
    @inline(__always)
    func status(readable text: UnsafeRawBufferPointer) -> UInt16 {
        statuses.count > Self.statusLimit
            ? knownStatus(text) : UInt16(truncatingIfNeeded: statuses.intern(readable: text))
    }

    func status(_ text: UnsafeRawBufferPointer) -> UInt16 {
        statuses.count > Self.statusLimit
            ? knownStatus(text) : UInt16(truncatingIfNeeded: statuses.intern(text))
    }

    /// The number of a status that has one; the number of no status for another, which is noted.
    @inline(never)
    private func knownStatus(_ text: UnsafeRawBufferPointer) -> UInt16 {
        if let number = statuses.find(text), number <= UInt32(UInt16.max) { return UInt16(number) }
        hasTooManyStatuses = true
        return 0
    }

    func isHandledByAI(_ text: UnsafeRawBufferPointer) -> Bool {
        // A status that differs for each ticket must not fill the memory.
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
        table === assignees
            ? Self.reference(inObject: text, table, &agentObjects, &agentNames)
            : Self.reference(inObject: text, table, &categoryObjects, &categoryNames)
    }

    private static func reference(
        inObject text: UnsafeRawBufferPointer, _ table: ValueTable, _ objects: inout Objects,
        _ names: inout SnapshotNames
    ) -> UInt32 {
        let isKept = objects.texts.count <= objectLimit
        if isKept {
            let number = Int(objects.texts.intern(text))
            if number < objects.numbers.count { return objects.numbers[number] }
        } else if let number = objects.texts.find(text) {
            return objects.numbers[Int(number)]
        }
        let reference = NamedReference(inObject: text)
        let value = reference.flatMap { $0.id ?? UnresolvedName.text($0) }
        let number = value.map(table.intern) ?? 0
        if isKept { objects.numbers.append(number) }
        if let reference { names.add(reference) }
        return number
    }
}
