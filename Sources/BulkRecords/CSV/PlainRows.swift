/// Consecutive CSV rows with which nothing is wrong, each on one line.
///
/// Such a row has one field for each column, is UTF-8 without NUL, and ends with a line feed, with
/// or without a carriage return before it. Quotes are around whole fields or doubled.
///
/// Most rows of most inputs have this form, and only the ends of their fields must be found. That is
/// done for many rows at a time, at half the cost of making a record of each. A reader finds them
/// with ``RecordReader/findPlainRows(_:)``.
@usableFromInline
package struct PlainRows: ~Copyable {
    /// The most rows that are found at a time.
    package static let most = 64

    /// How many rows there are.
    @usableFromInline package internal(set) var count = 0
    /// The line of the first row, counted as the reader counts lines; each row is one line.
    @usableFromInline package internal(set) var firstLine = 0
    /// The number of the record before the first row.
    var lastNumber = 0
    /// Where the row after the last one starts in the window.
    var next = 0
    /// The window that contains the rows.
    @usableFromInline var base: UnsafePointer<UInt8>
    /// For each row, the position before its first byte, then the position after each field.
    ///
    /// A field in quotes includes them.
    @usableFromInline let bounds: UnsafeMutablePointer<Int32>
    /// For each column, a bit for each row whose field has doubled quotes.
    let doubled: UnsafeMutablePointer<UInt64>
    /// Whether any field has doubled quotes.
    var hasDoubled = false
    /// Whether the last row found has a quote, or a byte that is not ASCII.
    ///
    /// The next row most likely has one too.
    var wasQuoted = false
    /// How many columns there are.
    @usableFromInline package let columnCount: Int

    /// Whether the buffer is full, so that more rows may follow.
    package var isFull: Bool { count == Self.most }

    /// Allocates the buffer for an input's rows; it is empty when there are no columns, as in JSON
    /// Lines.
    package init(of records: borrowing RecordReader) {
        base = UnsafePointer(records.window.base)
        columnCount = records.csv.fieldCount ?? 0
        bounds = .allocate(capacity: Self.most * (columnCount + 1))
        doubled = .allocate(capacity: columnCount)
        doubled.initialize(repeating: 0, count: columnCount)
    }

    deinit {
        bounds.deallocate()
        doubled.deallocate()
    }

    /// The rows whose field has doubled quotes, which ``forEachField(of:_:)`` passes as written.
    ///
    /// - Parameter column: The column, from 0.
    /// - Returns: A bit for each row; the lowest bit is the first row.
    package func rowsWithDoubledQuotes(in column: Int) -> UInt64 {
        precondition(column >= 0 && column < columnCount, "columns are numbered from 0")
        return doubled[column]
    }

    /// Empties the buffer.
    mutating func removeAll() {
        count = 0
        guard hasDoubled else { return }
        hasDoubled = false
        doubled.update(repeating: 0, count: columnCount)
    }

    /// Passes a column's fields to a closure, without the quotes around them.
    ///
    /// - Parameters:
    ///   - column: The column, from 0.
    ///   - body: Takes a row's place and its field's bytes, which may be empty. At least sixteen
    ///     bytes can be loaded from their start. Doubled quotes inside stay doubled.
    @inlinable
    @inline(__always)
    package func forEachField(
        of column: Int, _ body: (_ row: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void
    ) {
        precondition(column >= 0 && column < columnCount, "columns are numbered from 0")
        let base = base
        var bound = bounds + column
        for row in 0..<count {
            let start = Int(bound[0]) &+ 1
            // Only a field in quotes starts with one, and it has two.
            let quote = base[start] == 0x22 ? 1 : 0
            body(
                row,
                UnsafeBufferPointer(
                    start: base + (start &+ quote),
                    count: Int(bound[1]) &- start &- 2 &* quote))
            bound += columnCount &+ 1
        }
    }
}
