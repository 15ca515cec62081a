#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Distinct texts under small numbers: each is kept once, however many rows name it.
///
/// Number 0 is the absence of a value. Unlike ``NameTable`` it is shared by reference, and can be asked
/// for a text without adding it. Its memory is behind one pointer that never changes, because the
/// exclusivity checks of a class's arrays cost as much as the look-up itself.
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
        /// Where each text ends; the first entry is that of the absence.
        var ends: UnsafeMutablePointer<Int>
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
                slots: Self.emptySlots(1 << 6)))
        memory.pointee.ends[0] = 0
    }

    deinit {
        memory.pointee.bytes.deallocate()
        memory.pointee.ends.deallocate()
        memory.pointee.slots.deallocate()
        memory.deallocate()
    }

    /// How many numbers are given out, the absence included.
    var count: Int { memory.pointee.count }

    /// The number of a text; a new one when the text has not been seen.
    func intern(_ text: UnsafeRawBufferPointer) -> UInt32 {
        let hash = hash.hash(text)
        let slot = slot(of: text, hash)
        let number = memory.pointee.slots[slot].number
        return number == 0 ? insert(text, hash, slot) : number
    }

    /// The number of a text; a new one when the text has not been seen.
    func intern(_ text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
    }

    /// The number of a text that has been seen, or `nil`.
    func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
        let number = memory.pointee.slots[slot(of: text, hash.hash(text))].number
        return number == 0 ? nil : number
    }

    /// The text under a number; empty for 0.
    subscript(number: UInt32) -> String {
        withBytes(number) { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of the text under a number, valid inside the closure only.
    func withBytes<R>(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        precondition(Int(number) < memory.pointee.count)
        guard number > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let start = memory.pointee.ends[Int(number) - 1]
        let length = memory.pointee.ends[Int(number)] - start
        return body(UnsafeRawBufferPointer(start: memory.pointee.bytes + start, count: length))
    }

    /// The slot that holds a text, or the empty one where it belongs.
    @inline(__always)
    private func slot(of text: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
        let mask = memory.pointee.mask
        let slots = memory.pointee.slots
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot].number != 0 {
            if slots[slot].hash == tag, matches(slots[slot].number, text) { return slot }
            slot = (slot &+ 1) & mask
        }
        return slot
    }

    @inline(__always)
    private func matches(_ number: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
        let start = memory.pointee.ends[Int(number) - 1]
        guard memory.pointee.ends[Int(number)] - start == text.count else { return false }
        guard let base = text.baseAddress else { return true }
        return memcmp(memory.pointee.bytes + start, base, text.count) == 0
    }

    private func insert(_ text: UnsafeRawBufferPointer, _ hash: UInt64, _ slot: Int) -> UInt32 {
        let number = memory.pointee.count
        let start = memory.pointee.ends[number - 1]
        reserve(bytes: start + text.count, numbers: number + 1)
        if let base = text.baseAddress {
            UnsafeMutableRawPointer(memory.pointee.bytes + start)
                .copyMemory(from: base, byteCount: text.count)
        }
        memory.pointee.ends[number] = start + text.count
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
            let hash = withBytes(number) { self.hash.hash($0) }
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
