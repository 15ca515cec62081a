/// The part of the input that is in memory: what was read and not yet consumed, and some padding.
///
/// Whoever scans the window may load up to ``padding`` bytes past `end`: those are zero. Positions
/// are counted from `base` and hold until the next ``refill()``, which moves what is left to the
/// front.
struct ByteWindow: ~Copyable {
    /// How many zero bytes follow the last one read, so that whole blocks can be loaded.
    static let padding = 64

    private(set) var base: UnsafeMutablePointer<UInt8>
    /// The first byte not consumed yet.
    var start = 0
    /// One past the last byte read.
    private(set) var end = 0
    /// Whether everything was read.
    private(set) var isFinal = false
    /// Where `base` lies in the input, in bytes.
    private(set) var baseOffset = 0
    private var capacity: Int
    private var source: ByteSource

    init(_ source: consuming ByteSource) {
        // Padding included, one chunk and the piece of a record before it fit without growing.
        capacity = min(source.chunkSize, ByteSource.defaultChunkSize) + 64 * 1024
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: Self.padding)
        self.source = source
    }

    deinit { base.deallocate() }

    var name: String { source.name }

    /// Moves what is not consumed to the front and reads more behind it.
    ///
    /// A record that does not fit is scanned again from its start after every refill. So that a long
    /// one costs a constant factor and not the square of its length, each refill adds at least an
    /// eighth to what is left.
    mutating func refill() throws(ReadError) {
        let left = end - start
        if start > 0 {
            base.update(from: base + start, count: left)
            baseOffset += start
            start = 0
            end = left
        }
        let wanted = max(source.chunkSize, left / 8)
        if end + wanted + Self.padding > capacity { grow(to: end + wanted + Self.padding) }
        let goal = end + max(1, min(wanted, left / 8))
        repeat {
            let space = UnsafeMutableRawBufferPointer(
                start: base + end, count: wanted - (end - left))
            let count = try source.read(into: space)
            if count == 0 {
                isFinal = true
                break
            }
            end += count
        } while end < goal
        (base + end).initialize(repeating: 0, count: Self.padding)
    }

    private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        new.initialize(from: base, count: end + Self.padding)
        base.deallocate()
        base = new
        capacity = larger
    }
}
