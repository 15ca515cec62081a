/// Consecutive CSV rows of the simplest form.
///
/// Such a row has one field for each column, no quotes, only ASCII without NUL, and ends with a
/// line feed, with or without a carriage return before it.
///
/// Most rows of most inputs have this form. Nothing can be wrong with them, and only the ends of
/// their fields must be found. That is done for many rows at a time, at half the cost of making a
/// record of each. A reader finds them with ``RecordReader/findPlainRows(_:)``.
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
    @usableFromInline let bounds: UnsafeMutablePointer<Int32>
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
    }

    deinit { bounds.deallocate() }

    /// Passes a column's fields to a closure.
    ///
    /// - Parameters:
    ///   - column: The column, from 0.
    ///   - body: Takes a row's place and its field's bytes, which may be empty. At least sixteen
    ///     bytes can be loaded from their start.
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
