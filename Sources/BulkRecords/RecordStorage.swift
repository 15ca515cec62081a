/// What a record is made of.
///
/// What is usable from inline code is read for every value of every record by planning, which is another
/// module: measured on a million rows, calls alone cost a tenth of the time.
@usableFromInline
struct RecordStorage: ~Copyable {
    @usableFromInline var position = RecordPosition(number: 0, line: 1, byteOffset: 0)
    @usableFromInline var problem: RecordProblem?
    @usableFromInline var count = 0
    /// The record's first byte.
    @usableFromInline var base: UnsafePointer<UInt8>
    @usableFromInline var slots: UnsafeMutablePointer<ValueSlot>
    @usableFromInline var decoded: UnsafeMutablePointer<DecodedText>
    @usableFromInline var scratchBase: UnsafePointer<UInt8>
    var rawCount = 0
    var isTruncated = false
    private(set) var slotCapacity: Int
    /// The texts that had to be decoded, one behind the other.
    var scratch = ByteBuffer()
    @usableFromInline var columnNames: [String] = []

    init() {
        slotCapacity = 32
        slots = .allocate(capacity: slotCapacity)
        decoded = .allocate(capacity: slotCapacity)
        base = UnsafePointer(scratch.base)
        scratchBase = base
    }

    deinit {
        slots.deallocate()
        decoded.deallocate()
    }

    mutating func reserveSlots(_ needed: Int) {
        if needed <= slotCapacity { return }
        let larger = max(needed, slotCapacity * 2)
        let newSlots = UnsafeMutablePointer<ValueSlot>.allocate(capacity: larger)
        newSlots.initialize(from: slots, count: slotCapacity)
        slots.deallocate()
        slots = newSlots
        let newDecoded = UnsafeMutablePointer<DecodedText>.allocate(capacity: larger)
        newDecoded.initialize(from: decoded, count: slotCapacity)
        decoded.deallocate()
        decoded = newDecoded
        slotCapacity = larger
    }

    /// Forgets the decoded texts of the record before.
    mutating func forgetDecoded() {
        if scratch.count > 0 { scratch.removeAll() }
    }

    /// Says that the text of a value is what was appended to the scratch space from a position on.
    mutating func setDecoded(_ index: Int, from start: Int) {
        slots[index].isDecoded = true
        decoded[index] = DecodedText(
            start: UInt32(truncatingIfNeeded: start),
            length: UInt32(truncatingIfNeeded: scratch.count - start))
        scratchBase = UnsafePointer(scratch.base)
    }
}

/// One value of a record: where it lies, and how it is written; 16 bytes.
///
/// Positions are counted from the record's first byte. The text of a value in quotes lies between them,
/// unless it had to be decoded (doubled quotes, backslashes): then ``DecodedText`` of the same index
/// says where it is.
@usableFromInline
struct ValueSlot {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
    @usableFromInline var column: UInt32
    @usableFromInline var kind: ValueKind
    @usableFromInline var isDecoded: Bool
    /// How many bytes of quote stand on either side of the text.
    @usableFromInline var inset: UInt8

    @inline(__always)
    init(from start: Int, to end: Int, column: Int, kind: ValueKind, inset: UInt8 = 0) {
        self.start = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: end &- start)
        self.column = UInt32(truncatingIfNeeded: column)
        self.kind = kind
        isDecoded = false
        self.inset = inset
    }
}

/// Where the decoded text of a value lies in the record's scratch space.
@usableFromInline
struct DecodedText {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
}
