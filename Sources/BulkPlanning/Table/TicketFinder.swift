import BulkSystem

/// Looks up wanted tickets, from several threads if needed.
///
/// Unchecked, because its data does not change while it is used. The table's ids and slots change only when a
/// ticket is added, and no ticket is added after the rows were read. The tickets' values are stored
/// elsewhere.
struct TicketFinder: @unchecked Sendable {
    /// The input of a look-up: an id and its hash.
    struct Key: BitwiseCopyable {
        var hash: UInt64
        var id: TicketKey

        @inline(__always)
        init(_ id: TicketKey, _ hash: ByteHash) {
            let value = hash.hash(UInt64(id.high) &<< 32 | UInt64(id.middle), id.low)
            self.hash = id.isObjectID ? value : ~value
            self.id = id
        }

        /// The content of a ticket's slot; the number counts from 1.
        @inline(__always)
        func slot(_ number: UInt32) -> UInt64 {
            let kind: UInt64 = id.isObjectID ? 0 : 1 << 31
            return hash & 0xFFFF_FFFF_0000_0000 | kind | UInt64(number)
        }
    }

    /// The bits of a slot that hold a ticket's number.
    static let numberMask: UInt32 = 1 << 31 - 1

    private let slots: UnsafeMutableBufferPointer<UInt64>
    private let ids: [UnsafeMutablePointer<TicketTable.Words>]
    private let hash: ByteHash
    private let texts: ValueTable

    init(
        slots: UnsafeMutableBufferPointer<UInt64>,
        ids: [UnsafeMutablePointer<TicketTable.Words>], hash: ByteHash, texts: ValueTable
    ) {
        self.slots = slots
        self.ids = ids
        self.hash = hash
        self.texts = texts
    }

    /// The key of an id's text; `nil` when no wanted ticket can have this id.
    @inline(__always)
    func key(_ text: UnsafeRawBufferPointer) -> Key? {
        let text = text.assumingMemoryBound(to: UInt8.self)
        if let id = TicketKey(hexadecimal: text) { return Key(id, hash) }
        guard let number = texts.find(UnsafeRawBufferPointer(text)) else { return nil }
        return Key(TicketKey(interned: Int(number) - 1), hash)
    }

    /// The key of an ObjectId's text; `nil` for any other text.
    @inline(__always)
    func key(hexadecimal text: UnsafeBufferPointer<UInt8>) -> Key? {
        TicketKey(hexadecimal: text).map { Key($0, hash) }
    }

    /// Finds the numbers, plus 1, of many wanted tickets; 0 for a ticket that is not wanted.
    func find(
        _ keys: UnsafePointer<Key>, count: Int, into numbers: UnsafeMutablePointer<UInt32>
    ) {
        let mask = slots.count - 1
        for index in 0..<count {
            var slot = Int(truncatingIfNeeded: keys[index].hash) & mask
            let wanted = keys[index].slot(0)
            while slots[slot] != 0, (slots[slot] ^ wanted) & ~UInt64(Self.numberMask) != 0 {
                StepCount.add()
                slot = (slot &+ 1) & mask
            }
            numbers[index] = UInt32(truncatingIfNeeded: slots[slot]) & Self.numberMask
        }
        for index in 0..<count where numbers[index] != 0 {
            // Rarely, another id has the same half of its hash.
            if !(words(numbers[index] &- 1) == keys[index].id) {
                numbers[index] = find(keys[index]).map { $0 + 1 } ?? 0
            }
        }
    }

    /// Finds the number of a wanted ticket; `nil` when the ticket is not wanted.
    @inline(__always)
    func find(_ key: Key) -> UInt32? {
        var slot = Int(truncatingIfNeeded: key.hash) & (slots.count - 1)
        while slots[slot] != 0 {
            StepCount.add()
            let number = UInt32(truncatingIfNeeded: slots[slot]) & Self.numberMask
            if slots[slot] == key.slot(number), words(number - 1) == key.id { return number - 1 }
            slot = (slot &+ 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func words(_ number: UInt32) -> TicketTable.Words {
        typealias Segments = SegmentedArray<TicketTable.Words>
        return ids[Int(number) >> Segments.shift][Int(number) & Segments.mask]
    }
}
