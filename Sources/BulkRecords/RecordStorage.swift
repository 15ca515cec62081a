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

    /// Decodes a value that has doubled quotes or backslashes into the scratch space.
    ///
    /// Values are decoded when they are asked for, because most of those with escapes are notes that only reports show.
    @usableFromInline
    mutating func decode(_ index: Int) {
        if scratch.count == 0 {
            // Decoded texts are no longer than written ones. So the space never moves while a record is there.
            scratch.reserve(rawCount)
            scratchBase = UnsafePointer(scratch.base)
        }
        let slot = slots[index]
        let start = scratch.count
        let written = UnsafeBufferPointer(
            start: base + Int(slot.start) + 1, count: Int(slot.length) - 2)
        if slot.kind == .string {
            JSONText.decode(written, into: &scratch)
        } else {
            scratch.append(halvingDoubled: UInt8(ascii: "\""), written)
        }
        decoded[index] = DecodedText(
            start: UInt32(truncatingIfNeeded: start),
            length: UInt32(truncatingIfNeeded: scratch.count - start))
        slots[index].form = .decoded
    }
}

/// One value of a record: its position and how it is written, in 16 bytes.
///
/// Positions are counted from the record's first byte. A quoted value's text is between them,
/// unless it has to be decoded (doubled quotes, backslashes). Once that was done, ``DecodedText``
/// with the same index gives its position.
@usableFromInline
struct ValueSlot {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
    @usableFromInline var column: UInt32
    @usableFromInline var kind: ValueKind
    @usableFromInline var form: TextForm
    /// The width in bytes of the quote on each side of the text.
    @usableFromInline var inset: UInt8

    @inline(__always)
    init(
        from start: Int, to end: Int, column: Int, kind: ValueKind, inset: UInt8 = 0,
        isEscaped: Bool = false
    ) {
        self.start = UInt32(truncatingIfNeeded: start)
        length = UInt32(truncatingIfNeeded: end &- start)
        self.column = UInt32(truncatingIfNeeded: column)
        self.kind = kind
        form = isEscaped ? .escaped : .plain
        self.inset = inset
    }
}

/// Whether a value's text is in the record as it is read.
@usableFromInline
enum TextForm: UInt8 {
    /// It does, between the quotes if there are any.
    case plain
    /// It has doubled quotes or backslashes, and was not decoded yet.
    case escaped
    /// It was decoded.
    case decoded
}

/// The position of a value's decoded text in the record's scratch space.
@usableFromInline
struct DecodedText {
    @usableFromInline var start: UInt32
    @usableFromInline var length: UInt32
}
