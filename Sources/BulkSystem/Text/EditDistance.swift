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
    /// What their forms look like at first sight; `nil` for one with characters that are not bytes.
    private let outlines: [TextOutline?]

    /// Compares with these meanings, each with the part of it to compare.
    package init(_ candidates: [(String, String)]) {
        self.candidates = candidates.map { ($0.0, ComparedText($0.1)) }
        outlines = self.candidates.map(\.form.outline)
    }

    /// The meaning that a text of ASCII most likely misspells, as ``closest(to:)`` finds it.
    ///
    /// Most texts have another length than every meaning, or other letters, so no String is made of them.
    package func closest(toASCII text: UnsafeBufferPointer<UInt8>) -> String? {
        if let outline = TextOutline(text) {
            let isNear = outlines.contains { $0.map(outline.mayBeNear) ?? true }
            if !isNear { return nil }
        }
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

/// What is compared of a text's bytes before a table of distances is made.
private struct TextOutline {
    /// The number of bytes, each of which is a character.
    let count: Int
    /// A bit for each byte among those compared, by the byte's lower six bits.
    private let letters: UInt64

    /// - Returns: `nil` if characters of the text must be compared.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var letters: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if byte >= 0x80 || byte == 0x0D { return nil }
            if index < ComparedText.longest { letters |= 1 &<< UInt64(byte & 63) }
        }
        self.letters = letters
        count = bytes.count
    }

    /// Whether this many edits may make one text of the other: an edit changes the length by at most one, and
    /// adds or removes at most one letter.
    func isNear(_ other: TextOutline, atMost limit: Int) -> Bool {
        abs(count - other.count) <= limit
            && (letters & ~other.letters).nonzeroBitCount <= limit
            && (other.letters & ~letters).nonzeroBitCount <= limit
    }

    /// Whether one text may be a typing mistake for the other.
    func mayBeNear(_ other: TextOutline) -> Bool {
        isNear(other, atMost: ComparedText.mostEdits(ofLongest: max(count, other.count)))
    }
}

/// A text in a form that is fast to compare.
private struct ComparedText {
    static let longest = 64

    /// The number of all its characters, also beyond those compared.
    let count: Int
    private let text: String
    /// `nil` if characters are compared instead of bytes.
    let outline: TextOutline?

    init(_ text: String) {
        var text = text
        outline = text.withUTF8 { TextOutline($0) }
        count = outline?.count ?? text.count
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
        // An edit changes the length by at most one.
        let difference = abs(count - other.count)
        if difference > limit { return nil }
        return comparedDistance(to: other, atMost: limit).map { max($0, difference) }
    }

    /// The number of edits between the parts of two texts that are compared.
    private func comparedDistance(to other: ComparedText, atMost limit: Int) -> Int? {
        guard let outline, let theirs = other.outline else {
            return Self.distance(
                Array(text.prefix(Self.longest)), Array(other.text.prefix(Self.longest)), limit)
        }
        guard outline.isNear(theirs, atMost: limit) else { return nil }
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
