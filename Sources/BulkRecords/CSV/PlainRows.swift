/// Rows of a CSV input that follow each other and are as plain as rows can be: as many fields as there
/// are columns, none in quotes, all of it ASCII without NUL, and ended by a line feed, alone or behind a
/// carriage return.
///
/// Most rows of most inputs are. Nothing can be wrong with them, and where their fields end is all that is
/// to be known of them: that is found many rows at a time, at half of what it costs to make a record of
/// each. A reader finds them with ``RecordReader/findPlainRows(_:)``.
@usableFromInline
package struct PlainRows: ~Copyable {
    /// The most rows that are found at a time.
    package static let most = 64

    /// How many rows there are.
    @usableFromInline package internal(set) var count = 0
    /// The line on which the first row starts, counted as the reader counts lines; every row has one.
    @usableFromInline package internal(set) var firstLine = 0
    /// The number of the record before the first row.
    var lastNumber = 0
    /// Where the row after the last one starts in the window.
    var next = 0
    /// The window that the rows lie in.
    @usableFromInline var base: UnsafePointer<UInt8>
    /// Of each row the position before its first byte, then that behind each field.
    @usableFromInline let bounds: UnsafeMutablePointer<Int32>
    /// How many columns there are.
    @usableFromInline package let columnCount: Int

    /// Whether as many rows were found as there is space for, so that more may follow.
    package var isFull: Bool { count == Self.most }

    /// Makes space for the rows of an input; none when it has no columns, as JSON Lines.
    package init(of records: borrowing RecordReader) {
        base = UnsafePointer(records.window.base)
        columnCount = records.csv.fieldCount ?? 0
        bounds = .allocate(capacity: Self.most * (columnCount + 1))
    }

    deinit { bounds.deallocate() }

    /// Lends a column's fields.
    ///
    /// - Parameters:
    ///   - column: The column, from 0.
    ///   - body: Takes a row's place and its field's bytes, of which there may be none; at least sixteen
    ///     can be loaded from where they start.
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
            body(row, UnsafeBufferPointer(start: base + start, count: Int(bound[1]) &- start))
            bound += columnCount &+ 1
        }
    }
}
