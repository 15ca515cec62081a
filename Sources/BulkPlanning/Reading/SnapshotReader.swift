import BulkPlan
import BulkRecords
import BulkSystem

/// Reads the rows of a snapshot and keeps the values of the wanted tickets.
///
/// A snapshot is JSON Lines of tickets as `GET /api/tickets` lists them, or CSV. A line may also be a whole
/// page of the listing (`{"tickets":[…]}`). A row that cannot be read makes the snapshot unusable, because
/// its ticket would otherwise seem not to exist.
struct SnapshotReader: ~Copyable {
    /// Why a line makes the snapshot unusable.
    struct Unusable: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) { self.description = description }

        /// The line is of a file that asks for changes, such as an export with `--set` or a file of failed rows.
        init(wanting column: String) {
            self.init(
                "\(quoted(column)) is a column of a file that says what is wanted: a snapshot says what is there, "
                    + "as an export without wanted values does")
        }
    }

    /// What one line says about its ticket.
    struct Line: BitwiseCopyable {
        var reading = TicketValues()
        var updatedAt: Int64?
    }

    /// The ticket of a line.
    private enum LineID {
        case missing
        /// An id that is no ObjectId, and that no row names.
        case unwanted(String)
        case key(TicketFinder.Key)
    }

    /// The size limits of a line; a line can be a long page.
    static let limits = RecordLimits(
        fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 512, columns: 1 << 16)

    /// The values of tickets, by the numbers in ``readings``.
    let values = CurrentValues(hash: ByteHash())
    let finder: TicketFinder
    let readsUpdateTimes: Bool
    let marks: ProtectedMarks?
    /// The flags of a ticket whose line was not read yet.
    private let unreadMarks: TicketTable.Flags
    private var keys: [SnapshotKey?] = []
    /// What reads the tickets inside lines; `nil` before there was one, and while it is used.
    private var inner: InnerLines?
    /// The columns, where lines can be read column by column.
    private var places: SnapshotPlaces?
    /// A column of a file that says what is wanted: then its other values are not what is there.
    private var wish: String?
    /// The tickets of lines that are read so.
    let plain = SnapshotRows()
    private var batch = LookupBatch<Line>()
    /// The tickets read that are not wanted, as often as they were read.
    private(set) var others: [TicketKey] = []
    /// Those of them whose ids are no ObjectIds.
    private(set) var otherTexts: [String] = []
    /// The values of the wanted tickets, in the order of the lines.
    private(set) var readings: [TicketValues] = []
    /// Whether any line's id is an ObjectId.
    private(set) var hasObjectID = false
    /// The first id of another form, of those that no row names, since the lines were dropped; and its line.
    ///
    /// Where there are ObjectIds, it is no ticket's.
    private(set) var otherID: (text: String, line: Int)?
    private var line = 0
    /// When wanted tickets last changed, if that is needed.
    private(set) var updateTimes: [(ticket: UInt32, time: Int64?)] = []

    init(finder: TicketFinder, readsUpdateTimes: Bool, marks: ProtectedMarks?) {
        self.finder = finder
        self.marks = marks
        unreadMarks = marks?.unread ?? []
        self.readsUpdateTimes = readsUpdateTimes
    }

    /// Drops the lines read; the values keep their numbers.
    mutating func removeAll() {
        others.removeAll(keepingCapacity: true)
        otherTexts.removeAll(keepingCapacity: true)
        otherID = nil
        readings.removeAll(keepingCapacity: true)
        updateTimes.removeAll(keepingCapacity: true)
        batch.removeAll()
    }

    /// Reads one line, and returns the reason if it makes the snapshot unusable.
    mutating func problem(reading record: borrowing Record) -> String? {
        var problem: String?
        line = record.position.line
        do { try parse(record) } catch { problem = "\(error)" }
        return problem
    }

    private mutating func parse(_ record: borrowing Record) throws {
        if let problem = record.problem { throw Unusable(problem.message) }
        var line = Line()
        line.reading.flags = unreadMarks
        var ranks = SnapshotRanks()
        var id = LineID.missing
        let (hadObjectID, otherBefore) = (hasObjectID, otherID)
        var page: Int?
        for index in 0..<record.count {
            let value = record.value(index)
            if value.column >= keys.count { learnKeys(record.columns) }
            if let wish { throw Unusable(wanting: wish) }
            guard let key = keys[value.column] else { continue }
            if key.kind == .page || (key.isWholeTicket && value.kind == .object) {
                page = index
            } else if key.kind == .id {
                if ranks.isRecorded(key) { throw Unusable(repeating: record.columns[value.column]) }
                try parseID(key, value.kind, value.bytes, &ranks, &id)
            } else {
                // As in an input, the surest column that is not blank counts.
                if key.kind.canBeElsewhere, Self.isBlank(value.kind, value.bytes) { continue }
                let isRepeated = ranks.isRecorded(key)
                if isRepeated
                    || ranks.record(key) && !parse(key.kind, value.kind, value.bytes, &line)
                {
                    throw Unusable(key.kind, record, index, isRepeated: isRepeated)
                }
            }
        }
        // The id of an envelope around tickets, such as a webhook's, is none of a ticket.
        if let page, ranks.haveOnlyID, [.object, .array].contains(record.kind(of: page)),
            Self.mayNameTickets(record.rawBytes(of: page))
        {
            id = .missing
            (hasObjectID, otherID) = (hadObjectID, otherBefore)
        }
        switch id {
        case .key(let key): add(key, line)
        case .unwanted(let text): otherTexts.append(text)
        case .missing:
            // Spreadsheets leave blank rows below the last one.
            if record.isBlankRow() { return }
            let kind = page.map { record.kind(of: $0) }
            guard let page, kind == .array || kind == .object else {
                throw Unusable(
                    "the row has no ticket's `_id` or `id`: a snapshot is JSON Lines, one ticket as "
                        + "GET /api/tickets lists it on each line (`jq -c '.tickets[]'` makes it from "
                        + "pages), or CSV")
            }
            let text = UnsafeRawBufferPointer(record.rawBytes(of: page))
            if kind == .array { try parsePage(text) } else { try parseLines(text) }
        }
    }

    /// Whether a nested value has a key that can be the one of a ticket's id.
    private static func mayNameTickets(_ json: UnsafeBufferPointer<UInt8>) -> Bool {
        let text = String(decoding: json, as: UTF8.self).lowercased()
        return text.contains("id\"") || text.contains("\"ticket")
    }

    /// Adds a ticket.
    @inline(__always)
    private mutating func add(_ key: TicketFinder.Key, _ line: Line) {
        batch.append(key, line)
        if batch.isFull { flush() }
    }

    /// Adds the ticket of a plain line, whose id is an ObjectId.
    @inline(__always)
    mutating func add(_ key: TicketFinder.Key, plain values: TicketValues) {
        var line = Line()
        line.reading = values
        line.reading.flags.formUnion(unreadMarks)
        add(key, line)
    }

    /// Notes that a line's id is an ObjectId.
    mutating func noteObjectID() { hasObjectID = true }

    /// The columns of an input's lines, if they can be read column by column.
    mutating func places(in records: borrowing RecordReader) -> SnapshotPlaces? {
        if keys.count != records.columns.count { learnKeys(records.columns) }
        return places
    }

    /// Finds the meanings of a snapshot's columns; what only guards ask for has none without them.
    private mutating func learnKeys(_ columns: [String]) {
        keys = columns.map { name in
            guard let key = SnapshotKey(name) else { return nil }
            let isForGuards = key.kind == .tags || key.kind == .origin
            return isForGuards && marks?.needs(key.kind) != true ? nil : key
        }
        wish = columns.first { ColumnRole(columnName: $0).belongsToWishes }
        places = wish == nil ? SnapshotPlaces(keys, readsUpdateTimes: readsUpdateTimes) : nil
    }

    /// Looks up the tickets of the last lines read; also call it once after the last line.
    mutating func flush() {
        batch.find(in: finder)
        for index in 0..<batch.count {
            let (line, key, number) = batch[index]
            guard let number else {
                others.append(key.id)
                continue
            }
            var reading = line.reading
            reading.ticket = number
            readings.append(reading)
            // A later line of a ticket counts also where it has no time.
            if readsUpdateTimes { updateTimes.append((number, line.updatedAt)) }
        }
        batch.removeAll()
    }

    /// Parses a ticket's id if the text is one; an empty text does not hide another key's id.
    @inline(__always)
    private mutating func parseID(
        _ key: SnapshotKey, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>,
        _ ranks: inout SnapshotRanks, _ id: inout LineID
    ) throws {
        if kind.isText {
            let text = trimmed(text)
            if !text.isEmpty, ranks.record(key) { id = try lineID(text) }
        } else if kind == .object,
            var text = NamedReference(inObject: UnsafeRawBufferPointer(text))?.id,
            ranks.record(key)
        {
            id = try text.withUTF8 { try lineID($0) }
        }
    }

    /// The ticket of an id, which may have any form that an input's id may have.
    @inline(__always)
    private mutating func lineID(_ text: UnsafeBufferPointer<UInt8>) throws -> LineID {
        if text.count == 24, let key = finder.key(UnsafeRawBufferPointer(text)), key.id.isObjectID,
            !key.id.isRounded
        {
            hasObjectID = true
            return .key(key)
        }
        return try unusualID(text)
    }

    /// The ticket of an id that is not 24 digits alone.
    private mutating func unusualID(_ text: UnsafeBufferPointer<UInt8>) throws -> LineID {
        let found = TicketIDText.withUnwrapped(text) { String(decoding: $0, as: UTF8.self) }
        var id = found
        let key = id.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) }
        if let key, key.id.isObjectID, !key.id.isRounded {
            hasObjectID = true
            return .key(key)
        }
        if let issue = TicketIDText.issue(found, column: nil) { throw Unusable(issue.message) }
        if let key { return .key(key) }
        if otherID == nil { otherID = (found, line) }
        return .unwanted(found)
    }

    /// Reads the tickets of a page by writing each as a line and reading the lines.
    private mutating func parsePage(_ page: UnsafeRawBufferPointer) throws {
        var lines: [UInt8] = []
        var cursor = JSONCursor(page)
        let whole: Void? = cursor.array { element in
            guard let text = element.skippedText() else { return false }
            lines.append(contentsOf: text)
            lines.append(UInt8(ascii: "\n"))
            return true
        }
        guard whole != nil else { throw Unusable("the page is not a list") }
        try lines.withUnsafeBytes { try parseLines($0) }
    }

    /// Reads tickets that were found inside a line.
    private mutating func parseLines(_ lines: UnsafeRawBufferPointer) throws {
        // Tickets inside lines usually have the same keys as those before them. Long lines can have so many others
        // that it depends on the keys before whether all of them are kept.
        var lineReader = inner.take() ?? InnerLines()
        if lines.count > InnerLines.mostBytes
            || lineReader.reader.columns.count > InnerLines.mostKeys
        {
            lineReader = InnerLines()
        }
        // These tickets have different keys.
        let (outerKeys, outerPlaces) = (keys, places)
        keys = lineReader.keys
        lineReader.reader.give(lines)
        while lineReader.reader.advanceInBlock() { try parse(lineReader.reader.record) }
        lineReader.keys = keys
        (keys, places) = (outerKeys, outerPlaces)
        inner = consume lineReader
    }

    /// A reader of the tickets inside lines, and the meanings of their keys.
    private struct InnerLines: ~Copyable {
        /// The most bytes of lines that are read with the keys of lines before.
        static let mostBytes = 64 << 10
        /// The most keys that are kept for the next lines.
        static let mostKeys = 256

        var reader = RecordReader(ofGivenLines: SnapshotReader.limits, size: 4 << 10)
        var keys: [SnapshotKey?] = []
    }
}

extension Record {
    /// Whether the record is a CSV row of blanks only.
    fileprivate borrowing func isBlankRow() -> Bool {
        for index in 0..<count {
            guard kind(of: index) == .text || kind(of: index) == .quotedText,
                trimmed(bytes(of: index)).isEmpty
            else { return false }
        }
        return count > 0
    }
}
