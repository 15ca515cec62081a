/// A growing buffer for bytes that are written to a file in large pieces.
///
/// Reports of a million lines use it, because a `String` per line costs three times as much.
///
/// It can be passed from one thread to another. It has one owner at a time, and nothing else refers
/// to its memory. `@unchecked Sendable` is therefore right, but the compiler cannot see that
/// through the pointer.
package struct OutputBuffer: ~Copyable, @unchecked Sendable {
    // Inline code in other modules calls these members about thirty times for every row of a plan
    // or report. They are therefore usable from inline code.
    @usableFromInline var storage: UnsafeMutableRawBufferPointer
    @usableFromInline var filled = 0
    /// How many bytes are waiting to be written.
    @inlinable package var count: Int { filled }

    /// Makes an empty buffer.
    ///
    /// - Parameter capacity: The bytes to reserve initially.
    package init(capacity: Int = 64 << 10) {
        storage = .allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { storage.deallocate() }

    /// Gives access to the waiting bytes, which are valid only inside the closure.
    package func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<filled]))
    }

    /// Passes on the waiting bytes and empties the buffer, even if the closure throws.
    package mutating func drain<E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Void
    ) throws(E) {
        let taken = filled
        filled = 0
        try body(UnsafeRawBufferPointer(rebasing: storage[..<taken]))
    }

    /// Discards the waiting bytes.
    package mutating func removeAll() { filled = 0 }

    /// Discards the bytes after the first `length`.
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
