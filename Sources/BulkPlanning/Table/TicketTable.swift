import BulkSystem

/// The wanted tickets: each distinct ticket of the input once, with its current values.
///
/// An open-addressing index of eight-byte slots leads to twelve bytes of id and sixteen of values. A slot has
/// the upper half of the id's hash, a bit for ids that are not ObjectIds, and the ticket's number plus 1.
/// Look-ups are batched; see ``LookupBatch``.
struct TicketTable: ~Copyable {
    /// The three words of a wanted ticket's id.
    ///
    /// For an id that is not an ObjectId, the last word is its index in the table of such ids.
    struct Words: BitwiseCopyable {
        var high: UInt32
        var middle: UInt32
        var low: UInt32
    }

    /// The current values of one wanted ticket.
    struct Entry: BitwiseCopyable {
        /// The number of the group of rows that name the ticket, from 1; 0 when only one row does.
        var group: UInt32 = 0
        /// The category's number; 0 for none.
        var category: UInt32 = 0
        /// The assigned agent's number; 0 for none.
        var assignee: UInt32 = 0
        /// The status's number; 0 for none.
        var status: UInt16 = 0
        /// The priority; `Int8.min` for none.
        var priority: Int8 = .min
        var flags: Flags = []
    }

    /// Properties of a ticket besides its values.
    struct Flags: OptionSet, BitwiseCopyable {
        var rawValue: UInt8
        /// The id is not an ObjectId.
        static let textID = Flags(rawValue: 1)
        /// The ticket was read.
        static let isRead = Flags(rawValue: 2)
        /// The AI is handling the ticket.
        static let handledByAI = Flags(rawValue: 4)
        /// No remaining row needs the ticket, so it need not be read.
        static let isLeftOut = Flags(rawValue: 8)
        /// The ticket has a protected tag or origin.
        static let isMarked = Flags(rawValue: 16)
        /// The ticket's tags are needed and were not read.
        static let lacksTags = Flags(rawValue: 32)
        /// The ticket's origin is needed and was not read.
        static let lacksOrigin = Flags(rawValue: 64)

        /// The properties that each reading of a ticket replaces.
        static let ofReading: Flags = [.handledByAI, .isMarked, .lacksTags, .lacksOrigin]
    }

    private(set) var entries = SegmentedArray<Entry>()
    private var ids = SegmentedArray<Words>()
    private var slots: UnsafeMutableBufferPointer<UInt64>
    private let hash: ByteHash
    private var hasIndex = true
    private var hasTextIDs = false
    /// The ids that are not ObjectIds, each under its index plus 1; complete when all rows were added.
    let texts: ValueTable

    init(hash: ByteHash) {
        self.hash = hash
        texts = ValueTable(hash: hash)
        slots = Self.emptySlots(1 << 10)
    }

    deinit { slots.deallocate() }

    var count: Int { ids.count }

    /// Looks up tickets; valid until the next ticket is added.
    var finder: TicketFinder {
        precondition(hasIndex, "no ticket can be looked up any more")
        return TicketFinder(slots: slots, ids: ids.segments, hash: hash, texts: texts)
    }

    /// Returns the key under which a ticket is added.
    @inline(__always)
    func key(_ id: TicketKey) -> TicketFinder.Key { TicketFinder.Key(id, hash) }

    /// Returns a ticket's number, and adds the ticket if it is new.
    mutating func add(_ key: TicketFinder.Key) -> (number: UInt32, isNew: Bool) {
        if (ids.count + 1) * 4 > slots.count * 3 { resize(to: slots.count * 2) }
        var slot = Int(truncatingIfNeeded: key.hash) & (slots.count - 1)
        while slots[slot] != 0 {
            StepCount.add()
            let number = UInt32(truncatingIfNeeded: slots[slot]) & TicketFinder.numberMask
            if slots[slot] == key.slot(number), words(number - 1) == key.id {
                return (number - 1, false)
            }
            slot = (slot &+ 1) & (slots.count - 1)
        }
        ids.append(Words(high: key.id.high, middle: key.id.middle, low: key.id.low))
        if !key.id.isObjectID { hasTextIDs = true }
        entries.append(Entry(flags: key.id.isObjectID ? [] : .textID))
        slots[slot] = key.slot(UInt32(ids.count))
        return (UInt32(ids.count - 1), true)
    }

    /// Gives the index's memory back, when all tickets were read; no ticket can be looked up any more.
    mutating func removeIndex() {
        slots.deallocate()
        slots = Self.emptySlots(1)
        hasIndex = false
    }

    /// Gives the values' memory back, when only ids are asked for.
    mutating func removeValues() {
        // An id that is not an ObjectId is known by its ticket's flags.
        if !hasTextIDs { entries = SegmentedArray() }
    }

    /// Notes that a ticket need not be read.
    mutating func leaveOut(_ number: Int) {
        entries[number].flags.insert(.isLeftOut)
    }

    /// The id of a ticket.
    func id(of number: UInt32) -> TicketKey {
        let words = ids[Int(number)]
        return hasTextIDs && entries[Int(number)].flags.contains(.textID)
            ? TicketKey(interned: Int(words.low))
            : TicketKey(high: words.high, middle: words.middle, low: words.low)
    }

    /// When the ticket was created, in seconds since 1970; `nil` if its id does not say.
    func creationTime(_ number: Int) -> UInt32? {
        entries[number].flags.contains(.textID) ? nil : ids[number].high
    }

    /// The words of the id; the ticket's slot already shows whether it is an ObjectId.
    @inline(__always)
    private func words(_ number: UInt32) -> Words { ids[Int(number)] }

    /// The id's text: lower-case hex for an ObjectId, as written for any other id.
    func id(_ number: UInt32) -> String {
        let key = id(of: number)
        return key.isObjectID ? key.hexadecimal : texts[key.low + 1]
    }

    /// Appends the id as a JSON string.
    @inline(__always)
    func appendID(_ number: UInt32, to buffer: inout OutputBuffer) {
        let key = id(of: number)
        if key.isObjectID {
            buffer.append(objectID: key)
        } else {
            texts.withBytes(key.low + 1) { buffer.append(jsonString: $0) }
        }
    }

    /// Makes the index large enough for a number of tickets, so that it need not grow in steps.
    mutating func reserve(_ tickets: Int) {
        var capacity = slots.count
        while tickets * 4 > capacity * 3 { capacity *= 2 }
        if capacity > slots.count { resize(to: capacity) }
    }

    private mutating func resize(to capacity: Int) {
        let larger = Self.emptySlots(capacity)
        let mask = larger.count - 1
        for number in 0..<UInt32(ids.count) {
            let key = key(id(of: number))
            var slot = Int(truncatingIfNeeded: key.hash) & mask
            while larger[slot] != 0 { slot = (slot &+ 1) & mask }
            larger[slot] = key.slot(number + 1)
        }
        slots.deallocate()
        slots = larger
    }

    private static func emptySlots(_ capacity: Int) -> UnsafeMutableBufferPointer<UInt64> {
        let slots = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: capacity)
        slots.initialize(repeating: 0)
        return slots
    }
}

extension TicketTable.Words {
    @inline(__always)
    static func == (words: Self, id: TicketKey) -> Bool {
        words.high == id.high && words.middle == id.middle && words.low == id.low
    }
}
