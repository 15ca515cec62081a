/// The contents of a record.
///
/// Planning, which is another module, reads these members for every value of every record. They are
/// usable from inline code because, measured on a million rows, calls alone cost a tenth of the
/// time.
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
    /// The decoded texts, one after the other.
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

    /// Discards the decoded texts of the previous record.
    mutating func forgetDecoded() {
        if scratch.count > 0 { scratch.removeAll() }
    }

    /// Sets a value's text to what was appended to the scratch space from a position on.
    mutating func setDecoded(_ index: Int, from start: Int) {
        slots[index].isDecoded = true
        decoded[index] = DecodedText(
            start: UInt32(truncatingIfNeeded: start),
            length: UInt32(truncatingIfNeeded: scratch.count - start))
        scratchBase = UnsafePointer(scratch.base)
    }
}

/// One value of a record: its position and how it is written, in 16 bytes.
///
/// Positions are counted from the record's first byte. A quoted value's text is between them,
/// unless it had to be decoded (doubled quotes, backslashes). ``DecodedText`` with the same index
/// then gives its position.
@usableFromInline
struct ValueSlot {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
    @usableFromInline var column: UInt32
    @usableFromInline var kind: ValueKind
    @usableFromInline var isDecoded: Bool
    /// The width in bytes of the quote on each side of the text.
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

/// The position of a value's decoded text in the record's scratch space.
@usableFromInline
struct DecodedText {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
}
