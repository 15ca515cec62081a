import BulkRecords

// The fast way, for lines of which the reader knows only the ends of the values. They are read column by column, as
// an input's rows are in `RequestMapper+Columns.swift`. A line whose meaning needs more than a look is read afterwards
// as a record, in its turn.

/// The columns of a snapshot's values; -1 for a value without a column.
struct SnapshotPlaces: BitwiseCopyable {
    private(set) var id = -1
    private(set) var status = -1
    private(set) var priority = -1
    private(set) var category = -1
    private(set) var assignee = -1
    private(set) var aiStatus = -1
    private(set) var updatedAt = -1

    /// Finds the columns.
    ///
    /// The result is `nil` when lines must be read as records: where two columns have one meaning, or a column has one
    /// that only some plans ask for.
    ///
    /// - Parameters:
    ///   - keys: The columns' meanings.
    ///   - readsUpdateTimes: Whether the plan asks when tickets last changed.
    init?(_ keys: [SnapshotKey?], readsUpdateTimes: Bool) {
        var hasPage = false
        for (column, key) in keys.enumerated() {
            guard let key else { continue }
            let place: WritableKeyPath<Self, Int>
            switch key.kind {
            case .id: place = \.id
            case .status: place = \.status
            case .priority: place = \.priority
            case .category: place = \.category
            case .assignedTo: place = \.assignee
            case .aiStatus: place = \.aiStatus
            case .updatedAt where !readsUpdateTimes: place = \.updatedAt
            case .updatedAt, .tags, .origin: return nil
            case .page:
                hasPage = true
                continue
            }
            guard self[keyPath: place] < 0 else { return nil }
            self[keyPath: place] = column
        }
        // Where a line has nothing but an id beside tickets, the id is none of a ticket.
        if id < 0 || hasPage && max(status, priority, category, assignee, aiStatus) < 0 {
            return nil
        }
    }
}

/// The tickets of plain lines.
struct SnapshotRows: ~Copyable {
    fileprivate let keys = UnsafeMutablePointer<TicketFinder.Key>.allocate(
        capacity: PlainRows.most)
    fileprivate let values = UnsafeMutablePointer<TicketValues>.allocate(capacity: PlainRows.most)

    init() {}

    deinit {
        keys.deallocate()
        values.deallocate()
    }
}

extension SnapshotReader {
    /// Reads plain lines column by column, into ``plain``.
    ///
    /// - Parameters:
    ///   - places: The columns.
    ///   - rows: The lines.
    /// - Returns: A bit for each line that must be read as a record; the lowest bit is the first line.
    mutating func readColumns(_ places: SnapshotPlaces, of rows: borrowing PlainRows) -> UInt64 {
        let readings = plain.values
        let known = values
        var others = readTickets(places.id, of: rows)
        if places.status >= 0 {
            others |= Self.readColumn(places.status, of: rows) { row, text in
                guard Self.isPlain(text) else { return false }
                readings[row].status = Self.status(text, known)
                return true
            }
        }
        if places.priority >= 0 {
            others |= Self.readColumn(places.priority, of: rows, takesNumbers: true) { row, text in
                let digit = text[0] &- UInt8(ascii: "0")
                readings[row].priority = Int8(truncatingIfNeeded: digit)
                return text.count == 1 && digit < 10
            }
        }
        if places.category >= 0 {
            let table = known.categories
            others |= Self.readColumn(places.category, of: rows, takesObjects: true) { row, text in
                readings[row].category = Self.plainReference(text, known, table)
                return readings[row].category != 0
            }
        }
        if places.assignee >= 0 {
            let table = known.assignees
            others |= Self.readColumn(places.assignee, of: rows, takesObjects: true) { row, text in
                readings[row].assignee = Self.plainReference(text, known, table)
                return readings[row].assignee != 0
            }
        }
        if places.aiStatus >= 0 {
            others |= Self.readColumn(places.aiStatus, of: rows) { row, text in
                readings[row].isHandledByAI = known.isHandledByAI(UnsafeRawBufferPointer(text))
                return true
            }
        }
        let all = rows.count == UInt64.bitWidth ? .max : (1 as UInt64) << UInt64(rows.count) &- 1
        return others & all
    }

    /// Reads the tickets, and initialises each line's values.
    @inline(__always)
    private mutating func readTickets(_ column: Int, of rows: borrowing PlainRows) -> UInt64 {
        let (keys, readings, finder) = (plain.keys, plain.values, finder)
        var others = rows.rowsWithCodedText(in: column)
        let empty = TicketValues()
        rows.forEachField(of: column) { row, text in
            (readings + row).initialize(to: empty)
            if let key = finder.key(hexadecimal: text), !key.id.isRounded {
                (keys + row).initialize(to: key)
            } else {
                others |= 1 &<< UInt64(truncatingIfNeeded: row)
            }
        }
        return others
    }

    /// Reads a column's values that are not blank, absent or null.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - rows: The lines.
    ///   - takesNumbers: Whether a number of JSON is read like a text.
    ///   - takesObjects: Whether an object of JSON is read.
    ///   - read: Reads the value of a line; returns `false` when it must be read from the record.
    /// - Returns: A bit for each line that must be read as a record.
    @inline(__always)
    private static func readColumn(
        _ column: Int, of rows: borrowing PlainRows, takesNumbers: Bool = false,
        takesObjects: Bool = false, _ read: (Int, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> UInt64 {
        let coded = rows.rowsWithCodedText(in: column)
        let isJSON = rows.areObjects
        var others = takesNumbers ? 0 : rows.rowsWithNumber(in: column)
        rows.forEachField(of: column) { row, text in
            if text.isEmpty { return }
            let bit = 1 &<< UInt64(truncatingIfNeeded: row)
            if coded & bit != 0 {
                // No other value in JSON starts with an `n`.
                if isJSON, text[0] == UInt8(ascii: "n") { return }
                guard isJSON, takesObjects, text[0] == UInt8(ascii: "{") else {
                    others |= bit
                    return
                }
            } else if takesObjects, !isPlain(text) {
                others |= bit
                return
            }
            if !read(row, text) { others |= bit }
        }
        return others
    }

    /// The number of an agent or a category; 0 when the line must be read as a record.
    @inline(__always)
    private static func plainReference(
        _ text: UnsafeBufferPointer<UInt8>, _ values: CurrentValues, _ table: ValueTable
    ) -> UInt32 {
        if TicketIDText.mayBeLost(text) { return 0 }
        // A text that starts with a brace is read as a record.
        return text[0] == UInt8(ascii: "{")
            ? values.reference(inObject: UnsafeRawBufferPointer(text), into: table)
            : table.intern(readable: UnsafeRawBufferPointer(text))
    }

    /// Whether a text has no blanks around it, and no mark before it that is not a part of it.
    @inline(__always)
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let (first, last) = (text[0], text[text.count &- 1])
        return first > UInt8(ascii: "'") && first != UInt8(ascii: "=")
            && first != UInt8(ascii: "{") && first != 0xC2 && last > 0x20 && last != 0xA0
    }

    /// Adds the tickets of plain lines, in their order.
    ///
    /// - Parameters:
    ///   - rows: The lines, which were read column by column.
    ///   - others: A bit for each line that must be read as a record.
    ///   - records: The reader of the lines.
    /// - Returns: The reason if a line makes the snapshot unusable; it is then the current record.
    mutating func add(
        _ rows: borrowing PlainRows, others: UInt64, from records: inout RecordReader
    ) -> String? {
        if others.nonzeroBitCount < rows.count { noteObjectID() }
        for row in 0..<rows.count {
            if others >> UInt64(row) & 1 == 0 {
                add(plain.keys[row], plain: plain.values[row])
                continue
            }
            records.setRecord(to: row, of: rows)
            if let problem = problem(reading: records.record) { return problem }
        }
        return nil
    }
}
