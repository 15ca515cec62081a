/// One record, lent to whoever reads it for the length of a call.
///
/// Its values are views of the reader's memory, which the next record overwrites. So a record cannot be
/// copied or kept: take what is needed out of it, as text.
public struct Record: ~Copyable {
    /// Where the record starts.
    public internal(set) var position = RecordPosition(number: 0, line: 1, byteOffset: 0)
    /// What is wrong with the record; `nil` when it can be read.
    ///
    /// A record with a problem has no values.
    public internal(set) var problem: RecordProblem?
    /// How many values the record has: of a CSV record as many as there are columns, of a JSON record
    /// as many as its object has keys.
    public internal(set) var count: Int {
        @inlinable get { valueCount }
        set { valueCount = newValue }
    }
    /// Whether the record is so long that only its beginning is kept as its raw text.
    public internal(set) var isTruncated = false

    // What is marked inlinable here is called for every value of every record by planning, which is
    // another module: measured on a million rows, the calls alone cost a tenth of the time.
    @usableFromInline var valueCount = 0
    @usableFromInline var base: UnsafePointer<UInt8>
    @usableFromInline var slots: UnsafeMutablePointer<ValueSlot>
    @usableFromInline var decoded: UnsafeMutablePointer<DecodedText>
    @usableFromInline var scratchBase: UnsafePointer<UInt8>
    var rawCount = 0
    var slotCapacity: Int
    var scratch = ByteBuffer()
    var columnNames: [String] = []

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

    /// The names of all columns known so far.
    public var columns: [String] { columnNames }

    /// Which column a value belongs to, as an index of ``columns``.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The column's index.
    @inlinable
    public func column(of index: Int) -> Int { Int(slot(index).column) }

    /// How a value is written.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The kind.
    @inlinable
    public func kind(of index: Int) -> ValueKind { slot(index).kind }

    /// A value's text: without the quotes around it and with escapes decoded.
    ///
    /// Of a number, object or array this is the text as written.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The text.
    public func text(of index: Int) -> String {
        String(decoding: bytes(of: index), as: UTF8.self)
    }

    /// A value's text exactly as the input writes it, quotes and escapes included.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The text.
    public func rawText(of index: Int) -> String {
        String(decoding: rawBytes(of: index), as: UTF8.self)
    }

    /// The text of the value in a column; `nil` when the record has none there.
    ///
    /// This looks for the name each time. To read many records, find the column's index once.
    ///
    /// - Parameter name: The column's name, exactly as the input writes it.
    public subscript(name: String) -> String? {
        for index in 0..<count where columnNames[column(of: index)] == name {
            return text(of: index)
        }
        return nil
    }

    /// The whole record as the input writes it, without the line break; bytes that are not UTF-8 become
    /// U+FFFD.
    public var rawText: String { String(decoding: rawBytes, as: UTF8.self) }

    /// The whole record's bytes, without the line break.
    ///
    /// They live until the next record.
    package var rawBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base, count: rawCount)
    }

    /// A value's decoded bytes.
    ///
    /// They live until the next record.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The bytes of ``text(of:)``.
    @inlinable
    package func bytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        let slot = slot(index)
        if slot.isDecoded {
            let text = decoded[index]
            return UnsafeBufferPointer(start: scratchBase + Int(text.start), count: Int(text.length))
        }
        let inset = Int(slot.inset)
        return UnsafeBufferPointer(
            start: base + (Int(slot.start) &+ inset), count: Int(slot.length) &- 2 &* inset)
    }

    /// A value's bytes as the input writes them.
    ///
    /// They live until the next record.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The bytes of ``rawText(of:)``.
    @inlinable
    package func rawBytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        let slot = slot(index)
        return UnsafeBufferPointer(start: base + Int(slot.start), count: Int(slot.length))
    }

    @inlinable
    func slot(_ index: Int) -> ValueSlot {
        precondition(index >= 0 && index < valueCount, "a record's values are numbered from 0")
        return slots[index]
    }
}
