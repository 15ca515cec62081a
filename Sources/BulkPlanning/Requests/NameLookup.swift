import CLibrary

/// The memory of a ``NameTable``, as far as finding a text's number needs it.
///
/// It is a value of its own so that a loop over many texts can hold it in registers. It finds what the
/// table holds until a text is added to that.
struct NameLookup: BitwiseCopyable {
    /// A text's first two words, which tell texts of up to sixteen bytes apart, and where all of it is.
    struct Entry: BitwiseCopyable {
        var first: UInt64
        var second: UInt64
        var hash: UInt64
        var start: Int
        var length: Int32
        /// The length once more, if someone has said that the text is plain; else -1.
        var plainLength: Int32
    }

    var entries: UnsafeMutablePointer<Entry>
    /// Numbers of texts by hash; -1 is a free place.
    var places: UnsafeMutablePointer<Int32>
    /// One less than there are places, which is a power of two.
    var mask: Int
    /// The texts.
    var bytes: UnsafeMutablePointer<UInt8>
    /// Sixteen bytes of ones and sixteen zeros: what is loaded from among them keeps a text's own bytes.
    let cuts: UnsafeMutablePointer<UInt8>
    let seed: UInt64
    let secondSeed: UInt64

    /// The number of a text that was added as a plain one; `nil` for all others, and for some of those.
    ///
    /// Nearly every text that occurs again stands where it is looked for first; it is looked for nowhere
    /// else.
    ///
    /// - Parameters:
    ///   - base: The text's first byte, from which at least sixteen can be loaded.
    ///   - length: How many bytes it has.
    /// - Returns: The number.
    @inline(__always)
    func plainNumber(readable base: UnsafePointer<UInt8>, count length: Int) -> Int? {
        let start = start(of: base, length)
        let index = Int(places[Int(truncatingIfNeeded: hash(start, base, length)) & mask])
        guard index >= 0 else { return nil }
        let entry = entries + index
        guard entry.pointee.first == start.first, entry.pointee.second == start.second,
            entry.pointee.plainLength == Int32(truncatingIfNeeded: length),
            length <= 16 || memcmp(bytes + entry.pointee.start, base, length) == 0
        else { return nil }
        return index
    }

    /// A text's number; `nil` when the table does not hold it.
    func find(
        _ base: UnsafePointer<UInt8>, _ length: Int, _ start: (first: UInt64, second: UInt64),
        hash: UInt64
    ) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] >= 0 {
            let number = Int(places[place])
            let entry = entries + number
            if entry.pointee.first == start.first, entry.pointee.second == start.second,
                entry.pointee.length == length,
                length <= 16 || memcmp(bytes + entry.pointee.start, base, length) == 0
            {
                return number
            }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// A text's first two words, with zeros behind a text that is shorter.
    ///
    /// Lengths of names alternate at random, so they must not be branched on.
    @inline(__always)
    func start(
        of base: UnsafePointer<UInt8>, _ length: Int
    ) -> (first: UInt64, second: UInt64) {
        let raw = UnsafeRawPointer(base)
        let kept = UnsafeRawPointer(cuts) + (16 &- min(length, 16))
        let first = raw.loadUnaligned(as: UInt64.self) & kept.loadUnaligned(as: UInt64.self)
        let second =
            raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            & kept.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        return (first, second)
    }

    /// A text's hash.
    @inline(__always)
    func hash(
        _ start: (first: UInt64, second: UInt64), _ base: UnsafePointer<UInt8>, _ length: Int
    ) -> UInt64 {
        let count = UInt64(truncatingIfNeeded: length)
        let hash = ByteHash.mix(start.first ^ seed, (start.second &+ count) ^ secondSeed)
        return length <= 16 ? hash : extend(hash, by: UnsafeRawPointer(base), length)
    }

    /// The hash with what stands behind a text's first sixteen bytes, the last eight of it at least.
    private func extend(_ start: UInt64, by raw: UnsafeRawPointer, _ length: Int) -> UInt64 {
        var hash = start
        var at = 16
        while at < length {
            let from = min(at, length &- 8)
            let word = raw.loadUnaligned(fromByteOffset: from, as: UInt64.self)
            hash = ByteHash.mix(hash ^ word, secondSeed)
            at &+= 8
        }
        return hash
    }
}
