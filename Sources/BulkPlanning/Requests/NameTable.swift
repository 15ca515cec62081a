/// Texts that occur again and again, each kept once and known by a number.
///
/// A million rows name a few dozen agents: each name becomes a number without a String being made, and
/// is resolved once. The hash is seeded, so that no input can make it slow on purpose.
package struct NameTable: ~Copyable {
    /// How many places there are at least.
    ///
    /// So many more than names in most inputs that nearly all of those have a place of their own.
    private static let leastPlaces = 2048
    /// How many places there are at least for each text that there can be.
    private static let spread = 8

    /// What finds a text that was added before.
    private(set) var lookup: NameLookup
    private var capacity = 64
    /// How many texts there are.
    package private(set) var count = 0
    private var byteCount = 0
    private var byteCapacity = 1024

    /// Makes an empty table.
    ///
    /// - Parameter seed: What the hash starts from; any number.
    package init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        let cuts = UnsafeMutablePointer<UInt8>.allocate(capacity: 32)
        cuts.initialize(repeating: 0xFF, count: 16)
        (cuts + 16).initialize(repeating: 0, count: 16)
        lookup = NameLookup(
            entries: .allocate(capacity: capacity), places: .allocate(capacity: Self.leastPlaces),
            mask: Self.leastPlaces - 1, bytes: .allocate(capacity: byteCapacity), cuts: cuts,
            seed: seed, secondSeed: ByteHash.mix(seed | 1, 0x9E37_79B9_7F4A_7C15) | 1)
        lookup.places.initialize(repeating: -1, count: lookup.mask + 1)
    }

    deinit {
        lookup.entries.deallocate()
        lookup.places.deallocate()
        lookup.bytes.deallocate()
        lookup.cuts.deallocate()
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
        let entry = lookup.entries[index]
        return body(
            UnsafeBufferPointer(start: lookup.bytes + entry.start, count: Int(entry.length)))
    }

    /// Forgets all texts.
    mutating func removeAll() {
        if count == 0 { return }
        lookup.places.update(repeating: -1, count: lookup.mask + 1)
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

    /// The number of a text of which the caller knows something that it need not ask again when
    /// ``NameLookup/plainNumber(readable:count:)`` finds the text.
    ///
    /// - Parameters:
    ///   - base: The text's first byte, from which at least sixteen can be loaded.
    ///   - length: How many bytes it has.
    /// - Returns: The number, as of ``intern(_:)``.
    mutating func intern(plain base: UnsafePointer<UInt8>, count length: Int) -> Int {
        let number = intern(readable: base, count: length)
        lookup.entries[number].plainLength = lookup.entries[number].length
        return number
    }

    private mutating func intern(readable base: UnsafePointer<UInt8>, count length: Int) -> Int {
        let start = lookup.start(of: base, length)
        let hash = lookup.hash(start, base, length)
        if let number = lookup.find(base, length, start, hash: hash) { return number }
        let number = count
        reserve(length)
        (lookup.bytes + byteCount).initialize(from: base, count: length)
        (lookup.entries + number).initialize(
            to: NameLookup.Entry(
                first: start.first, second: start.second, hash: hash, start: byteCount,
                length: Int32(length), plainLength: -1))
        byteCount += length
        count += 1
        lookup.places[freePlace(of: number)] = Int32(truncatingIfNeeded: number)
        return number
    }

    /// Makes space for one more text.
    private mutating func reserve(_ length: Int) {
        if byteCount + length > byteCapacity {
            byteCapacity = max(byteCapacity * 2, byteCount + length)
            let new = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity)
            new.initialize(from: lookup.bytes, count: byteCount)
            lookup.bytes.deallocate()
            lookup.bytes = new
        }
        if count == capacity { grow() }
    }

    private mutating func grow() {
        let new = UnsafeMutablePointer<NameLookup.Entry>.allocate(capacity: capacity * 2)
        new.moveInitialize(from: lookup.entries, count: count)
        lookup.entries.deallocate()
        lookup.entries = new
        capacity *= 2
        if capacity * Self.spread <= lookup.mask + 1 { return }
        lookup.places.deallocate()
        lookup.mask = capacity * Self.spread - 1
        lookup.places = .allocate(capacity: lookup.mask + 1)
        lookup.places.initialize(repeating: -1, count: lookup.mask + 1)
        for number in 0..<count {
            lookup.places[freePlace(of: number)] = Int32(truncatingIfNeeded: number)
        }
    }

    /// The first free place for a text.
    private func freePlace(of number: Int) -> Int {
        var place = Int(truncatingIfNeeded: lookup.entries[number].hash) & lookup.mask
        while lookup.places[place] >= 0 { place = (place + 1) & lookup.mask }
        return place
    }
}
