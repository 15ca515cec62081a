/// A text's first sixteen bytes as two words, with zeros behind a text that is shorter.
///
/// Statuses and names alternate at random, so their lengths must not be branched on: the words are loaded
/// whole and cut.
struct TextStart: Equatable, BitwiseCopyable {
    let first: UInt64
    let second: UInt64

    /// Takes a text behind whose first byte at least sixteen can be loaded, as behind every value of a
    /// record.
    @inline(__always)
    init(readable base: UnsafeRawPointer, count: Int) {
        first =
            base.loadUnaligned(as: UInt64.self).littleEndian
            & UInt64.max >> UInt64(truncatingIfNeeded: max(0, 8 &- count) &* 8)
        second =
            count <= 8
            ? 0
            : base.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
                & UInt64.max >> UInt64(truncatingIfNeeded: max(0, 16 &- count) &* 8)
    }

    /// Takes any text.
    init(_ text: UnsafeRawBufferPointer) {
        var bytes = (UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: text.prefix(16)) }
        (first, second) = (bytes.0.littleEndian, bytes.1.littleEndian)
    }
}
