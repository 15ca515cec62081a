/// Finds the name that somebody probably meant.
enum Spelling {
    /// The closest of some names, when it is close enough to be meant.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - names: What could have been meant.
    /// - Returns: The closest name, at most a third of the letters (and at least two) away.
    static func closest(to word: String, in names: [String]) -> String? {
        let written = Array(word.lowercased().prefix(64))
        var best: String?
        var limit = max(2, written.count / 3) + 1
        for name in names {
            let meant = Array(name.lowercased().prefix(64))
            if abs(meant.count - written.count) >= limit { continue }
            let distance = distance(written, meant, below: limit)
            if distance < limit {
                limit = distance
                best = name
                if distance == 0 { break }
            }
        }
        return best
    }

    /// How many letters have to be put in, left out, replaced or swapped with their neighbour.
    private static func distance(_ a: [Character], _ b: [Character], below limit: Int) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var current = [i + 1]
            current.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var cost = min(
                    last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                current.append(cost)
            }
            if current.min()! >= limit, last.min()! >= limit { return limit }
            beforeLast = last
            last = current
        }
        return last[b.count]
    }
}
