/// Some of the rows of an input, a bit for each row.
package struct RowNumbers: Hashable, Sendable {
    private var words: [UInt64] = []
    /// The number of rows that were added, in the set or not.
    package private(set) var rows = 0
    /// The number of rows in the set.
    package private(set) var count = 0

    /// Begins without a row.
    package init() {}

    /// Adds the next row of the input.
    ///
    /// - Parameter isIn: Whether the set contains it.
    package mutating func append(_ isIn: Bool) {
        if rows & 63 == 0 { words.append(0) }
        if isIn {
            words[rows >> 6] |= 1 << UInt64(rows & 63)
            count += 1
        }
        rows += 1
    }

    /// Whether the set contains a row.
    ///
    /// - Parameter row: The row's number; the first one is 1.
    /// - Returns: Whether it does.
    package func contains(_ row: Int) -> Bool {
        let index = row - 1
        return index >= 0 && index < rows && words[index >> 6] >> UInt64(index & 63) & 1 == 1
    }
}
