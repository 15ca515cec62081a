/// Reads the records of a CSV or JSON Lines input, one after the other, in memory that does not grow
/// with the input's length.
///
///     var reader = try RecordReader(ByteSource(path: "rows.csv"))
///     try reader.forEach { record in
///         if let problem = record.problem { print(record.storage.pointee.position.line, problem.message) }
///         else { print(record["ticketId"] ?? "") }
///     }
///
/// The reader gives the same records however the input is cut into chunks: a record is scanned only
/// once it lies in memory as a whole, and scanned again from its start when it does not.
public struct RecordReader: ~Copyable {
    /// How the input is written.
    public internal(set) var format: RecordFormat
    /// The byte between two fields; `nil` for JSON Lines.
    public internal(set) var delimiter: UInt8?
    /// How much one record may hold.
    public let limits: RecordLimits

    var window: ByteWindow
    /// The record read last; its values are lent until the next call of ``advance()``.
    package internal(set) var record = Record()
    var csv = CSVState(delimiter: UInt8(ascii: ","))
    var keys = KeyTable()
    /// The line at which the next record is looked for.
    var line = 1
    /// How many rows of delimiters only were passed over.
    package internal(set) var delimiterRows = 0
    /// How many rows have one field more or less than the header, and nothing in it.
    package internal(set) var fieldCountsForgiven = 0
    /// Whether the rest of the line is still to be skipped, after a record that was too long.
    var isSkippingLine = false

    /// Opens an input: finds its format, and for CSV its delimiter and its header.
    ///
    /// - Parameters:
    ///   - source: Where the bytes come from.
    ///   - format: How the input is written; `nil` to tell from the name, else from the first byte.
    ///   - delimiter: The byte between two CSV fields; `nil` to find it from the header.
    ///   - limits: How much one record may hold.
    /// - Throws: ``ReadError`` when the input cannot be read as a whole.
    public init(
        _ source: consuming ByteSource, format: RecordFormat? = nil, delimiter: UInt8? = nil,
        limits: RecordLimits = RecordLimits()
    ) throws(ReadError) {
        try self.init(
            source, format: format, delimiter: delimiter, limits: limits, isTicketColumn: nil)
    }

    /// Opens an input as ``init(_:format:delimiter:limits:)`` does, and knows which name the column has without
    /// which an input is none.
    ///
    /// - Parameters:
    ///   - source: Where the bytes come from.
    ///   - format: How the input is written; `nil` to tell.
    ///   - delimiter: The byte between two CSV fields; `nil` to find it: one under which the header has the
    ///     column that has to be there is preferred.
    ///   - limits: How much one record may hold.
    ///   - isTicketColumn: Whether a column's name is that of the column that has to be there; given for inputs, whose
    ///     JSON objects then have to be one a line.
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

    /// The columns' names: of CSV those of the header, of JSON Lines all keys met so far.
    public var columns: [String] { record.storage.pointee.columnNames }

    /// Reads the next record and lends it to `body`.
    ///
    /// - Parameter body: Uses the record; not called at the end of the input.
    /// - Returns: `false` at the end of the input.
    /// - Throws: ``ReadError`` when reading fails, and what `body` throws.
    public mutating func next(_ body: (borrowing Record) throws -> Void) throws -> Bool {
        guard try advance() else { return false }
        try body(record)
        return true
    }

    /// Reads all records that are left and lends each to `body`.
    ///
    /// - Parameter body: Uses the record.
    /// - Throws: ``ReadError`` when reading fails, and what `body` throws.
    public mutating func forEach(_ body: (borrowing Record) throws -> Void) throws {
        while try advance() { try body(record) }
    }

    /// Reads the next record into ``record``.
    ///
    /// The same as ``next(_:)`` without a closure, for loops over millions of records: state that a
    /// closure changes is copied in and out of it with every call when it cannot be copied.
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

    /// Skips to the next line, without keeping what is skipped; `false` when more must be read for it.
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

    /// Makes the current record one that cannot be read, and goes on behind it.
    ///
    /// - Parameters:
    ///   - problem: What is wrong.
    ///   - start: Where the record starts in the window.
    ///   - end: Where what is kept of it as raw text ends.
    ///   - next: Where the next record is looked for.
    ///   - lines: How many line breaks lie between `start` and `next`.
    /// - Returns: That there is a record.
    mutating func finish(
        _ problem: RecordProblem, start: Int, end: Int, next: Int, lines: Int
    ) -> ScanStep {
        // Of a record beyond its limit the same is kept wherever the scan gave up.
        let isBeyondLimit = end - start > limits.recordBytes
        let most =
            isBeyondLimit ? min(limits.recordBytes, ProblemText.longest) : ProblemText.longest
        let kept = min(end - start, most)
        record.storage.pointee.isTruncated = kept < end - start
        place(start: start, end: start + kept, next: next, lines: lines)
        record.storage.pointee.problem = problem
        record.storage.pointee.count = 0
        return .record
    }

    /// Gives the current record its place, and goes on behind it.
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

/// What came of looking for one record.
enum ScanStep {
    /// There is one.
    case record
    /// There is none any more.
    case end
    /// It is not in memory as a whole.
    case needsMore
}

/// What is kept of a record that cannot be read.
enum ProblemText {
    /// The most bytes kept as the raw text of such a record.
    static let longest = 64 * 1024
}
