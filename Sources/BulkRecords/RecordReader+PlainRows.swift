// Rows of which only the positions of their fields are needed are found many at a time: CSV rows in
// `CSV/`, lines of JSON in `JSON/`.

extension RecordReader {
    /// Finds the next plain rows, at most as many as there is space for.
    ///
    /// The reader does not move. Call ``pass(_:)`` when the rows are no longer needed.
    ///
    /// - Parameter rows: Receives the rows. There are none if the next record is not plain or not
    ///   complete in memory.
    package mutating func findPlainRows(_ rows: inout PlainRows) {
        rows.removeAll()
        guard rows.columnCount > 0, !isSkippingLine, window.end < Int(Int32.max) else { return }
        rows.base = UnsafePointer(window.base)
        rows.firstLine = line
        rows.lastNumber = record.storage.pointee.position.number
        if rows.areObjects {
            findPlainObjects(&rows)
        } else {
            findPlainFields(&rows)
        }
    }

    /// Makes a plain row the current record.
    ///
    /// - Parameters:
    ///   - row: The row's place among the rows found last, from 0.
    ///   - rows: The rows found last, not yet passed.
    package mutating func setRecord(to row: Int, of rows: borrowing PlainRows) {
        precondition(row >= 0 && row < rows.count, "plain rows are numbered from 0")
        if rows.areObjects {
            setRecord(toObject: row, of: rows)
        } else {
            setRecord(toFields: row, of: rows)
        }
    }

    /// Moves past the plain rows found last.
    package mutating func pass(_ rows: borrowing PlainRows) {
        if rows.count == 0 { return }
        line += rows.count
        record.storage.pointee.position.number = rows.lastNumber + rows.count
        window.start = rows.next
        csv.cursor = SpecialCursor(at: rows.next)
    }
}
