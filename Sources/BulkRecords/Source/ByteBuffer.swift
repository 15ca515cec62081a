/// A growable buffer for decoded values, whose address is stable between changes.
///
/// At least sixteen bytes can be loaded from any position in it.
struct ByteBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int
    private static let padding = 16

    init(capacity: Int = 256) {
        self.capacity = max(16, capacity)
        base = .allocate(capacity: self.capacity + Self.padding)
        base.initialize(repeating: 0, count: self.capacity + Self.padding)
    }

    deinit { base.deallocate() }

    mutating func removeAll() { count = 0 }

    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    mutating func append(_ source: UnsafePointer<UInt8>, count length: Int) {
        reserve(length)
        (base + count).update(from: source, count: length)
        count += length
    }

    /// Appends bytes in which each special byte is doubled, and keeps one of each two.
    ///
    /// Sixteen bytes are copied at a time. Those after a special byte are written again.
    ///
    /// - Parameters:
    ///   - special: The byte.
    ///   - source: The bytes; sixteen more must be readable after them.
    mutating func append(halvingDoubled special: UInt8, _ source: UnsafeBufferPointer<UInt8>) {
        guard let start = source.baseAddress else { return }
        let length = source.count
        reserve(length)
        let specials = splat16(special)
        var at = 0
        while at < length {
            let bytes = load16(start + at)
            UnsafeMutableRawPointer(base + count).storeBytes(of: bytes, as: Bytes16.self)
            let isSpecial: Mask16 = bytes .== specials
            let plain = bits(isSpecial).trailingZeroBitCount
            if plain < 16, at + plain < length {
                count += plain + 1
                at += plain + 2
            } else {
                count += min(16, length - at)
                at += 16
            }
        }
    }

    /// Appends a Unicode scalar as UTF-8.
    mutating func append(scalar: UInt32) {
        switch scalar {
        case 0..<0x80:
            append(UInt8(scalar))
        case 0x80..<0x800:
            append(UInt8(0xC0 | scalar >> 6))
            append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            append(UInt8(0xE0 | scalar >> 12))
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        default:
            append(UInt8(0xF0 | scalar >> 18 & 0x07))
            append(UInt8(0x80 | scalar >> 12 & 0x3F))
            append(UInt8(0x80 | scalar >> 6 & 0x3F))
            append(UInt8(0x80 | scalar & 0x3F))
        }
    }

    /// Makes room for more bytes.
    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if count + extra > capacity { grow(extra) }
    }

    @inline(never)
    private mutating func grow(_ extra: Int) {
        let larger = max(capacity * 2, count + extra)
        let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
        new.initialize(repeating: 0, count: larger + Self.padding)
        new.update(from: base, count: count)
        base.deallocate()
        base = new
        capacity = larger
    }
}
