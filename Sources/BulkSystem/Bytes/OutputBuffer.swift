/// Bytes on their way to a file: grows as needed, and is written in large pieces.
///
/// Reports of a million lines are written through this, because a `String` per line costs three times
/// as much.
///
/// It may be handed from one thread to another: there is only one owner at a time, and no other holds
/// its memory. That is why `@unchecked Sendable` is right, which the compiler cannot see through the
/// pointer.
package struct OutputBuffer: ~Copyable, @unchecked Sendable {
    // What is usable from inline code is called some thirty times for every row of a plan or report, which
    // other modules write.
    @usableFromInline var storage: UnsafeMutableRawBufferPointer
    @usableFromInline var filled = 0
    /// How many bytes wait to be written.
    @inlinable package var count: Int { filled }

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
        try body(UnsafeRawBufferPointer(rebasing: storage[..<filled]))
    }

    /// Hands over the bytes that wait and empties the buffer, whether the taking succeeds or not.
    package mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let taken = filled
        filled = 0
        try body(UnsafeRawBufferPointer(rebasing: storage[..<taken]))
    }

    /// Forgets the bytes that wait.
    package mutating func removeAll() { filled = 0 }

    /// Forgets the bytes after the first `length`.
    package mutating func truncate(to length: Int) {
        precondition(length <= filled)
        filled = length
    }

    /// Makes room for `extra` bytes and returns where they start.
    @inlinable @inline(__always)
    mutating func grow(_ extra: Int) -> UnsafeMutableRawPointer {
        if filled &+ extra > storage.count { reallocate(filled + extra) }
        return storage.baseAddress.unsafelyUnwrapped + filled
    }

    @usableFromInline @inline(never)
    mutating func reallocate(_ needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(needed, storage.count * 2), alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<filled]))
        storage.deallocate()
        storage = larger
    }

    /// Appends one byte.
    @inlinable
    package mutating func append(_ byte: UInt8) {
        grow(1).storeBytes(of: byte, as: UInt8.self)
        filled &+= 1
    }

    /// Appends bytes.
    @inlinable
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        grow(bytes.count).copyMemory(from: source, byteCount: bytes.count)
        filled &+= bytes.count
    }

    /// Appends a literal.
    @inlinable @inline(__always)
    package mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        grow(count).copyMemory(from: literal.utf8Start, byteCount: count)
        filled &+= count
    }

    /// Appends a text as UTF-8.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends spaces until the buffer holds `length` bytes.
    package mutating func pad(to length: Int) {
        while filled < length { append(UInt8(ascii: " ")) }
    }
}
