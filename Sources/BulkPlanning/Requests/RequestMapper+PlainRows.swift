import BulkRecords

// The shortest way, for rows of CSV of which the reader knows no more than where their fields end. They
// are read column by column: each column's loop is so small that the processor works on several rows at
// once, where row by row it would wait for every name to be looked up.
//
// Nothing is changed but the changes themselves: names are only looked up. So the rows that must be read
// another way, because a name is new or a meaning is not plain, can be read afterwards in their order, and
// all names get their numbers as if every row had been read in turn.

extension RequestMapper {
    /// Whether rows can be read by their fields' places.
    ///
    /// - Parameter rows: Rows of the input whose columns this mapper knows.
    /// - Returns: Whether every column that asks for something has one place.
    func canReadByPlace(_ rows: borrowing PlainRows) -> Bool {
        rows.columnCount == places.columnCount
    }

    /// Reads plain rows.
    ///
    /// - Parameters:
    ///   - rows: The rows; ``canReadByPlace(_:)`` must say that they can be read so.
    ///   - changes: Space for what each row asks for.
    /// - Returns: A bit for each row, the lowest for the first, that must be read another way.
    func readByPlace(
        _ rows: borrowing PlainRows, into changes: UnsafeMutablePointer<RequestedChange>
    ) -> UInt64 {
        precondition(canReadByPlace(rows), "these rows have no places")
        var others = Self.readTickets(places.ticket, of: rows, into: changes)
        // Which rows have said nothing yet.
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

    /// Reads the tickets, and begins each row's change with it.
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
    ///   - read: Reads the field of a row; `false` when it must be read another way.
    /// - Returns: A bit for each row that must be read another way, and for each whose field is blank.
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
