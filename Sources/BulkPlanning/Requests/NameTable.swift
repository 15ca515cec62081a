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
    /// A text's first two words, which tell texts of up to sixteen bytes apart.
    private struct Entry {
        var first: UInt64
        var second: UInt64
        var hash: UInt64
        var start: Int
        var length: Int
    }

    /// How many places there are for each text that there can be.
    private static let spread = 8

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity = 64
    /// How many texts there are.
    package private(set) var count = 0
    /// Numbers of texts by hash; -1 is a free place.
    private var places: UnsafeMutablePointer<Int32>
    private var bytes: UnsafeMutablePointer<UInt8>
    private var byteCount = 0
    private var byteCapacity = 1024
    private let seed: UInt64

    /// Makes an empty table.
    ///
    /// - Parameter seed: What the hash starts from; any number.
    package init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        entries = .allocate(capacity: capacity)
        places = .allocate(capacity: capacity * Self.spread)
        places.initialize(repeating: -1, count: capacity * Self.spread)
        bytes = .allocate(capacity: byteCapacity)
        self.seed = seed
    }

    deinit {
        entries.deallocate()
        places.deallocate()
        bytes.deallocate()
    }

    /// The text of a number that ``intern(_:)`` gave.
    ///
    /// - Parameter index: The number, from 0.
    /// - Returns: The text.
    package func name(_ index: Int) -> String {
        withName(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// Lends the text of a number.
    ///
    /// - Parameters:
    ///   - index: The number, from 0.
    ///   - body: Uses the text's UTF-8.
    /// - Returns: What `body` returns.
    func withName<Result>(
        _ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
        precondition(index >= 0 && index < count, "texts are numbered from 0")
        let entry = entries[index]
        return body(UnsafeBufferPointer(start: bytes + entry.start, count: entry.length))
    }

    /// Forgets all texts.
    mutating func removeAll() {
        if count == 0 { return }
        places.update(repeating: -1, count: capacity * Self.spread)
        count = 0
        byteCount = 0
    }

    /// The number of a text: the one it has, or a new one.
    ///
    /// - Parameter text: The text, as UTF-8.
    /// - Returns: The number; the first is 0, the next 1.
    package mutating func intern(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        // The text is looked at sixteen bytes at a time, more than it may have.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 16) { copy in
            copy.initialize(repeating: 0)
            _ = copy.update(fromContentsOf: text)
            return intern(readable: UnsafePointer(copy.baseAddress!), count: text.count)
        }
    }

    /// The number of a text behind whose first byte at least sixteen can be loaded.
    ///
    /// - Parameters:
    ///   - base: The text's first byte.
    ///   - length: How many bytes it has.
    /// - Returns: The number, as of ``intern(_:)``.
    @inline(__always)
    package mutating func intern(readable base: UnsafePointer<UInt8>, count length: Int) -> Int {
        let raw = UnsafeRawPointer(base)
        let first =
            raw.loadUnaligned(as: UInt64.self).littleEndian
            & (UInt64.max >> UInt64(truncatingIfNeeded: max(0, 8 &- length) &* 8))
        let second =
            raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
            & Self.lowBytes(min(8, length &- 8))
        var hash = mix(mix(seed ^ first) ^ second ^ UInt64(truncatingIfNeeded: length))
        if length > 16 { hash = Self.hash(raw, length, from: hash) }
        // Nearly every text stands where it is looked for first; all else is left to a call.
        let index = Int(places[Int(truncatingIfNeeded: hash) & (capacity &* Self.spread &- 1)])
        if index >= 0 {
            let entry = entries + index
            if entry.pointee.first == first, entry.pointee.second == second,
                entry.pointee.length == length, length <= 16
            {
                return index
            }
        }
        return search(base, length, first: first, second: second, hash: hash)
    }

    /// Looks a text up by all that is known of it, and adds it if it is new.
    @inline(never)
    private mutating func search(
        _ base: UnsafePointer<UInt8>, _ length: Int, first: UInt64, second: UInt64, hash: UInt64
    ) -> Int {
        let mask = capacity &* Self.spread &- 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] >= 0 {
            let entry = entries + Int(places[place])
            if entry.pointee.first == first, entry.pointee.second == second,
                entry.pointee.length == length,
                length <= 16 || memcmp(bytes + entry.pointee.start, base, length) == 0
            {
                return Int(places[place])
            }
            place = (place &+ 1) & mask
        }
        return add(
            UnsafeBufferPointer(start: base, count: length), first: first, second: second,
            hash: hash)
    }

    /// A mask of a word's lowest bytes; none for a negative count.
    @inline(__always)
    private static func lowBytes(_ count: Int) -> UInt64 {
        count <= 0 ? 0 : UInt64.max >> UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    }

    /// The hash of what stands behind a text's first sixteen bytes, the last eight of it at least.
    private static func hash(_ raw: UnsafeRawPointer, _ length: Int, from start: UInt64) -> UInt64 {
        var hash = start
        var at = 16
        while at < length {
            let from = min(at, length &- 8)
            hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: from, as: UInt64.self))
            at &+= 8
        }
        return hash
    }

    private mutating func add(
        _ text: UnsafeBufferPointer<UInt8>, first: UInt64, second: UInt64, hash: UInt64
    ) -> Int {
        if count == capacity { grow() }
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
        (entries + count).initialize(
            to: Entry(
                first: first, second: second, hash: hash, start: byteCount, length: text.count))
        byteCount += text.count
        place(count)
        count += 1
        return count - 1
    }

    private mutating func place(_ index: Int) {
        let mask = capacity * Self.spread - 1
        var place = Int(truncatingIfNeeded: entries[index].hash) & mask
        while places[place] >= 0 { place = (place + 1) & mask }
        places[place] = Int32(truncatingIfNeeded: index)
    }

    private mutating func grow() {
        let new = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        new.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = new
        capacity *= 2
        places.deallocate()
        places = .allocate(capacity: capacity * Self.spread)
        places.initialize(repeating: -1, count: capacity * Self.spread)
        for index in 0..<count { place(index) }
    }
}

/// Spreads every bit of a word over the whole of it.
@inline(__always)
private func mix(_ word: UInt64) -> UInt64 {
    let wide = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return wide.low ^ wide.high
}
