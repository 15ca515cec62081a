import BulkSystem

/// A table of distinct texts, each stored once under a small number, however many rows have it.
///
/// Number 0 means no value. Unlike ``NameTable``, this table is shared by reference, and can look up a text
/// without adding it. All its state is behind one pointer that never changes, because the exclusivity checks
/// of a class's arrays cost as much as the look-up itself.
final class ValueTable {
    private struct Slot: BitwiseCopyable {
        /// The upper half of the text's hash.
        var hash: UInt32 = 0
        /// The text's number; 0 for an empty slot.
        var number: UInt32 = 0
    }

    private struct Memory {
        var bytes: UnsafeMutablePointer<UInt8>
        var byteCapacity = 1 << 10
        /// The end of each text; the first entry is for number 0.
        var ends: UnsafeMutablePointer<Int>
        /// The first bytes of each text.
        var starts: UnsafeMutablePointer<TextStart>
        var endCapacity = 1 << 5
        var count = 1
        var slots: UnsafeMutablePointer<Slot>
        var mask = (1 << 6) - 1
    }

    private let hash: ByteHash
    private let memory: UnsafeMutablePointer<Memory>

    init(hash: ByteHash) {
        self.hash = hash
        memory = .allocate(capacity: 1)
        memory.initialize(
            to: Memory(
                bytes: .allocate(capacity: 1 << 10), ends: .allocate(capacity: 1 << 5),
                starts: .allocate(capacity: 1 << 5), slots: Self.emptySlots(1 << 6)))
        memory.pointee.ends[0] = 0
        memory.pointee.starts[0] = TextStart(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    deinit {
        memory.pointee.bytes.deallocate()
        memory.pointee.ends.deallocate()
        memory.pointee.starts.deallocate()
        memory.pointee.slots.deallocate()
        memory.deallocate()
    }

    /// The number of numbers in use, including 0.
    var count: Int { memory.pointee.count }

    /// Returns the number of a text, a new one if the text is new.
    func intern(_ text: UnsafeRawBufferPointer) -> UInt32 { intern(text, TextStart(text)) }

    /// Returns the number of a text that has at least sixteen readable bytes from its first one.
    @inline(__always)
    func intern(readable text: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = text.baseAddress else { return intern(text) }
        return intern(text, TextStart(readable: base, count: text.count))
    }

    @inline(__always)
    private func intern(_ text: UnsafeRawBufferPointer, _ start: TextStart) -> UInt32 {
        let hash = hash.hash(start, text)
        let slot = slot(of: text, start, hash)
        let number = memory.pointee.slots[slot].number
        return number == 0 ? insert(text, start, hash, slot) : number
    }

    /// Returns the number of a text, a new one if the text is new.
    func intern(_ text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
    }

    /// Returns the number of a known text; `nil` for any other text.
    func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
        let start = TextStart(text)
        let number = memory.pointee.slots[slot(of: text, start, hash.hash(start, text))].number
        return number == 0 ? nil : number
    }

    /// The text of a number; empty for 0.
    subscript(number: UInt32) -> String {
        withBytes(number) { String(decoding: $0, as: UTF8.self) }
    }

    /// Passes the bytes of a number's text to a closure; they are valid only inside it.
    func withBytes<R>(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        precondition(Int(number) < memory.pointee.count)
        guard number > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let start = memory.pointee.ends[Int(number) - 1]
        let length = memory.pointee.ends[Int(number)] - start
        return body(UnsafeRawBufferPointer(start: memory.pointee.bytes + start, count: length))
    }

    /// The slot that holds a text, or the empty slot where it belongs.
    @inline(__always)
    private func slot(
        of text: UnsafeRawBufferPointer, _ start: TextStart, _ hash: UInt64
    ) -> Int {
        let mask = memory.pointee.mask
        let slots = memory.pointee.slots
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].number != 0 {
            StepCount.add()
            if slots[slot].hash == tag, matches(slots[slot].number, text, start) { return slot }
            slot = (slot &+ 1) & mask
        }
        return slot
    }

    @inline(__always)
    private func matches(
        _ number: UInt32, _ text: UnsafeRawBufferPointer, _ start: TextStart
    ) -> Bool {
        let number = Int(number)
        let from = memory.pointee.ends[number - 1]
        guard memory.pointee.starts[number] == start,
            memory.pointee.ends[number] - from == text.count
        else { return false }
        let known = UnsafeRawPointer(memory.pointee.bytes + from)
        var offset = 16
        while offset < text.count {
            let at = min(offset, text.count &- 8)
            guard
                known.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    == text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            else { return false }
            offset &+= 8
        }
        return true
    }

    private func insert(
        _ text: UnsafeRawBufferPointer, _ start: TextStart, _ hash: UInt64, _ slot: Int
    ) -> UInt32 {
        let number = memory.pointee.count
        let end = memory.pointee.ends[number - 1]
        reserve(bytes: end + text.count, numbers: number + 1)
        if let base = text.baseAddress {
            UnsafeMutableRawPointer(memory.pointee.bytes + end)
                .copyMemory(from: base, byteCount: text.count)
        }
        memory.pointee.ends[number] = end + text.count
        memory.pointee.starts[number] = start
        memory.pointee.slots[slot] = Slot(
            hash: UInt32(truncatingIfNeeded: hash >> 32), number: UInt32(number))
        memory.pointee.count = number + 1
        if (number + 1) * 2 > memory.pointee.mask { growSlots() }
        return UInt32(number)
    }

    private func reserve(bytes: Int, numbers: Int) {
        if bytes > memory.pointee.byteCapacity {
            let capacity = max(bytes, memory.pointee.byteCapacity * 2)
            Self.move(&memory.pointee.bytes, memory.pointee.byteCapacity, to: capacity)
            memory.pointee.byteCapacity = capacity
        }
        if numbers > memory.pointee.endCapacity {
            let capacity = memory.pointee.endCapacity * 2
            Self.move(&memory.pointee.ends, memory.pointee.endCapacity, to: capacity)
            Self.move(&memory.pointee.starts, memory.pointee.endCapacity, to: capacity)
            memory.pointee.endCapacity = capacity
        }
    }

    private static func move<T: BitwiseCopyable>(
        _ pointer: inout UnsafeMutablePointer<T>, _ count: Int, to capacity: Int
    ) {
        let larger = UnsafeMutablePointer<T>.allocate(capacity: capacity)
        larger.initialize(from: pointer, count: count)
        pointer.deallocate()
        pointer = larger
    }

    private func growSlots() {
        let capacity = (memory.pointee.mask + 1) * 2
        let larger = Self.emptySlots(capacity)
        for number in 1..<UInt32(memory.pointee.count) {
            let start = memory.pointee.starts[Int(number)]
            let hash = withBytes(number) { self.hash.hash(start, $0) }
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while larger[slot].number != 0 { slot = (slot + 1) & (capacity - 1) }
            larger[slot] = Slot(hash: UInt32(truncatingIfNeeded: hash >> 32), number: number)
        }
        memory.pointee.slots.deallocate()
        memory.pointee.slots = larger
        memory.pointee.mask = capacity - 1
    }

    private static func emptySlots(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
        slots.initialize(repeating: Slot(), count: capacity)
        return slots
    }
}
