import BulkPlan
import BulkSystem
import BulkRecords
import MavaAPI

/// A snapshot file, read block by block on the caller's thread and one more.
struct SnapshotFile {
    let path: String
    let readsUpdateTimes: Bool
    /// The fields that the input changes or has preconditions on: a CSV snapshot must have them.
    var fields: FieldSet = []

    /// Reads the whole snapshot.
    ///
    /// - Parameters:
    ///   - state: The wanted tickets; their values are stored there.
    ///   - blockSize: The number of bytes processed at a time.
    ///   - startThread: Starts the second thread; `nil` for none.
    /// - Returns: The number of different tickets in the snapshot, wanted or not.
    /// - Throws: A ``PlanError`` for a row that is not a ticket, or for unusable columns; a `ReadError` when
    ///   the snapshot cannot be read.
    func read(
        into state: inout TicketState,
        blockSize: Int = BlockReader<SnapshotBlock>.defaultSize,
        startThread: BlockReader<SnapshotBlock>.ThreadStart? = BlockReader<SnapshotBlock>
            .secondThread
    ) throws -> Int {
        let input = try RecordReader(ByteSource(path: path), limits: SnapshotReader.limits)
        if input.format == .csv {
            if input.columns.isEmpty {
                if state.tickets.count > 0 { throw empty }
                return 0
            }
            try check(input.columns, state.marks)
            state.values.lacksAIStatus = !input.columns.contains {
                SnapshotKey($0)?.kind == .aiStatus
            }
        }
        let finder = state.tickets.finder
        let readsUpdateTimes = readsUpdateTimes
        let marks = state.marks
        var blocks = BlockReader(input, size: blockSize, startThread: startThread) {
            SnapshotBlock(finder: finder, readsUpdateTimes: readsUpdateTimes, marks: marks)
        }
        let before = state.found
        // A ticket counts once, however often the snapshot has it.
        var others = TicketIDSet()
        var otherTexts: Set<String> = []
        var hasObjectID = false
        var otherID: (text: String, line: Int)?
        while let block = try blocks.next() {
            try Task.checkCancellation()
            for id in block.others {
                // Only one ObjectId begins with so many ones, and none is all 0.
                others.insert(
                    high: id.isObjectID
                        ? max(1, UInt64(id.high) << 32 | UInt64(id.middle)) : .max, low: id.low)
            }
            otherTexts.formUnion(block.otherTexts)
            block.hand(to: &state)
            hasObjectID = hasObjectID || block.hasObjectID
            if otherID == nil, let other = block.otherID {
                otherID = (other.text, blocks.origin.line + other.line)
            }
            if let failure = block.failure {
                throw PlanError(
                    code: .snapshotUnusable, message: failure.message, path: path,
                    line: blocks.origin.line + failure.line)
            }
            if block.hasTooManyStatuses || state.values.hasTooManyStatuses {
                throw PlanError(
                    code: .snapshotUnusable,
                    message:
                        "the snapshot has \(CurrentValues.tooManyStatuses): "
                        + "its status column is not the tickets' status", path: path)
            }
        }
        if hasObjectID, let otherID {
            // Such a row is a total below the table, for example.
            throw PlanError(
                code: .snapshotUnusable,
                message: TicketIDText.unlikeOthers(otherID.text, column: nil).message, path: path,
                line: otherID.line)
        }
        let tickets = state.found - before + others.count + otherTexts.count
        if tickets == 0, state.tickets.count > 0 { throw empty }
        return tickets
    }

    /// Why a snapshot without a ticket is refused: every ticket would seem not to exist.
    private var empty: PlanError {
        PlanError(
            code: .snapshotUnusable,
            message: "the snapshot has no ticket: export the tickets again, or plan without it",
            path: path)
    }

    /// Refuses a CSV snapshot without a column for the ticket or for a field that matters.
    ///
    /// Otherwise every ticket would seem to have no value for the field.
    private func check(_ columns: [String], _ marks: ProtectedMarks?) throws(PlanError) {
        let keys = columns.map { SnapshotKey($0) }
        for (index, key) in keys.enumerated() {
            guard let key, key.kind != .page,
                keys[..<index].contains(where: { $0?.isSame(as: key) == true })
            else { continue }
            throw PlanError(
                code: .snapshotUnusable,
                message: SnapshotReader.Unusable(repeating: columns[index]).description,
                path: path, line: 1)
        }
        let kinds = keys.compactMap { $0?.kind }
        var wanted: [SnapshotKey.Kind] = [.id]
        if fields.contains(.status) { wanted.append(.status) }
        if fields.contains(.priority) { wanted.append(.priority) }
        if fields.contains(.category) { wanted.append(.category) }
        if fields.contains(.assignee) { wanted.append(.assignedTo) }
        if readsUpdateTimes { wanted.append(.updatedAt) }
        if let marks { wanted += [.tags, .origin].filter(marks.needs) }
        guard let missing = wanted.first(where: { !kinds.contains($0) }) else { return }
        let read = columns.prefix(12).map { quoted($0) }.joined(separator: ", ")
        throw PlanError(
            code: .snapshotUnusable,
            message:
                "the snapshot has no column \(missing.name), which "
                + ([.tags, .origin].contains(missing) ? "the guard protect" : "the plan")
                + " needs; its columns are " + read, path: path, line: 1)
    }
}
