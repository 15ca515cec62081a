import BulkSystem

// Nearly all lines of a journal have one of two forms: a request was started, and a row was updated. These
// are read here byte by byte; what is not exactly of those forms goes through `JournalFields`, which reads
// them too, to the same result.

extension JournalLine {
    /// Reads a line.
    ///
    /// The result is `nil` when its checksum does not fit or it is not of the journal's form.
    ///
    /// - Parameter line: The line without its newline.
    init?(_ line: UnsafeRawBufferPointer) {
        guard let body = JournalFields.checkedBody(line) else { return nil }
        if let plain = Self.plain(body) {
            self = plain
        } else if let line = JournalFields(body: body).flatMap(JournalLine.init) {
            self = line
        } else {
            return nil
        }
    }

    /// Reads a line of one of the two frequent forms; `nil` for any other.
    static func plain(_ body: UnsafeRawBufferPointer) -> JournalLine? {
        var cursor = JSONCursor(body)
        if cursor.consume(#"{"e":"start","row":"#) {
            guard let row = cursor.integer(), row > 0, cursor.consume(#","n":"#),
                let request = cursor.integer(), cursor.consume(#","at":"#),
                let at = cursor.integer().flatMap(JournalFields.time), cursor.isAtEnd
            else { return nil }
            return .start(row: row, request: request, at: at)
        }
        guard cursor.consume(#"{"e":"done","row":"#), let row = cursor.integer(), row > 0,
            cursor.consume(#","o":"updated","n":"#), let requests = cursor.integer(),
            cursor.consume(#","s":"#), let status = cursor.integer(), cursor.consume(#","ms":"#),
            let duration = cursor.integer(), cursor.consume(#","at":"#),
            let at = cursor.integer().flatMap(JournalFields.time), cursor.isAtEnd
        else { return nil }
        return .done(
            RowOutcome(
                row: row, outcome: .updated, attempts: requests, httpStatus: status,
                durationMilliseconds: duration, finishedAtMilliseconds: at))
    }
}
