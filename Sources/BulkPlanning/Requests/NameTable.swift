/// A table of repeated texts, each stored once and identified by a number.
///
/// A million rows name a few dozen agents. Each name becomes a number without making a String, and is
/// resolved once. The hash is seeded, so that no input can make it slow on purpose.
package struct NameTable: ~Copyable {
    /// The smallest number of places.
    ///
    /// It is so much larger than the number of names in most inputs that almost every name has its own place.
    private static let leastPlaces = 2048
    /// The smallest number of places per text at full capacity.
    private static let spread = 8

    /// Finds texts that were added before.
    private(set) var lookup: NameLookup
    private var capacity = 64
    /// The number of texts.
    package private(set) var count = 0
    private var byteCount = 0
    private var byteCapacity = 1024

    /// Makes an empty table.
    ///
    /// - Parameter seed: The hash's seed; any number.
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

    /// Returns the text of a number from ``intern(_:)``.
    ///
    /// - Parameter index: The number, from 0.
    /// - Returns: The text.
    package func name(_ index: Int) -> String {
        withName(index) { String(decoding: $0, as: UTF8.self) }
    }

    /// Passes the text of a number to a closure.
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

    /// Removes all texts.
    mutating func removeAll() {
        if count == 0 { return }
        lookup.places.update(repeating: -1, count: lookup.mask + 1)
        count = 0
        byteCount = 0
    }

    /// Returns the number of a text, a new one if the text is new.
    ///
    /// - Parameter text: The text, as UTF-8.
    /// - Returns: The number; the first is 0, the next 1.
    package mutating func intern(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        // The text is read sixteen bytes at a time, which may be more than it has.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 16) { copy in
            copy.initialize(repeating: 0)
            _ = copy.update(fromContentsOf: text)
            return intern(readable: UnsafePointer(copy.baseAddress!), count: text.count)
        }
    }

    /// Returns the number of a text, and marks the text as plain.
    ///
    /// ``NameLookup/plainNumber(readable:count:)`` finds only such texts, so that the caller need not check
    /// them again.
    ///
    /// - Parameters:
    ///   - base: The text's first byte; at least sixteen bytes must be readable from there.
    ///   - length: The number of bytes of the text.
    /// - Returns: The number, as from ``intern(_:)``.
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

    /// Reserves space for one more text.
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
