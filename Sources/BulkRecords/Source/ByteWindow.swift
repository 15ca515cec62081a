/// The part of the input that is in memory: the unconsumed bytes and some padding.
///
/// A scanner may load up to ``padding`` bytes past `end`. Those are zero. Positions are counted
/// from `base` and valid until the next ``refill()``, which moves the remaining bytes to the front.
struct ByteWindow: ~Copyable {
    /// How many zero bytes follow the last one read, so that whole blocks can be loaded.
    static let padding = 64

    private(set) var base: UnsafeMutablePointer<UInt8>
    /// The first unconsumed byte.
    var start = 0
    /// One past the last byte read.
    private(set) var end = 0
    /// Whether everything was read.
    private(set) var isFinal = false
    /// The offset of `base` in the input, in bytes.
    private(set) var baseOffset = 0
    private var capacity: Int
    private let chunkSize: Int
    /// The source of more bytes; `nil` for a window that its owner fills.
    private var source: ByteSource?
    /// A failure met while reading ahead, which the next read throws.
    private var failure: ReadError?
    let name: String
    /// What was found out about the source; shared with the windows of its blocks.
    let findings: ByteSource.Findings?

    init(_ source: consuming ByteSource) {
        // One chunk, the part of a record before it, and the padding fit without growing.
        capacity = min(source.chunkSize, ByteSource.defaultChunkSize) + 64 * 1024
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: Self.padding)
        name = source.name
        findings = source.findings
        chunkSize = source.chunkSize
        self.source = consume source
    }

    /// Makes an empty window without a source.
    ///
    /// - Parameters:
    ///   - name: The input's name in messages.
    ///   - size: How many bytes it can hold without growing.
    ///   - findings: What was found out about the source of the bytes, if there is one.
    init(name: String, size: Int, findings: ByteSource.Findings? = nil) {
        capacity = size + Self.padding
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: Self.padding)
        chunkSize = size
        self.findings = findings
        self.name = name
    }

    deinit { base.deallocate() }

    /// Moves the unconsumed bytes to the front and reads more after them.
    ///
    /// A record that does not fit is scanned again from its start after every refill. Each refill
    /// therefore adds at least an eighth of the remaining bytes. The repeated scans of a long
    /// record then cost a constant factor, not the square of its length.
    mutating func refill() throws(ReadError) {
        if start > 0 { drop(to: start) }
        let left = end
        let wanted = max(chunkSize, left / 8)
        if end + wanted + Self.padding > capacity { grow(to: end + wanted + Self.padding) }
        let goal = end + max(1, min(wanted, left / 8))
        repeat {
            let space = UnsafeMutableRawBufferPointer(
                start: base + end, count: wanted - (end - left))
            let count = try readSource(into: space)
            if count == 0 {
                isFinal = true
                break
            }
            end += count
        } while end < goal
        endWithPadding()
    }

    private mutating func readSource(
        into space: UnsafeMutableRawBufferPointer
    ) throws(ReadError) -> Int {
        if let failure { throw failure }
        if source == nil { return 0 }
        return try source!.read(into: space)
    }

    /// Reads until `count` bytes are available, the input ends, or reading fails.
    ///
    /// A failure is thrown when the bytes read before it are used up.
    ///
    /// - Returns: Whether nothing failed.
    mutating func fillAhead(_ count: Int) -> Bool {
        do throws(ReadError) {
            try fill(count)
        } catch {
            failure = error
            endWithPadding()
        }
        return failure == nil
    }

    /// A command that converts the input, for messages; it is correct after bytes were read.
    var conversion: ConversionCommand { ConversionCommand(name: name, findings) }

    private mutating func endWithPadding() {
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

    // MARK: Manual filling, for windows that hold one block of an input

    /// Discards everything, to hold the bytes at an offset of the input.
    mutating func clear(at offset: Int) {
        start = 0
        end = 0
        isFinal = false
        baseOffset = offset
        endWithPadding()
    }

    /// Moves back to the first byte in the window.
    mutating func rewind() { start = 0 }

    /// Discards the bytes before a position.
    mutating func drop(to position: Int) {
        let left = end - position
        base.update(from: base + position, count: left)
        baseOffset += position
        start = 0
        end = left
        endWithPadding()
    }

    /// Marks the end of the input after the window's last byte.
    mutating func setFinal() { isFinal = true }

    /// Appends bytes.
    mutating func append(_ bytes: UnsafePointer<UInt8>, count: Int) {
        if end + count + Self.padding > capacity { grow(to: end + count + Self.padding) }
        (base + end).update(from: bytes, count: count)
        end += count
        endWithPadding()
    }

    /// Moves the first bytes of another window here, or reads from its source when it is empty.
    ///
    /// - Parameters:
    ///   - other: The window to take from.
    ///   - most: The most bytes to take.
    /// - Returns: How many were taken; 0 at the end of the input.
    /// - Throws: ``ReadError`` when reading fails.
    mutating func append(
        from other: inout ByteWindow, atMost most: Int
    ) throws(ReadError) -> Int {
        let kept = min(most, other.end - other.start)
        if kept > 0 {
            append(other.base + other.start, count: kept)
            other.start += kept
            return kept
        }
        if other.isFinal { return 0 }
        if end + most + Self.padding > capacity { grow(to: end + most + Self.padding) }
        let count = try other.readSource(
            into: UnsafeMutableRawBufferPointer(start: base + end, count: most))
        other.isFinal = count == 0
        end += count
        endWithPadding()
        return count
    }

    /// Moves the bytes after a position back into the window that they were taken from.
    mutating func giveBack(from position: Int, to other: inout ByteWindow) {
        let count = end - position
        if count > other.start {
            let left = other.end - other.start
            if count + left + Self.padding > other.capacity {
                other.grow(to: count + left + Self.padding)
            }
            (other.base + count).update(from: other.base + other.start, count: left)
            other.start = count
            other.end = count + left
        }
        other.start -= count
        (other.base + other.start).update(from: base + position, count: count)
        end = position
        endWithPadding()
    }
}
