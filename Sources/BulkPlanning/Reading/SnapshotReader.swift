import BulkSystem
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
    }

    /// What one line says about its ticket.
    struct Line: BitwiseCopyable {
        var reading = TicketValues()
        var updatedAt: Int64?
    }

    /// The ticket of a line.
    private enum LineID {
        case missing, unwanted
        case key(TicketFinder.Key)

        init(_ key: TicketFinder.Key?) { self = key.map { .key($0) } ?? .unwanted }
    }

    /// The size limits of a line; a line can be a long page.
    static let limits = RecordLimits(
        fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 512, columns: 1 << 16)

    /// The values of tickets, by the numbers in ``readings``.
    let values = CurrentValues(hash: ByteHash())
    private let finder: TicketFinder
    private let readsUpdateTimes: Bool
    private let marks: ProtectedMarks?
    /// The flags of a ticket whose line was not read yet.
    private let unreadMarks: TicketTable.Flags
    private var keys: [SnapshotKey?] = []
    private var batch = LookupBatch<Line>()
    /// The number of tickets read, wanted or not.
    private(set) var tickets = 0
    /// The values of the wanted tickets, in the order of the lines.
    private(set) var readings: [TicketValues] = []
    /// When wanted tickets last changed, if that is needed.
    private(set) var updateTimes: [(ticket: UInt32, time: Int64)] = []

    init(finder: TicketFinder, readsUpdateTimes: Bool, marks: ProtectedMarks?) {
        self.finder = finder
        self.marks = marks
        unreadMarks = marks?.unread ?? []
        self.readsUpdateTimes = readsUpdateTimes
    }

    /// Drops the lines read; the values keep their numbers.
    mutating func removeAll() {
        tickets = 0
        readings.removeAll(keepingCapacity: true)
        updateTimes.removeAll(keepingCapacity: true)
        batch.removeAll()
    }

    /// Reads one line, and returns the reason if it makes the snapshot unusable.
    mutating func problem(reading record: borrowing Record) -> String? {
        var problem: String?
        do { try parse(record) } catch { problem = "\(error)" }
        return problem
    }

    private mutating func parse(_ record: borrowing Record) throws {
        if let problem = record.problem { throw Unusable(problem.message) }
        var line = Line()
        line.reading.flags = unreadMarks
        var ranks = SnapshotRanks()
        var id = LineID.missing
        var page: Int?
        for index in 0..<record.count {
            let value = record.value(index)
            if value.column >= keys.count { learnKeys(record.columns) }
            guard let key = keys[value.column] else { continue }
            if key.kind == .page || (key.isWholeTicket && value.kind == .object) {
                page = index
            } else if key.kind == .id {
                parseID(key, value.kind, value.bytes, &ranks, &id)
            } else if ranks.record(key) {
                parse(key.kind, value.kind, value.bytes, &line)
            }
        }
        switch id {
        case .key(let key):
            tickets += 1
            batch.append(key, line)
            if batch.isFull { flush() }
        case .unwanted:
            // This id is not an ObjectId, and no row names it.
            tickets += 1
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
            if kind == .array { try parsePage(text) } else { try parseLines(Array(text)) }
        }
    }

    /// Finds the meanings of a snapshot's columns; what only guards ask for has none without them.
    private mutating func learnKeys(_ columns: [String]) {
        keys = columns.map { name in
            guard let key = SnapshotKey(name) else { return nil }
            let isForGuards = key.kind == .tags || key.kind == .origin
            return isForGuards && marks?.needs(key.kind) != true ? nil : key
        }
    }

    /// Looks up the tickets of the last lines read; also call it once after the last line.
    mutating func flush() {
        batch.find(in: finder)
        for index in 0..<batch.count {
            let (line, _, number) = batch[index]
            guard let number else { continue }
            var reading = line.reading
            reading.ticket = number
            readings.append(reading)
            if let updatedAt = line.updatedAt { updateTimes.append((number, updatedAt)) }
        }
        batch.removeAll()
    }

    /// Parses a ticket's id if the text is one; an empty text does not hide another key's id.
    @inline(__always)
    private func parseID(
        _ key: SnapshotKey, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>,
        _ ranks: inout SnapshotRanks, _ id: inout LineID
    ) {
        if kind.isText {
            let text = trimmed(text)
            if !text.isEmpty, ranks.record(key) { id = LineID(finderKey(text)) }
        } else if kind == .object,
            var text = NamedReference(inObject: UnsafeRawBufferPointer(text))?.id,
            ranks.record(key)
        {
            id = LineID(text.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) })
        }
    }

    /// The key of a ticket's id, which may have any form that an input's id may have.
    @inline(__always)
    private func finderKey(_ text: UnsafeBufferPointer<UInt8>) -> TicketFinder.Key? {
        if text.count == 24 { return finder.key(UnsafeRawBufferPointer(text)) }
        return TicketIDText.withUnwrapped(text) { finder.key(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    private func parse(
        _ key: SnapshotKey.Kind, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>,
        _ line: inout Line
    ) {
        switch key {
        case .status: if kind.isText { line.reading.status = status(trimmed(text)) }
        case .priority: line.reading.priority = TicketValues.priority(text, kind)
        case .category: line.reading.category = reference(kind, text, values.categories)
        case .assignedTo: line.reading.assignee = reference(kind, text, values.assignees)
        case .aiStatus:
            // `null` and `false` mean no handling. Any other value that is not a text means handling.
            switch kind {
            case .null, .false: line.reading.isHandledByAI = false
            default:
                line.reading.isHandledByAI = values.isHandledByAI(UnsafeRawBufferPointer(text))
            }
        case .updatedAt:
            if readsUpdateTimes, kind.isText {
                line.updatedAt = microsecondsSince1970(trimmed(text))
            }
        case .tags: marks?.note(tags: text, kind, in: &line.reading.flags)
        case .origin: marks?.note(origin: text, kind, in: &line.reading.flags)
        case .id, .page: break
        }
    }

    /// The number of a status; letter case does not matter for the four known ones.
    @inline(__always)
    private func status(_ text: UnsafeBufferPointer<UInt8>) -> UInt16 {
        if text.isEmpty { return 0 }
        let number = values.status(readable: UnsafeRawBufferPointer(text))
        return number < UnwritableValue.status
            ? number : FieldRules.standard.status(of: text).map(UInt16.init) ?? number
    }

    @inline(__always)
    private func reference(
        _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>, _ table: ValueTable
    ) -> UInt32 {
        if kind.isText {
            let text = trimmed(text)
            return text.isEmpty ? 0 : table.intern(readable: UnsafeRawBufferPointer(text))
        }
        return kind == .object
            ? values.reference(inObject: UnsafeRawBufferPointer(text), into: table) : 0
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
        try parseLines(lines)
    }

    /// Reads tickets that were found inside a line.
    private mutating func parseLines(_ lines: [UInt8]) throws {
        // These tickets have different keys.
        let outerKeys = keys
        keys = []
        var reader = try RecordReader(
            ByteSource(bytes: lines), format: .jsonLines, limits: Self.limits)
        while try reader.advance() { try parse(reader.record) }
        keys = outerKeys
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
