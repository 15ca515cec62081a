/// The numbers of a few words of ASCII letters, matched without letter case.
///
/// Statuses alternate at random, so a look-up must not branch on the word. Some bits of the text select the only
/// word that is compared. They are chosen when the table is made, so that no two words share a place.
// Unchecked, because nothing writes to the entries after they were made.
struct WordTable: BitwiseCopyable, @unchecked Sendable {
    private struct Entry: BitwiseCopyable {
        /// The word in lower case, zero-padded; of a free place, a number that is no text.
        var word = UInt64.max
        var number: UInt64 = 0
    }

    private static let placeCount = 16

    private let entries: UnsafeMutablePointer<Entry>
    private let shift: UInt64

    /// Makes the table of words of at most eight letters; it is never released.
    ///
    /// - Parameter words: The words; the first has the number 1.
    init(_ words: [String]) {
        let texts = words.map { word -> UInt64 in
            precondition(
                word.utf8.count <= 8 && word.allSatisfy { $0.isASCII && $0.isLetter },
                "a table's words have at most eight ASCII letters")
            return Array(word.utf8).withUnsafeBufferPointer(Self.lowerCased)
        }
        let shift = (0..<60 as Range<UInt64>).first { shift in
            Set(texts.map { Self.place(of: $0, shift) }).count == texts.count
        }
        guard let shift else { preconditionFailure("two of the words are too similar") }
        self.shift = shift
        entries = .allocate(capacity: Self.placeCount)
        entries.initialize(repeating: Entry(), count: Self.placeCount)
        for (index, text) in texts.enumerated() {
            entries[Self.place(of: text, shift)] = Entry(word: text, number: UInt64(index + 1))
        }
    }

    /// The number of a text.
    ///
    /// - Parameter text: The text, not empty, of which eight bytes are readable.
    /// - Returns: The number; 0 when the text is none of the words.
    @inline(__always)
    func number(readable text: UnsafeBufferPointer<UInt8>) -> UInt8 {
        guard let base = text.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self).littleEndian
        let kept = UInt64.max >> UInt64(truncatingIfNeeded: max(0, 8 &- text.count) &* 8)
        let word = (raw | 0x2020_2020_2020_2020) & kept
        let entry = entries + Self.place(of: word, shift)
        guard entry.pointee.word == word, text.count <= 8 else { return 0 }
        return UInt8(truncatingIfNeeded: entry.pointee.number)
    }

    /// The number of a text; `nil` when it is none of the words.
    func number(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
        guard !text.isEmpty, text.count <= 8 else { return nil }
        let word = Self.lowerCased(text)
        let entry = entries[Self.place(of: word, shift)]
        return entry.word == word ? UInt8(truncatingIfNeeded: entry.number) : nil
    }

    @inline(__always)
    private static func place(of word: UInt64, _ shift: UInt64) -> Int {
        Int(truncatingIfNeeded: word &>> shift) & (placeCount - 1)
    }

    /// The letters of a text of up to eight bytes in lower case; other bytes do not become letters.
    private static func lowerCased(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var word: UInt64 = 0
        for (index, byte) in text.enumerated() { word |= UInt64(byte | 0x20) << UInt64(index * 8) }
        return word
    }
}
