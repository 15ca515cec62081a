/// Compressed bytes of another supply, taken as bits or as bytes.
///
/// The first bit of a byte is its least significant one (RFC 1951, section 3.1.1). A step of a
/// decoder calls ``prepare()`` once. It can then refill the cursor twice, and needs no other check:
/// eight bytes can always be loaded, because zeros follow the last one. ``isBeyondEnd`` is true
/// when steps have taken some of these zeros.
struct BitInput: ~Copyable {
    /// The loaded bits, and where the next ones are.
    struct Cursor {
        /// The next byte to be loaded.
        fileprivate(set) var next: UnsafePointer<UInt8>
        /// Loaded bits, the next one lowest; those from ``count`` on are not to be used.
        private(set) var bits: UInt64 = 0
        /// How many bits are loaded.
        private(set) var count: UInt64 = 0

        fileprivate init(_ next: UnsafePointer<UInt8>) { self.next = next }

        /// Loads bits, until there are at least 56.
        @inline(__always)
        mutating func refill() {
            let word = UnsafeRawPointer(next).loadUnaligned(as: UInt64.self)
            bits |= UInt64(littleEndian: word) &<< count
            next += Int(truncatingIfNeeded: (63 &- count) &>> 3)
            count |= 56
        }

        /// Removes some of the loaded bits: as many as the lowest byte of a table's entry says.
        @inline(__always)
        mutating func drop(_ entry: UInt32) {
            let dropped = UInt64(entry & 0xFF)
            bits = bits &>> dropped
            count = count &- dropped
        }

        /// The first byte of which no bit was taken.
        fileprivate var unusedByte: UnsafePointer<UInt8> { next - Int(count >> 3) }
    }

    /// How many bytes are held.
    static let size = 64 * 1024
    /// How many bytes two refills can load.
    private static let step = 16
    /// How many of the bytes before the next one stay, because their bits may be given back.
    private static let kept = 8

    private let upstream: any ByteSupply
    private let base: UnsafeMutablePointer<UInt8>
    /// One past the last byte held.
    private var end: UnsafeMutablePointer<UInt8>
    private var isFinal = false
    /// Why no more bytes could be read.
    private(set) var failure: ReadError?
    /// How many bytes were read from the supply.
    private(set) var fetched: Int
    var cursor: Cursor
    /// The last byte from which a step can start.
    private(set) var lastStart: UnsafePointer<UInt8>

    /// Reads the bits of these bytes.
    ///
    /// - Parameters:
    ///   - upstream: Where the bytes come from.
    ///   - head: The first bytes, which were already read.
    init(_ upstream: any ByteSupply, head: [UInt8]) {
        self.upstream = upstream
        let capacity = Self.size + head.count + 2 * Self.step
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: capacity)
        base.update(from: head, count: head.count)
        end = base + head.count
        fetched = head.count
        cursor = Cursor(base)
        lastStart = UnsafePointer(end) - Self.step
    }

    deinit { base.deallocate() }

    /// Whether more bits were taken than there are.
    var isBeyondEnd: Bool { isFinal && cursor.unusedByte > end }

    /// Makes sure that a step can load its bytes.
    ///
    /// - Returns: Whether it can; otherwise the input has ended or failed.
    @inline(__always)
    mutating func prepare() -> Bool { cursor.next <= lastStart || readMore() }

    /// Reads at most 32 bits; `nil` when the input has ended.
    mutating func readBits(_ count: Int) -> Int? {
        guard prepare() else { return nil }
        cursor.refill()
        let value = Int(truncatingIfNeeded: cursor.bits & (1 &<< UInt64(count) &- 1))
        cursor.drop(UInt32(count))
        return isBeyondEnd ? nil : value
    }

    /// Drops the rest of a byte whose bits were taken in part, and gives back whole bytes.
    ///
    /// To be called before bytes are taken.
    mutating func alignToByte() { cursor = Cursor(cursor.unusedByte) }

    /// Reads the next byte; `nil` when the input has ended.
    mutating func readByte() -> UInt8? {
        guard hasBytes() else { return nil }
        defer { cursor.next += 1 }
        return cursor.next.pointee
    }

    /// Reads bytes as a number, the lowest first; `nil` when the input has ended.
    mutating func readNumber(bytes: Int) -> UInt32? {
        var number: UInt32 = 0
        for place in 0..<bytes {
            guard let byte = readByte() else { return nil }
            number |= UInt32(byte) << UInt32(8 * place)
        }
        return number
    }

    /// Copies bytes.
    ///
    /// - Parameters:
    ///   - space: Where they go.
    ///   - most: How many, at least one.
    /// - Returns: How many were copied; 0 when the input has ended.
    mutating func copy(to space: UnsafeMutablePointer<UInt8>, atMost most: Int) -> Int {
        guard hasBytes() else { return 0 }
        let count = min(most, UnsafePointer(end) - cursor.next)
        space.update(from: cursor.next, count: count)
        cursor.next += count
        return count
    }

    /// Whether there is a byte that was not taken.
    private mutating func hasBytes() -> Bool {
        if cursor.next >= end { _ = readMore() }
        return cursor.next < end
    }

    /// Reads until a step can start, or the input has ended or failed.
    private mutating func readMore() -> Bool {
        guard !isFinal else { return false }
        // What was taken goes, and the rest moves to the front.
        let next = cursor.next - UnsafePointer(base)
        let dropped = max(0, min(next, end - base) - Self.kept)
        let left = end - base - dropped
        base.update(from: base + dropped, count: left)
        end = base + left
        cursor.next = UnsafePointer(base + next - dropped)
        repeat {
            let space = UnsafeMutableRawBufferPointer(
                start: end, count: Self.size - (end - base))
            var count = 0
            do throws(ReadError) {
                count = try upstream.read(into: space)
            } catch {
                failure = error
            }
            end += count
            fetched += count
            isFinal = count == 0
            if isFinal { end.update(repeating: 0, count: 2 * Self.step) }
            lastStart = UnsafePointer(end) + (isFinal ? Self.kept : -Self.step)
        } while !isFinal && cursor.next > lastStart
        return cursor.next <= lastStart
    }
}
