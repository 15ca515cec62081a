import CLibrary
import BulkSystem

/// The part of a ``NameTable``'s memory that is needed to find a text's number.
///
/// It is a separate value, so that a loop over many texts can keep it in registers. It is valid until a text
/// is added to the table.
struct NameLookup: BitwiseCopyable {
    /// A text's first two words and the position of the whole text.
    ///
    /// Two words identify a text of up to sixteen bytes.
    struct Entry: BitwiseCopyable {
        var first: UInt64
        var second: UInt64
        var hash: UInt64
        var start: Int
        var length: Int32
        /// The length again if the text was added as a plain one; otherwise -1.
        var plainLength: Int32
    }

    var entries: UnsafeMutablePointer<Entry>
    /// Numbers of texts by hash; -1 marks a free place.
    var places: UnsafeMutablePointer<Int32>
    /// The number of places, which is a power of two, minus one.
    var mask: Int
    /// The texts.
    var bytes: UnsafeMutablePointer<UInt8>
    /// Sixteen bytes of ones and sixteen of zeros: a load from among them is a mask for a text's own bytes.
    let cuts: UnsafeMutablePointer<UInt8>
    let seed: UInt64
    let secondSeed: UInt64

    /// The number of a plain text; `nil` for all other texts, and for some plain ones.
    ///
    /// A plain text is one that was added as such. This checks only the first place for the text's hash, where
    /// almost every repeated text is found.
    ///
    /// - Parameters:
    ///   - base: The text's first byte; at least sixteen bytes must be readable from there.
    ///   - length: The number of bytes of the text.
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

    /// The number of a text; `nil` when the table does not contain it.
    func find(
        _ base: UnsafePointer<UInt8>, _ length: Int, _ start: (first: UInt64, second: UInt64),
        hash: UInt64
    ) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & mask
        while places[place] >= 0 {
            StepCount.add()
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

    /// The first two words of a text, zero-padded if it is shorter.
    ///
    /// The lengths of names alternate at random, so the code must not branch on them.
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

    /// Extends a hash by the bytes after a text's first sixteen; the last word may overlap earlier bytes.
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
