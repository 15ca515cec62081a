import BulkRecords

/// Reads a snapshot (JSON Lines of tickets as `GET /api/tickets` lists them), or a part of one, and says
/// what the wanted tickets hold.
///
/// A line may also be a whole page of the listing (`{"tickets":[…]}`). A line that cannot be read makes
/// the snapshot unusable: its ticket would silently be taken for one that does not exist.
struct SnapshotReader: ~Copyable {
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

    /// One ticket of the snapshot before it is looked up.
    private struct Line {
        var key: TicketFinder.Key?
        var hasID = false
        var reading = TicketReading()
        var updatedAt: Int64?
    }

    /// How many tickets are looked up together, so that their waits for memory overlap.
    private static let batchSize = 64

    let path: String
    let values: CurrentValues
    private let finder: TicketFinder
    private let readsUpdateTimes: Bool
    private var keys: [Key?] = []
    private var batch: [Line] = []
    /// How many tickets were read, wanted or not.
    private(set) var tickets = 0
    /// When wanted tickets last changed, where that is asked for.
    private(set) var updateTimes: [UInt32: Int64] = [:]

    init(path: String, finder: TicketFinder, values: CurrentValues, readsUpdateTimes: Bool) {
        self.path = path
        self.finder = finder
        self.values = values
        self.readsUpdateTimes = readsUpdateTimes
        batch.reserveCapacity(Self.batchSize)
    }

    /// Reads tickets up to the end of a source, or to an offset in it.
    ///
    /// - Parameters:
    ///   - source: The snapshot, or a part of it that starts with a line.
    ///   - end: Where to stop, in bytes from the source's start.
    ///   - note: Given each wanted ticket.
    /// - Throws: A ``PlanError`` for a line that is no ticket; a `ReadError` when the file cannot be read.
    mutating func read(
        _ source: consuming ByteSource, to end: Int = .max, _ note: (TicketReading) -> Void
    ) throws {
        var reader = try RecordReader(
            source, format: .jsonLines,
            limits: RecordLimits(
                fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 512, columns: 1 << 16))
        var isInside = true
        while try isInside
            && reader.next({ record in
                guard record.position.byteOffset < end else {
                    isInside = false
                    return
                }
                if let problem = record.problem {
                    throw unusable(record.position.line, problem.message)
                }
                try take(record, note)
            })
        {}
        flush(note)
    }

    private mutating func take(
        _ record: borrowing Record, _ note: (TicketReading) -> Void
    ) throws(PlanError) {
        var line = Line()
        var page: Int?
        for index in 0..<record.count {
            let column = record.column(of: index)
            if column >= keys.count { keys = record.columns.map(Key.init) }
            guard let key = keys[column] else { continue }
            if key == .page { page = index } else { take(key, record, index, &line) }
        }
        if line.hasID {
            tickets += 1
            // An id that is not an ObjectId and that no row names has no key.
            guard line.key != nil else { return }
            batch.append(line)
            if batch.count == Self.batchSize { flush(note) }
        } else if let page, record.kind(of: page) == .array {
            try takePage(UnsafeRawBufferPointer(record.rawBytes(of: page)), record, note)
        } else {
            throw unusable(
                record.position.line,
                "the line has no ticket's `_id` or `id`: a snapshot is JSON Lines, one ticket as GET "
                    + "/api/tickets lists it on each line (`jq -c '.tickets[]'` makes it from pages)"
            )
        }
    }

    private mutating func flush(_ note: (TicketReading) -> Void) {
        // Each loop only fetches; together they take the time of one wait instead of one each.
        var slots: UInt64 = 0
        for line in batch { slots |= finder.touch(line.key.unsafelyUnwrapped) }
        var ids: UInt32 = 0
        for line in batch { ids |= finder.touchID(finder.touch(line.key.unsafelyUnwrapped)) }
        withExtendedLifetime((slots, ids)) {}
        for line in batch {
            guard let number = finder.find(line.key.unsafelyUnwrapped) else { continue }
            var reading = line.reading
            reading.ticket = number
            note(reading)
            if let updatedAt = line.updatedAt { updateTimes[number] = updatedAt }
        }
        batch.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private func take(
        _ key: Key, _ record: borrowing Record, _ index: Int, _ line: inout Line
    ) {
        let kind = record.kind(of: index)
        let bytes = UnsafeRawBufferPointer(record.bytes(of: index))
        switch key {
        case .id:
            if kind == .string {
                line.hasID = true
                line.key = finder.key(bytes)
            } else if kind == .object, var id = JSONCursor.id(inObject: bytes) {
                line.hasID = true
                line.key = id.withUTF8 { finder.key(UnsafeRawBufferPointer($0)) }
            }
        case .status: if kind == .string { line.reading.status = values.status(bytes) }
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
            if readsUpdateTimes, kind == .string {
                line.updatedAt = microsecondsSince1970(record.bytes(of: index))
            }
        case .page: break
        }
    }

    @inline(__always)
    private func reference(
        _ kind: ValueKind, _ bytes: UnsafeRawBufferPointer, _ table: ValueTable
    ) -> UInt32 {
        switch kind {
        case .string: bytes.isEmpty ? 0 : table.intern(bytes)
        case .object: values.id(inObject: bytes, into: table)
        default: 0
        }
    }

    /// Takes the tickets of a whole page by writing each as a line of its own and reading those.
    private mutating func takePage(
        _ page: UnsafeRawBufferPointer, _ record: borrowing Record,
        _ note: (TicketReading) -> Void
    ) throws(PlanError) {
        var lines: [UInt8] = []
        var cursor = JSONCursor(page)
        let whole: Void? = cursor.array { element in
            guard let text = element.skippedText() else { return false }
            lines.append(contentsOf: text)
            lines.append(UInt8(ascii: "\n"))
            return true
        }
        guard whole != nil else { throw unusable(record.position.line, "the page is not a list") }
        var nested = SnapshotReader(
            path: path, finder: finder, values: values, readsUpdateTimes: readsUpdateTimes)
        do {
            try nested.read(ByteSource(bytes: lines, name: path), note)
        } catch {
            let message = (error as? PlanError)?.message ?? "\(error)"
            throw unusable(record.position.line, message)
        }
        tickets += nested.tickets
        updateTimes.merge(nested.updateTimes) { $1 }
    }

    private func unusable(_ line: Int, _ message: String) -> PlanError {
        PlanError(code: .snapshotUnusable, message: message, path: path, line: line)
    }
}
