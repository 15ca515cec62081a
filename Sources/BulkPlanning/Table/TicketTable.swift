/// The wanted tickets: each distinct ticket of the input once, with what it holds now.
///
/// An open-addressing index of eight-byte slots (half a hash, and a ticket's number) leads to
/// twenty-eight bytes a ticket. Look-ups come in batches: ``TicketTable/touch(_:)`` fetches the slots of
/// a whole batch before the first is compared, so that the waits for memory overlap.
struct TicketTable: ~Copyable {
    /// One wanted ticket.
    struct Entry: BitwiseCopyable {
        var high: UInt32
        var middle: UInt32
        var low: UInt32
        /// Where several rows name the ticket: the number of their group, from 1; else 0.
        var group: UInt32 = 0
        /// The number of the category it holds; 0 for none.
        var category: UInt32 = 0
        /// The number of the agent it is assigned to; 0 for nobody.
        var assignee: UInt32 = 0
        /// The number of the status it holds; 0 for none.
        var status: UInt16 = 0
        /// The priority it holds; `Int8.min` for none.
        var priority: Int8 = .min
        var flags: Flags = []

        var key: TicketKey {
            flags.contains(.textID)
                ? TicketKey(interned: Int(low)) : TicketKey(high: high, middle: middle, low: low)
        }
    }

    /// What is known about a ticket besides its values.
    struct Flags: OptionSet, BitwiseCopyable {
        var rawValue: UInt8
        /// The id is not an ObjectId: `low` is its place in the table of such ids.
        static let textID = Flags(rawValue: 1)
        /// The ticket was read.
        static let isRead = Flags(rawValue: 2)
        /// The AI is handling it.
        static let handledByAI = Flags(rawValue: 4)
    }

    /// A look-up under way: the key with its hash.
    struct Key: BitwiseCopyable {
        var hash: UInt64
        var id: TicketKey
    }

    private(set) var entries = SegmentedArray<Entry>()
    private var slots: UnsafeMutableBufferPointer<UInt64>
    private var mask: Int
    private let hash: ByteHash
    /// The ids that are not ObjectIds, each under its place plus 1; filled when all rows were added.
    let texts: ValueTable

    init(hash: ByteHash, expected: Int = 0) {
        self.hash = hash
        texts = ValueTable(hash: hash)
        var capacity = 1 << 10
        while capacity * 3 < expected * 4 { capacity *= 2 }
        slots = Self.emptySlots(capacity)
        mask = capacity - 1
    }

    deinit { slots.deallocate() }

    var count: Int { entries.count }

    /// The key under which a ticket is added or looked up.
    @inline(__always)
    func key(_ id: TicketKey) -> Key {
        let high = UInt64(id.high) &<< 32 | UInt64(id.middle)
        let hash = hash.hash(high, id.low)
        return Key(hash: id.isObjectID ? hash : ~hash, id: id)
    }

    /// The key of an id's text; `nil` when no wanted ticket can have it.
    @inline(__always)
    func key(_ text: UnsafeRawBufferPointer) -> Key? {
        let text = text.assumingMemoryBound(to: UInt8.self)
        if let id = TicketKey(hexadecimal: text) { return key(id) }
        guard let number = texts.find(UnsafeRawBufferPointer(text)) else { return nil }
        return key(TicketKey(interned: Int(number) - 1))
    }

    /// Fetches a slot ahead of its use; the result only keeps the read from being left out.
    @inline(__always)
    func touch(_ key: Key) -> UInt64 { slots[Int(truncatingIfNeeded: key.hash) & mask] }

    /// Fetches the ticket that a slot leads to, ahead of its use.
    @inline(__always)
    func touchEntry(_ slot: UInt64) -> UInt32 {
        let number = Int(slot & 0xFFFF_FFFF)
        return number == 0 ? 0 : entries[number - 1].middle
    }

    /// The number of a ticket, added when it is new.
    mutating func add(_ key: Key) -> (number: UInt32, isNew: Bool) {
        if (entries.count + 1) * 4 > slots.count * 3 { grow() }
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while slots[slot] != 0 {
            if let number = match(slots[slot], key) { return (number, false) }
            slot = (slot &+ 1) & mask
        }
        let number = UInt32(entries.count)
        entries.append(
            Entry(
                high: key.id.high, middle: key.id.middle, low: key.id.low,
                flags: key.id.isObjectID ? [] : .textID))
        slots[slot] = key.hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
        return (number, true)
    }

    /// The number of a wanted ticket, or `nil`.
    @inline(__always)
    func find(_ key: Key) -> UInt32? {
        var slot = Int(truncatingIfNeeded: key.hash) & mask
        while slots[slot] != 0 {
            if let number = match(slots[slot], key) { return number }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    /// The id's text: as written for an id that is not an ObjectId, lower-case hex for one that is.
    func id(_ number: UInt32) -> String {
        let key = entries[Int(number)].key
        return key.isObjectID ? key.hexadecimal : texts[key.low + 1]
    }

    /// The bytes of the id's text, valid inside the closure only.
    @inline(__always)
    func withID(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> Void) {
        let key = entries[Int(number)].key
        if key.isObjectID {
            var text = key.hexadecimal
            text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        } else {
            texts.withBytes(key.low + 1, body)
        }
    }

    @inline(__always)
    private func match(_ slot: UInt64, _ key: Key) -> UInt32? {
        guard slot ^ key.hash < 1 << 32 else { return nil }
        let number = UInt32(truncatingIfNeeded: slot) &- 1
        return entries[Int(number)].key == key.id ? number : nil
    }

    private mutating func grow() {
        let larger = Self.emptySlots(slots.count * 2)
        let largerMask = larger.count - 1
        for number in 0..<entries.count {
            let key = key(entries[number].key)
            var slot = Int(truncatingIfNeeded: key.hash) & largerMask
            while larger[slot] != 0 { slot = (slot &+ 1) & largerMask }
            larger[slot] = key.hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
        }
        slots.deallocate()
        slots = larger
        mask = largerMask
    }

    private static func emptySlots(_ capacity: Int) -> UnsafeMutableBufferPointer<UInt64> {
        let slots = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: capacity)
        slots.initialize(repeating: 0)
        return slots
    }
}
