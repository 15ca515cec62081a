#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Texts that occur again and again, each kept once and known by a number.
///
/// A million rows name a few dozen agents: each name becomes a number without a String being made, and
/// is resolved once. The hash is seeded, so that no input can make it slow on purpose.
package struct NameTable: ~Copyable {
    private struct Entry {
        var start: Int
        var length: Int
        var hash: UInt64
    }

    private var entries: [Entry] = []
    private var slots: [Int32]
    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCount = 0
    private var byteCapacity = 1024
    private let seed: UInt64
    /// What was asked for last: rows that follow each other often name the same.
    private var last = -1

    /// Makes an empty table.
    ///
    /// - Parameter seed: What the hash starts from; any number.
    package init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        slots = [Int32](repeating: -1, count: 64)
        bytes = .allocate(capacity: byteCapacity)
        self.seed = seed
    }

    deinit { bytes.deallocate() }

    /// How many texts there are.
    package var count: Int { entries.count }

    /// The text of a number that ``intern(_:)`` gave.
    ///
    /// - Parameter index: The number, from 0.
    /// - Returns: The text.
    package func name(_ index: Int) -> String {
        let entry = entries[index]
        return String(
            decoding: UnsafeBufferPointer(start: bytes + entry.start, count: entry.length),
            as: UTF8.self)
    }

    /// The number of a text: the one it has, or a new one.
    ///
    /// - Parameter text: The text, as UTF-8.
    /// - Returns: The number; the first is 0, the next 1.
    package mutating func intern(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        if last >= 0, matches(entries[last], text) { return last }
        let hash = hash(text)
        var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash, matches(entries[index], text) {
                last = index
                return index
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        last = add(text, hash: hash, slot: slot)
        return last
    }

    private mutating func add(
        _ text: UnsafeBufferPointer<UInt8>, hash: UInt64, slot: Int
    ) -> Int {
        if byteCount + text.count > byteCapacity {
            byteCapacity = max(byteCapacity * 2, byteCount + text.count)
            let new = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity)
            new.initialize(from: bytes, count: byteCount)
            bytes.deallocate()
            bytes = new
        }
        if let base = text.baseAddress {
            (bytes + byteCount).initialize(from: base, count: text.count)
        }
        let index = entries.count
        entries.append(Entry(start: byteCount, length: text.count, hash: hash))
        byteCount += text.count
        slots[slot] = Int32(index)
        if entries.count * 2 > slots.count { growSlots() }
        return index
    }

    private mutating func growSlots() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in entries.indices {
            var slot = Int(truncatingIfNeeded: entries[index].hash >> 32) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    private func matches(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard entry.length == text.count else { return false }
        guard let base = text.baseAddress else { return true }
        return memcmp(bytes + entry.start, base, text.count) == 0
    }

    private func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15
        var value = seed ^ UInt64(text.count)
        guard let base = UnsafeRawPointer(text.baseAddress) else { return value }
        var at = 0
        while at + 8 <= text.count {
            value = (value ^ base.loadUnaligned(fromByteOffset: at, as: UInt64.self)) &* multiplier
            value ^= value >> 29
            at += 8
        }
        while at < text.count {
            value = (value ^ UInt64(text[at])) &* multiplier
            at += 1
        }
        return (value ^ value >> 32) &* multiplier
    }
}
