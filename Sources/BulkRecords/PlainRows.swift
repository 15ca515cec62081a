/// Consecutive rows with which nothing is wrong, each on one line that ends with a line feed, with or
/// without a carriage return before it.
///
/// A plain CSV row has one field for each column, and is UTF-8 without NUL. Quotes are around whole
/// fields or doubled. Only the ends of its fields are found, at half the cost of making a record.
///
/// A plain line of JSON is a valid object with at least one member. Its keys are known and written
/// without escapes. Between its members there are no blanks, but for one after `:` and `,`. It is
/// scanned like a record, but its values can then be read column by column.
///
/// Most rows of most inputs have this form. A reader finds many at a time with
/// ``RecordReader/findPlainRows(_:)``.
@usableFromInline
package struct PlainRows: ~Copyable {
    /// The most rows that are found at a time.
    package static let most = 64
    /// The most keys of a JSON input whose lines are found together.
    ///
    /// Each line needs space for a value of each key.
    static let mostKeys = 64

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
    /// The positions of each row's fields.
    ///
    /// In CSV: the position before the row's first byte, then the position after each field. A field
    /// in quotes includes them. In JSON Lines: for each column the position before its text and the
    /// position after it, then the start of the line.
    @usableFromInline let bounds: UnsafeMutablePointer<Int32>
    /// The numbers from the positions of one field to those of the next, and from row to row.
    @usableFromInline let step: Int
    @usableFromInline let stride: Int
    /// For each column, a bit for each row whose field must be read from a record.
    let coded: UnsafeMutablePointer<UInt64>
    /// For each column, a bit for each row whose value is a number of one digit in JSON.
    let numbers: UnsafeMutablePointer<UInt64>
    /// Whether any field may have such a bit.
    var hasMarks = false
    /// Whether any CSV field may be in quotes.
    @usableFromInline var hasQuotes = false
    /// Whether the last row found has a quote, or a byte that is not ASCII.
    ///
    /// The next row most likely has one too.
    var wasQuoted = false
    /// How many columns there are.
    @usableFromInline package let columnCount: Int
    /// Whether they are lines of JSON, which are scanned again to make records of them.
    package let areObjects: Bool

    /// Whether the buffer is full, so that more rows may follow.
    package var isFull: Bool { count == Self.most }

    /// Allocates the buffer for the rows of an input with the columns known so far.
    ///
    /// - Parameter records: The reader. The buffer is empty when no column is known yet.
    package init(of records: borrowing RecordReader) {
        base = UnsafePointer(records.window.base)
        areObjects = records.format == .jsonLines
        let keys = records.keys.count
        columnCount = areObjects ? (keys <= Self.mostKeys ? keys : 0) : records.csv.fieldCount ?? 0
        step = areObjects ? 2 : 1
        stride = step * columnCount + 1
        bounds = .allocate(capacity: Self.most * stride)
        coded = .allocate(capacity: columnCount)
        coded.initialize(repeating: 0, count: columnCount)
        numbers = .allocate(capacity: columnCount)
        numbers.initialize(repeating: 0, count: columnCount)
    }

    deinit {
        bounds.deallocate()
        coded.deallocate()
        numbers.deallocate()
    }

    /// Whether the lines of JSON have other keys than when the buffer was allocated, and not too many.
    package func hasOutgrown(_ records: borrowing RecordReader) -> Bool {
        areObjects && columnCount != records.keys.count && records.keys.count <= Self.mostKeys
    }

    /// The rows whose field must be read from a record, not from what ``forEachField(of:_:)`` passes.
    ///
    /// In CSV it has doubled quotes. In JSON Lines it is a string with escapes, or a value that is
    /// neither a string nor a number of one digit.
    ///
    /// - Parameter column: The column, from 0.
    /// - Returns: A bit for each row; the lowest bit is the first row.
    package func rowsWithCodedText(in column: Int) -> UInt64 {
        precondition(column >= 0 && column < columnCount, "columns are numbered from 0")
        return coded[column]
    }

    /// The rows whose field is a number of one digit in JSON, and not a text.
    ///
    /// - Parameter column: The column, from 0.
    /// - Returns: A bit for each row; the lowest bit is the first row.
    package func rowsWithNumber(in column: Int) -> UInt64 {
        precondition(column >= 0 && column < columnCount, "columns are numbered from 0")
        return numbers[column]
    }

    /// Empties the buffer.
    mutating func removeAll() {
        count = 0
        hasQuotes = false
        guard hasMarks else { return }
        hasMarks = false
        coded.update(repeating: 0, count: columnCount)
        numbers.update(repeating: 0, count: columnCount)
    }

    /// Passes a column's fields to a closure, without the quotes around them.
    ///
    /// - Parameters:
    ///   - column: The column, from 0.
    ///   - body: Takes a row's place and its field's bytes, which may be empty. At least sixteen
    ///     bytes can be loaded from their start. Doubled quotes inside stay doubled. A key that a
    ///     line of JSON does not have gives no bytes.
    @inlinable
    @inline(__always)
    package func forEachField(
        of column: Int, _ body: (_ row: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void
    ) {
        precondition(column >= 0 && column < columnCount, "columns are numbered from 0")
        // Two loops, so that the one for rows without quotes does not wait for their first bytes.
        if hasQuotes {
            forEachField(of: column, mayBeQuoted: true, body)
        } else {
            forEachField(of: column, mayBeQuoted: false, body)
        }
    }

    @inlinable
    @inline(__always)
    func forEachField(
        of column: Int, mayBeQuoted: Bool,
        _ body: (_ row: Int, _ text: UnsafeBufferPointer<UInt8>) -> Void
    ) {
        let base = base
        var bound = bounds + column &* step
        for row in 0..<count {
            let start = Int(bound[0]) &+ 1
            // Only a field in quotes starts with one, and it has two.
            let quote = mayBeQuoted && base[start] == 0x22 ? 1 : 0
            body(
                row,
                UnsafeBufferPointer(
                    start: base + (start &+ quote),
                    count: Int(bound[1]) &- start &- 2 &* quote))
            bound += stride
        }
    }
}
