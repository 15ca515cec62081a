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
        var scanner = PlainScanner(bytes: body)
        if scanner.take(#"{"e":"start","row":"#) {
            guard let row = scanner.number(), row > 0, scanner.take(#","n":"#),
                let request = scanner.number(), scanner.take(#","at":"#),
                let at = scanner.number().flatMap(JournalFields.time), scanner.isAtEnd
            else { return nil }
            return .start(row: row, request: request, at: at)
        }
        guard scanner.take(#"{"e":"done","row":"#), let row = scanner.number(), row > 0,
            scanner.take(#","o":"updated","n":"#), let requests = scanner.number(),
            scanner.take(#","s":"#), let status = scanner.number(), scanner.take(#","ms":"#),
            let duration = scanner.number(), scanner.take(#","at":"#),
            let at = scanner.number().flatMap(JournalFields.time), scanner.isAtEnd
        else { return nil }
        return .done(
            RowOutcome(
                row: row, outcome: .updated, attempts: requests, httpStatus: status,
                durationMilliseconds: duration, finishedAtMilliseconds: at))
    }

    private struct PlainScanner {
        let bytes: UnsafeRawBufferPointer
        var index = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ literal: StaticString) -> Bool {
            let count = literal.utf8CodeUnitCount
            guard bytes.count &- index >= count else { return false }
            for offset in 0..<count where bytes[index &+ offset] != literal.utf8Start[offset] {
                return false
            }
            index &+= count
            return true
        }

        /// A number of 1 to 18 digits, which cannot overflow.
        mutating func number() -> Int? {
            let start = index
            var value = 0
            while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"),
                digit < 10
            {
                value = value &* 10 &+ Int(digit)
                index &+= 1
            }
            return (1...18).contains(index - start) ? value : nil
        }
    }
}
