// How far two texts are apart, and the closest of many candidates. Before you change it:
// - A list can have a hundred thousand candidates, and some fifty texts are compared with all of
//   them. So most candidates must be excluded without a table of distances: by their length, or by
//   the letters that they have and the text has not.
// - Texts of ASCII without a carriage return are compared by bytes, all others by characters. The
//   results are the same, because such a byte is a character (CR and LF together are one).

/// The number of letters to insert, remove, replace or swap with a neighbour to turn one text into
/// another.
///
/// The first 64 characters of both texts are compared. Behind them only the lengths count, so the number is at
/// least the difference of the lengths.
///
/// - Parameters:
///   - one: A text.
///   - other: Another text.
/// - Returns: The number of edits.
package func editDistance(_ one: String, _ other: String) -> Int {
    ComparedText(one).distance(to: ComparedText(other), atMost: .max) ?? 0
}

/// The candidate that a text most likely misspells.
///
/// - Parameters:
///   - text: The text, in the form that `form` returns.
///   - candidates: The possible meanings.
///   - form: Returns the part of a candidate to compare, such as its letters in lower case.
/// - Returns: The closest candidate, if at most a third of the letters compared differ. The first one
///   wins a tie.
package func closest(
    to text: String, among candidates: some Sequence<String>, by form: (String) -> String
) -> String? {
    closest(to: text, among: candidates) { ($0, form($0)) }
}

/// The candidate that a text most likely misspells, where the candidates' forms are known.
///
/// - Parameters:
///   - text: The text, in the form of the candidates' second parts.
///   - candidates: The possible meanings, each with the part of it to compare.
/// - Returns: The closest candidate, if at most a third of the letters compared differ. The first one
///   wins a tie.
package func closest(
    to text: String, among candidates: some Sequence<(String, String)>
) -> String? {
    closest(to: text, among: candidates) { $0 }
}

/// A few possible meanings, prepared for comparison with many texts.
package struct KnownSpellings: Sendable {
    private let candidates: [(name: String, form: ComparedText)]
    /// The number of characters of the longest form.
    private let longest: Int

    /// Compares with these meanings, each with the part of it to compare.
    package init(_ candidates: [(String, String)]) {
        self.candidates = candidates.map { ($0.0, ComparedText($0.1)) }
        longest = self.candidates.map(\.form.count).max() ?? 0
    }

    /// The meaning that a text of ASCII most likely misspells, as ``closest(to:)`` finds it.
    ///
    /// Most texts are too long for every meaning, so no String is made of them.
    package func closest(toASCII text: UnsafeBufferPointer<UInt8>) -> String? {
        let isTooLong = text.count - longest > ComparedText.mostEdits(ofLongest: text.count)
        // CR and LF together are one character.
        if isTooLong, !text.contains(UInt8(ascii: "\r")) { return nil }
        return closest(to: String(decoding: text, as: UTF8.self))
    }

    /// The meaning that a text most likely misspells, as ``closest(to:among:)`` finds it.
    package func closest(to text: String) -> String? {
        var search = ClosestSearch(text)
        for (name, form) in candidates where !search.isOver { search.compare(name, form) }
        return search.best?.candidate
    }
}

private func closest<Candidates: Sequence>(
    to text: String, among candidates: Candidates,
    _ parts: (Candidates.Element) -> (String, String)
) -> String? {
    var search = ClosestSearch(text)
    for candidate in candidates {
        StepCount.add()
        if search.isOver { break }
        let (candidate, form) = parts(candidate)
        search.compare(candidate, ComparedText(form))
    }
    return search.best?.candidate
}

/// The closest candidate so far.
private struct ClosestSearch {
    private let text: ComparedText
    private(set) var best: (candidate: String, distance: Int)?

    init(_ text: String) { self.text = ComparedText(text) }

    /// Whether nothing can be closer, because the same text was found.
    var isOver: Bool { best?.distance == 0 }

    mutating func compare(_ candidate: String, _ form: ComparedText) {
        let limit = min(text.mostEdits(to: form), best.map { $0.distance - 1 } ?? .max)
        guard let distance = text.distance(to: form, atMost: limit) else { return }
        // The e-mail addresses of one organisation are alike behind the @.
        if let other = form.beforeAt, let mailbox = text.beforeAt {
            let most = mailbox.mostEdits(to: other)
            guard mailbox.distance(to: other, atMost: most) != nil else { return }
        }
        best = (candidate, distance)
    }
}

/// A text in a form that is fast to compare.
private struct ComparedText {
    private static let longest = 64

    /// The number of all its characters, also beyond those compared.
    let count: Int
    private let text: String
    private let comparesBytes: Bool
    /// A bit for each byte among those compared, by the byte's lower six bits; unused if characters
    /// are compared.
    private let letters: UInt64

    init(_ text: String) {
        var text = text
        (comparesBytes, letters) = text.withUTF8 { bytes in
            var letters: UInt64 = 0
            for (index, byte) in bytes.enumerated() {
                if byte >= 0x80 || byte == 0x0D { return (false, 0) }
                if index < Self.longest { letters |= 1 &<< UInt64(byte & 63) }
            }
            return (true, letters)
        }
        count = comparesBytes ? text.utf8.count : text.count
        self.text = text
    }

    /// The part before the @ of an e-mail address; `nil` for any other text.
    var beforeAt: ComparedText? {
        text.utf8.firstIndex(of: UInt8(ascii: "@")).map { ComparedText(String(text[..<$0])) }
    }

    /// The number of edits that a typing mistake can have: a third of the letters that are compared.
    ///
    /// Letters that are not compared must not count here: else a name of hundreds of letters would be close to
    /// any text.
    func mostEdits(to other: ComparedText) -> Int {
        Self.mostEdits(ofLongest: max(count, other.count))
    }

    /// The number of edits that the longer one of two texts can have.
    static func mostEdits(ofLongest count: Int) -> Int { min(count, longest) / 3 }

    /// The number of edits between two texts.
    ///
    /// - Parameters:
    ///   - other: The other text.
    ///   - limit: The largest number that is of interest.
    /// - Returns: The number; `nil` if it is larger than `limit`.
    func distance(to other: ComparedText, atMost limit: Int) -> Int? {
        // An edit changes the length by at most one, and adds or removes at most one letter.
        let difference = abs(count - other.count)
        if difference > limit { return nil }
        return comparedDistance(to: other, atMost: limit).map { max($0, difference) }
    }

    /// The number of edits between the parts of two texts that are compared.
    private func comparedDistance(to other: ComparedText, atMost limit: Int) -> Int? {
        guard comparesBytes, other.comparesBytes else {
            return Self.distance(
                Array(text.prefix(Self.longest)), Array(other.text.prefix(Self.longest)), limit)
        }
        if max(
            (letters & ~other.letters).nonzeroBitCount, (other.letters & ~letters).nonzeroBitCount)
            > limit
        {
            return nil
        }
        var (one, two) = (text, other.text)
        return one.withUTF8 { one in
            two.withUTF8 { two in
                Self.distance(one.prefix(Self.longest), two.prefix(Self.longest), limit)
            }
        }
    }

    /// Fills the table of the distances between all beginnings of two texts, of which three rows are
    /// needed at a time.
    private static func distance<Letters: RandomAccessCollection>(
        _ a: Letters, _ b: Letters, _ limit: Int
    ) -> Int? where Letters.Element: Equatable, Letters.Index == Int {
        let width = b.count + 1
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 3 * width) { table in
            table.initialize(repeating: 0)
            var (beforeLast, last, row) = (0, width, 2 * width)
            for j in 0..<width { table[last + j] = j }
            for i in a.indices {
                table[row] = i + 1
                var least = i + 1
                for j in b.indices {
                    var edits = min(
                        table[last + j] + (a[i] == b[j] ? 0 : 1), table[last + j + 1] + 1,
                        table[row + j] + 1)
                    if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                        edits = min(edits, table[beforeLast + j - 1] + 1)
                    }
                    table[row + j + 1] = edits
                    least = min(least, edits)
                }
                // A swap reaches back two rows, so one row beyond the limit is not enough.
                let isBeyond = least > limit && table[last..<last + width].allSatisfy { $0 > limit }
                if isBeyond { return nil }
                (beforeLast, last, row) = (last, row, beforeLast)
            }
            let edits = table[last + width - 1]
            return edits > limit ? nil : edits
        }
    }
}
