import CLibrary

/// Numbered texts, each stored once in one block of bytes.
///
/// A million tickets repeat a few hundred agents, categories and tags. A reference costs four
/// bytes.
struct StringPool: Sendable {
    /// A text's number; 0 means no text.
    typealias Reference = UInt32

    private var bytes: [UInt8] = []
    /// The end of each text in `bytes`; the text with number 0 is empty and never found.
    private var ends: [Int] = [0]
    /// A hash table of references with open addressing; its size is a power of two, at most half
    /// full.
    private var slots: [Reference] = Array(repeating: 0, count: 64)

    /// How many texts there are.
    var count: Int { ends.count - 1 }

    /// Returns the number of a text, which is added if it is new.
    mutating func intern(_ text: UnsafeBufferPointer<UInt8>) -> Reference {
        let slot = slot(for: text)
        if slots[slot] != 0 { return slots[slot] }
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        let reference = Reference(ends.count - 1)
        slots[slot] = reference
        if ends.count * 2 > slots.count { grow() }
        return reference
    }

    /// Returns the number of a text, which is added if it is new.
    mutating func intern(_ text: String) -> Reference {
        var text = text
        return text.withUTF8 { intern($0) }
    }

    /// The number of an existing text.
    func find(_ text: UnsafeBufferPointer<UInt8>) -> Reference? {
        let reference = slots[slot(for: text)]
        return reference == 0 ? nil : reference
    }

    /// The number of an existing text.
    func find(_ text: String) -> Reference? {
        var text = text
        return text.withUTF8 { find($0) }
    }

    /// Passes a text's bytes to a closure.
    func withBytes<R>(_ reference: Reference, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let range = range(reference)
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// A text as a Swift string, or nil for the number 0.
    func text(_ reference: Reference) -> String? {
        guard reference != 0 else { return nil }
        return withBytes(reference) { String(decoding: $0, as: UTF8.self) }
    }

    private func range(_ reference: Reference) -> Range<Int> {
        let index = Int(reference)
        return index == 0 ? 0..<0 : ends[index - 1]..<ends[index]
    }

    /// The slot that holds the text, or the free slot for it.
    private func slot(for text: UnsafeBufferPointer<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: Self.hash(text)) & mask
        while slots[slot] != 0 {
            let range = range(slots[slot])
            if range.count == text.count, holds(text, at: range.lowerBound) { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        let references = ends.indices.dropFirst()
        slots = Array(repeating: 0, count: slots.count * 2)
        let mask = slots.count - 1
        for reference in references {
            var slot = withBytes(Reference(reference)) {
                Int(truncatingIfNeeded: Self.hash($0)) & mask
            }
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Reference(reference)
        }
    }

    /// Whether the bytes at an offset equal the text.
    private func holds(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        guard !text.isEmpty else { return true }
        return bytes.withUnsafeBytes { bytes in
            // The caller ensures that the offset and the text's length are within one stored text.
            memcmp(bytes.baseAddress! + offset, text.baseAddress!, text.count) == 0
        }
    }

    /// Hashes eight bytes per step, with multiplication and mixing, because the table uses the low
    /// bits.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(text)
        var hash = UInt64(bytes.count) ^ 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while offset < bytes.count {
            var word: UInt64 = 0
            if offset + 8 <= bytes.count {
                word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            } else {
                for index in offset..<bytes.count { word = word << 8 | UInt64(bytes[index]) }
            }
            hash = (hash ^ word) &* 0xD6E8_FEB8_6659_FD93
            hash ^= hash >> 32
            offset += 8
        }
        return hash
    }
}
