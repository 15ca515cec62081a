/// One record, available only during a call.
///
/// Its values point into the reader's memory, which the next record overwrites. A record therefore
/// cannot be copied or kept. Copy the values you need as text.
public struct Record: ~Copyable {
    // The record is one pointer, so passing it to another module costs nothing. A larger
    // noncopyable value is moved into place and back with every call.
    @usableFromInline let storage: UnsafeMutablePointer<RecordStorage>

    init() {
        storage = .allocate(capacity: 1)
        storage.initialize(to: RecordStorage())
    }

    deinit {
        storage.deinitialize(count: 1)
        storage.deallocate()
    }

    /// Where the record starts.
    public var position: RecordPosition { storage.pointee.position }

    /// What is wrong with the record; `nil` when it can be read.
    ///
    /// A record with a problem has no values.
    @inlinable
    public var problem: RecordProblem? { storage.pointee.problem }

    /// How many values the record has.
    ///
    /// A CSV record has one for each column, and a JSON record one for each key of its object.
    @inlinable
    public var count: Int { storage.pointee.count }

    /// Whether the record is so long that its raw text keeps only its beginning.
    public var isTruncated: Bool { storage.pointee.isTruncated }

    /// The names of all columns seen so far.
    public var columns: [String] { storage.pointee.columnNames }

    /// How many columns were seen so far: the count of ``columns``.
    @inlinable
    package var columnCount: Int { storage.pointee.columnNames.count }

    /// The column of a value, as an index of ``columns``.
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

    /// A value's text without its quotes and with escapes decoded.
    ///
    /// For a number, object or array this is the text as written.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The text.
    public func text(of index: Int) -> String {
        String(decoding: bytes(of: index), as: UTF8.self)
    }

    /// A value's text exactly as written in the input, including quotes and escapes.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The text.
    public func rawText(of index: Int) -> String {
        String(decoding: rawBytes(of: index), as: UTF8.self)
    }

    /// The text of the value in a column; `nil` if the record has no value there.
    ///
    /// This searches for the name each time. To read many records, find the column's index once.
    ///
    /// - Parameter name: The column's name, byte for byte as in the input. Names that differ only
    ///   in their Unicode composition are different names.
    public subscript(name: String) -> String? {
        for index in 0..<count
        where storage.pointee.columnNames[column(of: index)].utf8.elementsEqual(name.utf8) {
            return text(of: index)
        }
        return nil
    }

    /// The whole record as written in the input, without the line break.
    ///
    /// Bytes that are not UTF-8 become U+FFFD.
    public var rawText: String { String(decoding: rawBytes, as: UTF8.self) }

    /// The whole record's bytes, without the line break.
    ///
    /// They are valid until the next record.
    package var rawBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: storage.pointee.base, count: storage.pointee.rawCount)
    }

    /// A value's decoded bytes.
    ///
    /// They are valid until the next record. At least sixteen bytes can be loaded from their start.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The bytes of ``text(of:)``.
    @inlinable
    package func bytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        let slot = slot(index)
        if slot.form != .plain {
            if slot.form == .escaped { storage.pointee.decode(index) }
            let text = storage.pointee.decoded[index]
            return UnsafeBufferPointer(
                start: storage.pointee.scratchBase + Int(text.start), count: Int(text.length))
        }
        let inset = Int(slot.inset)
        return UnsafeBufferPointer(
            start: storage.pointee.base + (Int(slot.start) &+ inset),
            count: Int(slot.length) &- 2 &* inset)
    }

    /// A value's bytes as written in the input.
    ///
    /// They are valid until the next record.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: The bytes of ``rawText(of:)``.
    @inlinable
    package func rawBytes(of index: Int) -> UnsafeBufferPointer<UInt8> {
        let slot = slot(index)
        return UnsafeBufferPointer(
            start: storage.pointee.base + Int(slot.start), count: Int(slot.length))
    }

    /// Everything needed to interpret a value, in one lookup.
    ///
    /// - Parameter index: The value's place in the record, from 0.
    /// - Returns: Its column, kind and decoded bytes, as from ``column(of:)``, ``kind(of:)`` and
    ///   ``bytes(of:)``.
    @inlinable
    @inline(__always)
    package func value(
        _ index: Int
    ) -> (column: Int, kind: ValueKind, bytes: UnsafeBufferPointer<UInt8>) {
        let slot = slot(index)
        if slot.form != .plain { return (Int(slot.column), slot.kind, bytes(of: index)) }
        let inset = Int(slot.inset)
        return (
            Int(slot.column), slot.kind,
            UnsafeBufferPointer(
                start: storage.pointee.base + (Int(slot.start) &+ inset),
                count: Int(slot.length) &- 2 &* inset)
        )
    }

    @inlinable
    func slot(_ index: Int) -> ValueSlot {
        precondition(
            index >= 0 && index < storage.pointee.count,
            "a record's values are numbered from 0")
        return storage.pointee.slots[index]
    }
}
