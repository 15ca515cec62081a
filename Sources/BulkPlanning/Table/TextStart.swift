/// A text's first sixteen bytes as two words, zero-padded if the text is shorter.
///
/// Statuses and names alternate at random, so the code must not branch on their lengths. It loads whole words
/// and masks them.
struct TextStart: Equatable, BitwiseCopyable {
    let first: UInt64
    let second: UInt64

    /// Reads a text that has at least sixteen readable bytes from its first one.
    ///
    /// Every value of a record has them.
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

    /// Reads any text.
    init(_ text: UnsafeRawBufferPointer) {
        var bytes = (UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &bytes) { $0.copyBytes(from: text.prefix(16)) }
        (first, second) = (bytes.0.littleEndian, bytes.1.littleEndian)
    }
}
