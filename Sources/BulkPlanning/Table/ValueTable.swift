/// Distinct texts under small numbers: each is kept once, however many rows name it.
///
/// Number 0 is the absence of a value.
final class ValueTable {
    private let hash: ByteHash
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]
    private var slots: [UInt32]

    init(hash: ByteHash) {
        self.hash = hash
        slots = Array(repeating: 0, count: 64)
    }

    /// How many numbers are given out, the absence included.
    var count: Int { ends.count }

    /// The number of a text; a new one when the text has not been seen.
    func intern(_ text: UnsafeRawBufferPointer) -> UInt32 {
        var slot = Int(truncatingIfNeeded: hash.hash(text)) & (slots.count - 1)
        while true {
            let number = slots[slot]
            if number == 0 { return insert(text, slot) }
            if matches(number, text) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// The number of a text; a new one when the text has not been seen.
    func intern(_ text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
    }

    /// The number of a text that has been seen, or `nil`.
    func find(_ text: UnsafeRawBufferPointer) -> UInt32? {
        var slot = Int(truncatingIfNeeded: hash.hash(text)) & (slots.count - 1)
        while true {
            let number = slots[slot]
            if number == 0 { return nil }
            if matches(number, text) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
    }

    /// The text under a number; empty for 0.
    subscript(number: UInt32) -> String {
        withBytes(number) { String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of the text under a number, valid inside the closure only.
    func withBytes<R>(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard number > 0 else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        let range = ends[Int(number) - 1]..<ends[Int(number)]
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private func matches(_ number: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
        let start = ends[Int(number) - 1]
        guard ends[Int(number)] - start == text.count else { return false }
        return bytes.withUnsafeBytes { stored in
            stored[start..<start + text.count].elementsEqual(text)
        }
    }

    private func insert(_ text: UnsafeRawBufferPointer, _ slot: Int) -> UInt32 {
        let number = UInt32(ends.count)
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        slots[slot] = number
        if ends.count * 2 > slots.count { grow() }
        return number
    }

    private func grow() {
        var larger = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 1..<UInt32(ends.count) {
            var slot = withBytes(number) {
                Int(truncatingIfNeeded: hash.hash($0)) & (larger.count - 1)
            }
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = number
        }
        slots = larger
    }
}
