/// Reads the records of a CSV or JSON Lines input in order.
///
/// Memory use does not depend on the input's length.
///
///     var reader = try RecordReader(ByteSource(path: "rows.csv"))
///     try reader.forEach { record in
///         if let problem = record.problem {
///             print(record.position.line, problem.message)
///         } else {
///             print(record["ticketId"] ?? "")
///         }
///     }
///
/// The reader returns the same records for any chunk size. A record is scanned only when it is
/// complete in memory. If it is not, it is scanned again from its start.
public struct RecordReader: ~Copyable {
    /// How the input is written.
    public internal(set) var format: RecordFormat
    /// The byte between two fields; `nil` for JSON Lines.
    public internal(set) var delimiter: UInt8?
    /// How much one record may hold.
    public let limits: RecordLimits

    var window: ByteWindow
    /// The last record read; its values are valid until the next call of ``advance()``.
    package internal(set) var record = Record()
    var csv = CSVState(delimiter: UInt8(ascii: ","))
    var keys = KeyTable()
    /// The keys that a JSON line is expected to have.
    var form = LineForm()
    /// The line where the search for the next record starts.
    var line = 1
    /// How many rows with only delimiters were skipped.
    package internal(set) var delimiterRows = 0
    /// How many rows have one field more or less than the header, where that field is empty.
    package internal(set) var fieldCountsForgiven = 0
    /// Whether the rest of the line must still be skipped, after a record that was too long.
    var isSkippingLine = false

    /// Opens an input and finds its format, and for CSV its delimiter and header.
    ///
    /// - Parameters:
    ///   - source: The source of the bytes.
    ///   - format: The input's format; `nil` to detect it from the name, or else from the first
    ///     byte.
    ///   - delimiter: The byte between two CSV fields; `nil` to detect it from the header.
    ///   - limits: How much one record may hold.
    /// - Throws: ``ReadError`` when the input cannot be read as a whole.
    public init(
        _ source: consuming ByteSource, format: RecordFormat? = nil, delimiter: UInt8? = nil,
        limits: RecordLimits = RecordLimits()
    ) throws(ReadError) {
        try self.init(
            source, format: format, delimiter: delimiter, limits: limits, isTicketColumn: nil)
    }

    /// Opens an input like ``init(_:format:delimiter:limits:)``, with a check for the required
    /// column.
    ///
    /// - Parameters:
    ///   - source: The source of the bytes.
    ///   - format: The input's format; `nil` to detect it.
    ///   - delimiter: The byte between two CSV fields; `nil` to detect it. A delimiter that gives
    ///     the header the required column is preferred.
    ///   - limits: How much one record may hold.
    ///   - isTicketColumn: Whether a name belongs to the required column. It is set for inputs,
    ///     whose JSON objects must then be one per line.
    /// - Throws: ``ReadError`` when the input cannot be read as a whole.
    package init(
        _ source: consuming ByteSource, format: RecordFormat?, delimiter: UInt8?,
        limits: RecordLimits = RecordLimits(), isTicketColumn: ((String) -> Bool)?
    ) throws(ReadError) {
        self.limits = limits
        self.format = format ?? RecordFormat(fileName: source.name) ?? .csv
        self.delimiter = nil
        let isToldByFirstByte = format == nil && RecordFormat(fileName: source.name) == nil
        window = ByteWindow(source)
        if let delimiter, !CSVState.canDelimit(delimiter) {
            throw ReadError(
                code: .delimiterInvalid,
                message: "a delimiter is one ASCII character, and no quote, line break or NUL",
                inputName: window.name)
        }
        try window.skipByteOrderMark()
        if format == nil || isTicketColumn != nil {
            try window.refuseForeignFile()
            try window.refuseWholeJSON(isTicketKey: isTicketColumn)
        }
        if isToldByFirstByte { self.format = try window.formatByFirstByte() }
        if format == nil, isTicketColumn != nil { try window.refuseOtherFormat(than: self.format) }
        if self.format == .csv {
            try readHeader(delimiter: delimiter, isTicketColumn: isTicketColumn)
            self.delimiter = csv.delimiter
        }
    }

    /// The input's name: the file's path, or `-` for standard input.
    public var inputName: String { window.name }

    /// The columns' names: the header of a CSV input, or all JSON keys seen so far.
    public var columns: [String] { record.storage.pointee.columnNames }

    /// Reads the next record and passes it to `body`.
    ///
    /// - Parameter body: Uses the record; not called at the end of the input.
    /// - Returns: `false` at the end of the input.
    /// - Throws: ``ReadError`` when reading fails, and what `body` throws.
    public mutating func next(_ body: (borrowing Record) throws -> Void) throws -> Bool {
        guard try advance() else { return false }
        try body(record)
        return true
    }

    /// Reads all remaining records and passes each to `body`.
    ///
    /// - Parameter body: Uses the record.
    /// - Throws: ``ReadError`` when reading fails, and what `body` throws.
    public mutating func forEach(_ body: (borrowing Record) throws -> Void) throws {
        while try advance() { try body(record) }
    }

    /// Reads the next record into ``record``.
    ///
    /// This is ``next(_:)`` without a closure, for loops over millions of records. If a closure
    /// changes noncopyable state, that state is moved in and out with every call.
    ///
    /// - Returns: `false` at the end of the input.
    /// - Throws: ``ReadError`` when reading fails.
    package mutating func advance() throws(ReadError) -> Bool {
        while true {
            switch step() {
            case .record: return true
            case .end: return false
            case .needsMore:
                try window.refill()
                csv.cursor = SpecialCursor(at: window.start)
            }
        }
    }

    /// Looks for the next record in the window.
    mutating func step() -> ScanStep {
        if isSkippingLine, !skipLine() { return .needsMore }
        return format == .csv ? scanRow() : scanLine()
    }

    /// Skips to the next line without keeping the skipped bytes; `false` when more must be read.
    mutating func skipLine() -> Bool {
        let found = window.lineBreak(from: window.start)
        if let found, let after = window.afterBreak(found) {
            window.start = after
            line += 1
        } else {
            window.start = found ?? window.end
            if !window.isFinal { return false }
        }
        isSkippingLine = false
        csv.cursor = SpecialCursor(at: window.start)
        return true
    }

    /// Marks the current record as unreadable and continues after it.
    ///
    /// - Parameters:
    ///   - problem: What is wrong.
    ///   - start: Where the record starts in the window.
    ///   - end: Where the part kept as raw text ends.
    ///   - next: Where the search for the next record starts.
    ///   - lines: How many line breaks are between `start` and `next`.
    /// - Returns: That there is a record.
    mutating func finish(
        _ problem: RecordProblem, start: Int, end: Int, next: Int, lines: Int
    ) -> ScanStep {
        // For a record beyond its limit the same part is kept, wherever the scan stopped.
        let isBeyondLimit = end - start > limits.recordBytes
        let most =
            isBeyondLimit ? min(limits.recordBytes, ProblemText.longest) : ProblemText.longest
        let kept = min(end - start, most)
        record.storage.pointee.isTruncated = kept < end - start
        place(start: start, end: start + kept, next: next, lines: lines)
        record.storage.pointee.problem = problem
        record.storage.pointee.problem?.encoding = window.findings?.encoding
        record.storage.pointee.count = 0
        return .record
    }

    /// Sets the current record's position and continues after it.
    @inline(__always)
    mutating func place(start: Int, end: Int, next: Int, lines: Int) {
        record.storage.pointee.position = RecordPosition(
            number: record.storage.pointee.position.number + 1, line: line,
            byteOffset: window.baseOffset + start)
        record.storage.pointee.base = UnsafePointer(window.base + start)
        record.storage.pointee.rawCount = end - start
        line += lines
        window.start = next
    }
}

/// The result of one search for a record.
enum ScanStep {
    /// A record was found.
    case record
    /// There are no more records.
    case end
    /// The record is not complete in memory.
    case needsMore
}

/// Limits on the text of an unreadable record.
enum ProblemText {
    /// The most bytes kept as the raw text of such a record.
    static let longest = 64 * 1024
}
