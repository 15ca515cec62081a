/// The hash of the tables: two multiplications for an id.
///
/// Every process has its own seed, so an input cannot be made to have many keys with the same hash.
struct ByteHash {
    private let first: UInt64
    private let second: UInt64

    init() {
        var generator = SystemRandomNumberGenerator()
        first = generator.next() | 1
        second = generator.next() | 1
    }

    /// Hashes a twelve-byte id, given as eight bytes and four.
    ///
    /// Ids are often consecutive numbers. Their products with one number are evenly spaced, so that with some seeds a
    /// table has long runs of used slots; the second multiplication ends that.
    @inline(__always)
    func hash(_ high: UInt64, _ low: UInt32) -> UInt64 {
        Self.mix(Self.mix(high ^ first, UInt64(low) ^ second), first)
    }

    /// Hashes a text from its first sixteen bytes (zero-padded if it is shorter) and the rest.
    @inline(__always)
    func hash(_ start: TextStart, _ text: UnsafeRawBufferPointer) -> UInt64 {
        let count = UInt64(truncatingIfNeeded: text.count)
        var state = Self.mix(start.first ^ first, start.second ^ second &+ count)
        var offset = 16
        while offset < text.count {
            // The last word may overlap the one before it.
            let word = text.loadUnaligned(
                fromByteOffset: min(offset, text.count &- 8), as: UInt64.self)
            state = Self.mix(state ^ word, first)
            offset &+= 8
        }
        return state
    }

    /// Multiplies to 128 bits, folds both halves, and folds the result into its lower half.
    ///
    /// Tables take the lowest bits. Of a product with similar numbers these are poor with some seeds, and the bits
    /// above them are not.
    @inline(__always)
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let (high, low) = a.multipliedFullWidth(by: b)
        let folded = high ^ low
        return folded ^ folded >> 32
    }
}
