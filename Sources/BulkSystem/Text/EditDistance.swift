/// The number of letters to insert, remove, replace or swap with a neighbour to turn one text into
/// another.
///
/// Both texts are cut to 64 characters: longer names are not typing mistakes of each other.
///
/// - Parameters:
///   - one: A text.
///   - other: Another text.
/// - Returns: The number of edits.
package func editDistance(_ one: String, _ other: String) -> Int {
    let a = Array(one.prefix(64))
    let b = Array(other.prefix(64))
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [Int](repeating: i + 1, count: b.count + 1)
        for j in b.indices {
            row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
            }
        }
        beforeLast = last
        last = row
    }
    return last[b.count]
}

/// The candidate that a text most likely misspells.
///
/// - Parameters:
///   - text: The text, in the form that `form` returns.
///   - candidates: The possible meanings.
///   - form: Returns the part of a candidate to compare, such as its letters in lower case.
/// - Returns: The closest candidate, if at most a third of the letters differ. The first one wins a
///   tie.
package func closest(
    to text: String, among candidates: some Sequence<String>, by form: (String) -> String
) -> String? {
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let plain = form(candidate)
        let distance = editDistance(text, plain)
        guard distance * 3 <= max(text.count, plain.count) else { continue }
        if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.candidate
}
