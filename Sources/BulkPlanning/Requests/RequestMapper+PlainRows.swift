import BulkRecords

// The fastest path, for CSV rows of which the reader knows only the ends of the fields. The rows are read
// column by column. Each column's loop is so small that the processor works on several rows at once. Row by
// row, it would wait for the look-up of every name.
//
// Only the changes are written, and names are only looked up. A row must be read another way if a name is new
// or a meaning is not plain. Such rows can be read afterwards in their order, and all names get the same
// numbers as if every row had been read in turn.

extension RequestMapper {
    /// Whether rows can be read by the positions of their fields.
    ///
    /// - Parameter rows: Rows of the input whose columns this mapper knows.
    /// - Returns: Whether every column that requests something has one position.
    func canReadByPlace(_ rows: borrowing PlainRows) -> Bool {
        rows.columnCount == places.columnCount
    }

    /// Reads plain rows.
    ///
    /// - Parameters:
    ///   - rows: The rows, for which ``canReadByPlace(_:)`` must be true.
    ///   - changes: Space for the requested change of each row.
    /// - Returns: A bit for each row that must be read another way; the lowest bit is the first row.
    func readByPlace(
        _ rows: borrowing PlainRows, into changes: UnsafeMutablePointer<RequestedChange>
    ) -> UInt64 {
        precondition(canReadByPlace(rows), "these rows have no places")
        var others = Self.readTickets(places.ticket, of: rows, into: changes)
        // The rows that have requested nothing yet.
        var silent = UInt64.max
        if places.status >= 0 {
            let column = Self.readColumn(places.status, of: rows) { row, base, count in
                let code = Self.plainStatus(base, count)
                changes[row].statusCode = code
                return code != 0
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.priority >= 0 {
            let column = Self.readColumn(places.priority, of: rows) { row, base, count in
                let number = base[0] &- 0x30
                changes[row].priorityCode = number
                return count == 1 && number &- 1 < 3
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.category >= 0 {
            let names = categories.lookup
            let isName = places.categoryIsName
            let column = Self.readColumn(places.category, of: rows) { row, base, count in
                guard let number = names.plainNumber(readable: base, count: count) else {
                    return false
                }
                changes[row].category = NameReference(number)
                changes[row].categoryIsName = isName
                return true
            }
            others |= column.others
            silent &= column.blanks
        }
        if places.assignee >= 0 {
            let names = agents.lookup
            let column = Self.readColumn(places.assignee, of: rows) { row, base, count in
                guard let number = names.plainNumber(readable: base, count: count) else {
                    return false
                }
                changes[row].assignee = NameReference(number)
                return true
            }
            others |= column.others
            silent &= column.blanks
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
        var others: UInt64 = 0
        rows.forEachField(of: column) { row, text in
            if let key = TicketKey(hexadecimal: text) {
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
    ///   - read: Reads the field of a row; returns `false` when it must be read another way.
    /// - Returns: A bit for each row that must be read another way, and a bit for each row whose field is
    ///   blank.
    @inline(__always)
    private static func readColumn(
        _ column: Int, of rows: borrowing PlainRows,
        _ read: (Int, UnsafePointer<UInt8>, Int) -> Bool
    ) -> (others: UInt64, blanks: UInt64) {
        var others: UInt64 = 0
        var blanks: UInt64 = 0
        rows.forEachField(of: column) { row, text in
            if text.count > 0, let base = text.baseAddress {
                if !read(row, base, text.count) {
                    others |= 1 &<< UInt64(truncatingIfNeeded: row)
                }
            } else {
                blanks |= 1 &<< UInt64(truncatingIfNeeded: row)
            }
        }
        return (others, blanks)
    }
}
