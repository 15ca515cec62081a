import BulkRecords

extension RecordReader {
    /// The number of records that are read one by one after a record that was not plain.
    ///
    /// After such a record, the next ones are most likely not plain either.
    static var patience: Int { 4 }

    /// Reads a block's records: plain rows many at a time while there are some, all others one by one.
    ///
    /// - Parameters:
    ///   - canRead: Whether such plain rows can be read together.
    ///   - readTogether: Reads plain rows. Returns how many of them it had to read as records; `nil` to end.
    ///   - readOne: Reads the current record. Returns whether to go on.
    @inline(__always)
    mutating func readTogether(
        canRead: (borrowing RecordReader, borrowing PlainRows) -> Bool,
        readTogether: (inout RecordReader, borrowing PlainRows) -> Int?,
        readOne: (inout RecordReader) -> Bool
    ) {
        var plain = PlainRows(of: self)
        while true {
            if plain.hasOutgrown(self) { plain = PlainRows(of: self) }
            var patience = Self.patience
            // While it works, rows are read column by column, by the ends of their fields alone.
            if canRead(self, plain) {
                var scansTwice = false
                repeat {
                    findPlainRows(&plain)
                    guard let others = readTogether(&self, plain) else { return }
                    pass(plain)
                    // Objects that are read one by one anyway should not be scanned twice.
                    scansTwice = plain.areObjects && others > plain.count / 4
                } while plain.isFull && !scansTwice
                if scansTwice { patience = PlainRows.most }
            }
            for _ in 0..<patience {
                guard advanceInBlock(), readOne(&self) else { return }
            }
        }
    }
}
