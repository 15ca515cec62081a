import BulkRecords

// The fast way, for rows of which the reader knows only the ends of the fields. The rows are read
// column by column. Each column's loop is so small that the processor works on several rows at once. Row by
// row, it would wait for the look-up of every name.
//
// Only the changes are written, and names are only looked up. A row must be read another way if a name is new
// or a meaning is not plain. Such rows can be read afterwards in their order, and all names get the same
// numbers as if every row had been read in turn.

extension RequestMapper {
    /// Whether rows can be read column by column.
    ///
    /// - Parameter rows: Rows of the input whose columns this mapper knows.
    /// - Returns: Whether every column that requests something has one position.
    func canReadColumns(of rows: borrowing PlainRows) -> Bool {
        rows.columnCount == places.columnCount
    }

    /// Reads plain rows column by column.
    ///
    /// - Parameters:
    ///   - rows: The rows, for which ``canReadColumns(of:)`` must be true.
    ///   - changes: Space for the requested change of each row.
    /// - Returns: A bit for each row that must be read another way; the lowest bit is the first row.
    func readColumns(
        of rows: borrowing PlainRows, into changes: UnsafeMutablePointer<RequestedChange>
    ) -> UInt64 {
        precondition(canReadColumns(of: rows), "these rows have no places")
        let rules = rules
        var others = Self.readTickets(places.ticket, of: rows, into: changes)
        // The rows that have requested nothing yet.
        var silent = UInt64.max
        if places.status >= 0 {
            let column = Self.readColumn(places.status, of: rows) { row, text in
                let code = rules.status(readable: text)
                changes[row].statusCode = code
                return code != 0
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.priority >= 0 {
            let column = Self.readColumn(places.priority, of: rows, takesNumbers: true) {
                row, text in
                let code = rules.priority(readable: text)
                changes[row].priorityCode = code
                return code != 0
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.category >= 0 {
            let names = categories.lookup
            let isName = places.categoryIsName
            let column = Self.readColumn(places.category, of: rows) { row, text in
                guard let number = rules.name(readable: text, in: names) else { return false }
                changes[row].category = NameReference(number)
                changes[row].categoryIsName = isName
                return true
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.assignee >= 0 {
            let names = agents.lookup
            let column = Self.readColumn(places.assignee, of: rows) { row, text in
                guard let number = rules.name(readable: text, in: names) else { return false }
                changes[row].assignee = NameReference(number)
                return true
            }
            others |= column.others
            silent &= column.blanks
        }
        for column in columns.otherTicketColumns {
            // Whether a text is another ticket's is seen where the row is read by itself.
            let known = others
            others |=
                Self.readColumn(column, of: rows) { row, text in
                    known >> UInt64(row) & 1 == 1
                        || TicketKey(hexadecimal: text) == changes[row].ticket
                }.others
        }
        for column in columns.empty {
            others |= Self.readColumn(column, of: rows) { _, _ in false }.others
        }
        let all = rows.count == UInt64.bitWidth ? .max : (1 as UInt64) << UInt64(rows.count) &- 1
        return (others | silent) & all
    }

    /// Reads the tickets, and initialises each row's change.
    @inline(__always)
    private static func readTickets(
        _ column: Int, of rows: borrowing PlainRows,
        into changes: UnsafeMutablePointer<RequestedChange>
    ) -> UInt64 {
        var others = rows.rowsWithCodedText(in: column)
        rows.forEachField(of: column) { row, text in
            if let key = TicketKey(hexadecimal: text), !key.isRounded {
                (changes + row).initialize(to: RequestedChange(ticket: key))
            } else {
                others |= 1 &<< UInt64(truncatingIfNeeded: row)
            }
        }
        return others
    }

    /// Reads a column's fields that are not blank.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - rows: The rows.
    ///   - takesNumbers: Whether a number of JSON is read like a text.
    ///   - read: Reads the field of a row; returns `false` when it must be read another way.
    /// - Returns: A bit for each row that must be read another way, and a bit for each row whose field is
    ///   blank.
    @inline(__always)
    private static func readColumn(
        _ column: Int, of rows: borrowing PlainRows, takesNumbers: Bool = false,
        _ read: (Int, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> (others: UInt64, blanks: UInt64) {
        var others = rows.rowsWithCodedText(in: column)
        if !takesNumbers { others |= rows.rowsWithNumber(in: column) }
        var blanks: UInt64 = 0
        rows.forEachField(of: column) { row, text in
            let bit = 1 &<< UInt64(truncatingIfNeeded: row)
            if text.isEmpty {
                blanks |= bit
            } else if !read(row, text) {
                others |= bit
            }
        }
        return (others, blanks)
    }
}
