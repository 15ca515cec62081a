import BulkRecords

/// Reads the lines of a snapshot (JSON Lines of tickets as `GET /api/tickets` lists them) and keeps what
/// the wanted tickets hold.
///
/// A line may also be a whole page of the listing (`{"tickets":[…]}`). A line that cannot be read makes
/// the snapshot unusable: its ticket would silently be taken for one that does not exist.
struct SnapshotReader: ~Copyable {
    /// Why a line makes the snapshot unusable.
    struct Unusable: Error, CustomStringConvertible {
        var description: String

        init(_ description: String) { self.description = description }
    }

    private enum Key {
        case id, status, priority, category, assignedTo, aiStatus, updatedAt, page

        init?(_ name: String) {
            switch name {
            case "_id", "id": self = .id
            case "status": self = .status
            case "priority": self = .priority
            case "category", "categoryId": self = .category
            case "assignedTo": self = .assignedTo
            case "aiStatus": self = .aiStatus
            case "updatedAt": self = .updatedAt
            case "tickets", "data": self = .page
            default: return nil
            }
        }
    }

    /// What one line says about its ticket.
    struct Line: BitwiseCopyable {
        var reading = TicketReading()
        var updatedAt: Int64?
    }

    /// Which ticket a line is about.
    private enum LineID {
        case missing, unwanted
        case key(TicketFinder.Key)

        init(_ key: TicketFinder.Key?) { self = key.map { .key($0) } ?? .unwanted }
    }

    /// How much one line may hold; a page can be a long one.
    static let limits = RecordLimits(
        fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 512, columns: 1 << 16)

    /// The values that tickets hold, under the numbers that ``readings`` has.
    let values = CurrentValues(hash: ByteHash())
    private let finder: TicketFinder
    private let readsUpdateTimes: Bool
    private var keys: [Key?] = []
    private var batch = LookupBatch<Line>()
    /// How many tickets were read, wanted or not.
    private(set) var tickets = 0
    /// What the wanted tickets hold, in the order of the lines.
    private(set) var readings: [TicketReading] = []
    /// When wanted tickets last changed, where that is asked for.
    private(set) var updateTimes: [(ticket: UInt32, time: Int64)] = []

    init(finder: TicketFinder, readsUpdateTimes: Bool) {
        self.finder = finder
        self.readsUpdateTimes = readsUpdateTimes
    }

    /// Forgets the lines read; the values keep their numbers.
    mutating func removeAll() {
        tickets = 0
        readings.removeAll(keepingCapacity: true)
        updateTimes.removeAll(keepingCapacity: true)
        batch.removeAll()
    }

    /// Reads one line and says what makes the snapshot unusable, if anything does.
    mutating func problem(taking record: borrowing Record) -> String? {
        var problem: String?
        do { try take(record) } catch { problem = "\(error)" }
        return problem
    }

    private mutating func take(_ record: borrowing Record) throws {
        if let problem = record.problem { throw Unusable(problem.message) }
        var line = Line()
        var id = LineID.missing
        var page: Int?
        for index in 0..<record.count {
            let value = record.value(index)
            if value.column >= keys.count { keys = record.columns.map(Key.init) }
            guard let key = keys[value.column] else { continue }
            if key == .page {
                page = index
            } else {
                take(key, value.kind, value.bytes, &line, &id)
            }
        }
        switch id {
        case .key(let key):
            tickets += 1
            batch.append(key, line)
            if batch.isFull { flush() }
        case .unwanted:
            // An id that is not an ObjectId and that no row names.
            tickets += 1
        case .missing:
            guard let page, record.kind(of: page) == .array else {
                throw Unusable(
                    "the line has no ticket's `_id` or `id`: a snapshot is JSON Lines, one ticket as "
                        + "GET /api/tickets lists it on each line (`jq -c '.tickets[]'` makes it from "
                        + "pages)")
            }
            try takePage(UnsafeRawBufferPointer(record.rawBytes(of: page)))
        }
    }

    /// Looks up the tickets of the lines read last; to be called once more after the last line.
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

    @inline(__always)
    private func take(
        _ key: Key, _ kind: ValueKind, _ text: UnsafeBufferPointer<UInt8>, _ line: inout Line,
        _ id: inout LineID
    ) {
        let bytes = UnsafeRawBufferPointer(text)
        switch key {
        case .id:
            if kind == .string {
                id = LineID(finder.key(bytes))
            } else if kind == .object, var text = JSONCursor.id(inObject: bytes) {
                id = LineID(text.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) })
            }
        case .status: if kind == .string { line.reading.status = values.status(readable: bytes) }
        case .priority: line.reading.priority = TicketReading.priority(bytes)
        case .category: line.reading.category = reference(kind, bytes, values.categories)
        case .assignedTo: line.reading.assignee = reference(kind, bytes, values.assignees)
        case .aiStatus:
            // `null` and `false` are no handling; anything else but a text is taken for one.
            switch kind {
            case .null, .false: break
            default: line.reading.isHandledByAI = values.isHandledByAI(bytes)
            }
        case .updatedAt:
            if readsUpdateTimes, kind == .string { line.updatedAt = microsecondsSince1970(text) }
        case .page: break
        }
    }

    @inline(__always)
    private func reference(
        _ kind: ValueKind, _ bytes: UnsafeRawBufferPointer, _ table: ValueTable
    ) -> UInt32 {
        switch kind {
        case .string: bytes.isEmpty ? 0 : table.intern(readable: bytes)
        case .object: values.id(inObject: bytes, into: table)
        default: 0
        }
    }

    /// Takes the tickets of a whole page by writing each as a line of its own and reading those.
    private mutating func takePage(_ page: UnsafeRawBufferPointer) throws {
        var lines: [UInt8] = []
        var cursor = JSONCursor(page)
        let whole: Void? = cursor.array { element in
            guard let text = element.skippedText() else { return false }
            lines.append(contentsOf: text)
            lines.append(UInt8(ascii: "\n"))
            return true
        }
        guard whole != nil else { throw Unusable("the page is not a list") }
        // The page's tickets have columns of their own.
        let outerKeys = keys
        keys = []
        var reader = try RecordReader(
            ByteSource(bytes: lines), format: .jsonLines, limits: Self.limits)
        while try reader.advance() { try take(reader.record) }
        keys = outerKeys
    }
}
