import BulkSystem

/// The keys of a JSON Lines input, each with its column's index.
///
/// The objects of one input usually have the same keys in the same order. Each key therefore
/// remembers which key followed it last time. That key is compared first, with two words for a key
/// of up to 15 bytes. Only when the guess fails is the key looked up by its hash.
struct KeyTable: ~Copyable {
    /// A key's first 16 bytes with its closing quote, and which of them count.
    private struct Entry {
        var low: UInt64
        var high: UInt64
        var lowMask: UInt64
        var highMask: UInt64
        var start: Int
        var length: Int
        var follower: Int32
        /// The last object that had the key.
        var lastObject: Int
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity = 32
    private(set) var count = 0
    /// The keys' bytes, one after the other.
    private var names = ByteBuffer(capacity: 1024)
    private var slots: [Int32]
    private let seed: UInt64
    /// The number of the current object.
    private var object = 0

    init(seed: UInt64 = UInt64.random(in: 0...UInt64.max)) {
        entries = .allocate(capacity: capacity)
        slots = [Int32](repeating: -1, count: 64)
        self.seed = seed
    }

    deinit { entries.deallocate() }

    /// The total length of all keys in bytes.
    var nameBytes: Int { names.count }

    /// Whether a key written without escapes is the column's.
    ///
    /// - Parameters:
    ///   - column: The column's index.
    ///   - key: The key's first byte, after its quote; 16 bytes can be loaded.
    /// - Returns: `true` when it is. A key of 16 bytes or more is never recognised here.
    @inline(__always)
    func matches(_ column: Int, _ key: UnsafePointer<UInt8>) -> Bool {
        let entry = entries[column]
        let raw = UnsafeRawPointer(key)
        let low = raw.loadUnaligned(as: UInt64.self).littleEndian
        let high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
        return ((low ^ entry.low) & entry.lowMask) | ((high ^ entry.high) & entry.highMask) == 0
            && entry.lowMask != 0
    }

    /// The length of a column's key in bytes.
    @inline(__always)
    func length(_ column: Int) -> Int { entries[column].length }

    /// The column whose key followed a column's key last time; 0 for the first key of a record.
    @inline(__always)
    func follower(of column: Int) -> Int {
        column < 0 ? 0 : Int(entries[column].follower)
    }

    @inline(__always)
    mutating func setFollower(of column: Int, to next: Int) {
        if column >= 0 { entries[column].follower = Int32(truncatingIfNeeded: next) }
    }

    /// Begins an object without keys.
    @inline(__always)
    mutating func beginObject() { object &+= 1 }

    /// Records that the object has a column; `false` if it already had it.
    @inline(__always)
    mutating func mark(_ column: Int) -> Bool {
        if entries[column].lastObject == object { return false }
        entries[column].lastObject = object
        return true
    }

    /// Whether the object has a column.
    @inline(__always)
    func isMarked(_ column: Int) -> Bool { entries[column].lastObject == object }

    /// Passes a column's key to a closure.
    func withKey<Result>(
        _ column: Int, _ body: (UnsafePointer<UInt8>, Int) -> Result
    ) -> Result {
        body(names.base + entries[column].start, entries[column].length)
    }

    /// Finds the column of a decoded key.
    func find(_ key: UnsafePointer<UInt8>, count length: Int) -> Int? {
        var slot = hash(key, length) & (slots.count - 1)
        while slots[slot] >= 0 {
            StepCount.add()
            let column = Int(slots[slot])
            if entries[column].length == length,
                same(names.base + entries[column].start, key, length)
            {
                return column
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a new key and returns its column.
    mutating func add(_ key: UnsafePointer<UInt8>, count length: Int) -> Int {
        if count == capacity { growEntries() }
        if (count + 1) * 2 > slots.count { growSlots() }
        var words: (UInt64, UInt64) = (0, 0)
        var masks: (UInt64, UInt64) = (0, 0)
        // A key with a quote or a backslash is always written with an escape.
        var isPlain = length < 16
        for index in 0..<length where key[index] == 0x22 || key[index] == 0x5C || key[index] < 0x20
        {
            isPlain = false
        }
        if isPlain {
            for index in 0...length {
                let byte = UInt64(index == length ? 0x22 : key[index])
                let shift = UInt64(index % 8 * 8)
                if index < 8 {
                    words.0 |= byte << shift
                    masks.0 |= 0xFF << shift
                } else {
                    words.1 |= byte << shift
                    masks.1 |= 0xFF << shift
                }
            }
        }
        (entries + count).initialize(
            to: Entry(
                low: words.0, high: words.1, lowMask: masks.0, highMask: masks.1,
                start: names.count, length: length, follower: Int32(truncatingIfNeeded: count + 1),
                lastObject: 0))
        names.append(key, count: length)
        insert(count)
        count += 1
        return count - 1
    }

    private mutating func insert(_ column: Int) {
        let entry = entries[column]
        var slot = hash(names.base + entry.start, entry.length) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(truncatingIfNeeded: column)
    }

    private mutating func growEntries() {
        let new = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        new.moveInitialize(from: entries, count: count)
        entries.deallocate()
        entries = new
        capacity *= 2
    }

    private mutating func growSlots() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for column in 0..<count { insert(column) }
    }

    private func hash(_ key: UnsafePointer<UInt8>, _ length: Int) -> Int {
        var value = seed
        for index in 0..<length { value = (value ^ UInt64(key[index])) &* 0x9E37_79B9_7F4A_7C15 }
        return Int(truncatingIfNeeded: value >> 20)
    }

    private func same(
        _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ length: Int
    ) -> Bool {
        for index in 0..<length where one[index] != other[index] { return false }
        return true
    }
}
