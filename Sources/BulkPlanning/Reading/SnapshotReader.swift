import BulkRecords

/// Reads a snapshot (JSON Lines of tickets as `GET /api/tickets` lists them) and notes what the wanted
/// tickets hold.
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

    /// How many tickets are looked up together, so that their waits for memory overlap.
    private static let batchSize = 64

    private let path: String
    private let values: CurrentValues
    private let readsUpdateTimes: Bool
    private var keys: [Key?] = []
    private var batch: [TicketReading] = []
    /// How many tickets the snapshot holds, wanted or not.
    private(set) var tickets = 0

    init(path: String, values: CurrentValues, readsUpdateTimes: Bool) {
        self.path = path
        self.values = values
        self.readsUpdateTimes = readsUpdateTimes
        batch.reserveCapacity(Self.batchSize)
    }

    /// Reads the whole snapshot.
    ///
    /// - Throws: A ``PlanError`` for a line that is no ticket; a `ReadError` when the file cannot be read.
    mutating func read(into draft: inout TicketState) throws {
        var reader = try RecordReader(
            ByteSource(path: path), format: .jsonLines,
            limits: RecordLimits(
                fieldBytes: 64 << 20, recordBytes: 128 << 20, nesting: 512, columns: 1 << 16))
        while try reader.next({ record in
            if let problem = record.problem {
                throw unusable(record.position.line, problem.message)
            }
            try take(record, &draft)
        }) {}
        flush(&draft)
    }

    private mutating func take(
        _ record: borrowing Record, _ draft: inout TicketState
    ) throws(PlanError) {
        var reading = TicketReading()
        var page: Int?
        for index in 0..<record.count {
            let column = record.column(of: index)
            if column >= keys.count { keys = record.columns.map(Key.init) }
            guard let key = keys[column] else { continue }
            if key == .page { page = index } else { note(key, record, index, &reading, draft.tickets) }
        }
        if reading.hasID {
            add(reading, &draft)
        } else if let page, record.kind(of: page) == .array {
            try takePage(UnsafeRawBufferPointer(record.rawBytes(of: page)), record, &draft)
        } else {
            throw unusable(
                record.position.line,
                "the line has no ticket's `_id` or `id`: a snapshot is JSON Lines, one ticket as GET "
                    + "/api/tickets lists it on each line (`jq -c '.tickets[]'` makes it from pages)")
        }
    }

    private mutating func add(_ reading: TicketReading, _ draft: inout TicketState) {
        tickets += 1
        // An id that is not an ObjectId and that no row names has no key.
        guard reading.key != nil else { return }
        batch.append(reading)
        if batch.count == Self.batchSize { flush(&draft) }
    }

    private mutating func flush(_ draft: inout TicketState) {
        draft.note(batch)
        batch.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    private func note(
        _ key: Key, _ record: borrowing Record, _ index: Int, _ reading: inout TicketReading,
        _ tickets: borrowing TicketTable
    ) {
        let kind = record.kind(of: index)
        let bytes = UnsafeRawBufferPointer(record.bytes(of: index))
        switch key {
        case .id:
            if kind == .string {
                reading.hasID = true
                reading.key = tickets.key(bytes)
            } else if kind == .object, var id = JSONCursor.id(inObject: bytes) {
                reading.hasID = true
                reading.key = id.withUTF8 { tickets.key(UnsafeRawBufferPointer($0)) }
            }
        case .status: if kind == .string { reading.status = values.status(bytes) }
        case .priority: reading.priority = TicketReading.priority(bytes)
        case .category: reading.category = reference(kind, bytes, values.categories)
        case .assignedTo: reading.assignee = reference(kind, bytes, values.assignees)
        case .aiStatus:
            // `null` and `false` are no handling; anything else but a text is taken for one.
            switch kind {
            case .null, .false: break
            default: reading.isHandledByAI = values.isHandledByAI(bytes)
            }
        case .updatedAt:
            if readsUpdateTimes, kind == .string {
                reading.updatedAt = microsecondsSince1970(record.bytes(of: index))
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
        _ page: UnsafeRawBufferPointer, _ record: borrowing Record, _ draft: inout TicketState
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
        var nested = SnapshotReader(path: path, values: values, readsUpdateTimes: readsUpdateTimes)
        do {
            var reader = try RecordReader(ByteSource(bytes: lines, name: path), format: .jsonLines)
            while try reader.next({ ticket in
                if let problem = ticket.problem {
                    throw unusable(record.position.line, problem.message)
                }
                try nested.take(ticket, &draft)
            }) {}
        } catch {
            throw (error as? PlanError) ?? unusable(record.position.line, "\(error)")
        }
        nested.flush(&draft)
        tickets += nested.tickets
    }

    private func unusable(_ line: Int, _ message: String) -> PlanError {
        PlanError(code: .snapshotUnusable, message: message, path: path, line: line)
    }
}
