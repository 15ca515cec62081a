/// Bytes on their way to a file: grows as needed, and is written in large pieces.
///
/// Reports of a million lines are written through this, because a `String` per line costs three times
/// as much.
///
/// It may be handed from one thread to another: there is only one owner at a time, and nobody else holds
/// its memory. That is why `@unchecked Sendable` is right, which the compiler cannot see through the
/// pointer.
package struct OutputBuffer: ~Copyable, @unchecked Sendable {
    private var storage: UnsafeMutableRawBufferPointer
    /// How many bytes wait to be written.
    package private(set) var count = 0

    /// Makes an empty buffer.
    ///
    /// - Parameter capacity: The bytes to reserve at first.
    package init(capacity: Int = 64 << 10) {
        storage = .allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// The bytes that wait, valid inside the closure only.
    package func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    /// Hands over the bytes that wait and empties the buffer, whether the taking succeeds or not.
    package mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let filled = count
        count = 0
        try body(UnsafeRawBufferPointer(rebasing: storage[..<filled]))
    }

    /// Forgets the bytes that wait.
    package mutating func removeAll() { count = 0 }

    /// Forgets the bytes after the first `length`.
    package mutating func truncate(to length: Int) {
        precondition(length <= count)
        count = length
    }

    /// Makes room for `extra` bytes and returns where they start.
    @inline(__always)
    private mutating func grow(_ extra: Int) -> UnsafeMutableRawPointer {
        if count &+ extra > storage.count { reallocate(count + extra) }
        return storage.baseAddress.unsafelyUnwrapped + count
    }

    @inline(never)
    private mutating func reallocate(_ needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, storage.count * 2), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        storage.deallocate()
        storage = larger
    }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        grow(1).storeBytes(of: byte, as: UInt8.self)
        count &+= 1
    }

    /// Appends bytes.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        grow(bytes.count).copyMemory(from: source, byteCount: bytes.count)
        count &+= bytes.count
    }

    /// Appends a literal.
    package mutating func append(_ literal: StaticString) {
        append(UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a text as UTF-8.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a whole number in decimal.
    package mutating func append(decimal value: Int) {
        var magnitude = value.magnitude
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var start = 20
            repeat {
                start &-= 1
                let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
                digits[start] = UInt8(truncatingIfNeeded: remainder) &+ UInt8(ascii: "0")
                magnitude = quotient
            } while magnitude != 0
            if value < 0 { append(UInt8(ascii: "-")) }
            append(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Appends spaces until the buffer holds `length` bytes.
    package mutating func pad(to length: Int) {
        while count < length { append(UInt8(ascii: " ")) }
    }
}
