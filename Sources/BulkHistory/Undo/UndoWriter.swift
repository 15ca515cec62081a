internal import BulkPlan
internal import BulkPlanning
internal import BulkSystem

/// Writes the rows of an undo into a scratch file.
///
/// A row asks for what a ticket held before, and expects what a run wrote.
struct UndoWriter: ~Copyable {
    /// How many rows were written.
    private(set) var rows = 0

    private let file: ScratchFile
    private var buffer = OutputBuffer(capacity: 300 << 10)
    private var size = 0

    init(_ file: ScratchFile) { self.file = file }

    /// Writes one row.
    ///
    /// - Parameters:
    ///   - changes: What a run changed.
    ///   - refusal: Why that cannot be put back; `nil` when it can.
    ///   - ticket: The ticket's id.
    ///   - row: The run's row.
    ///   - run: The run's name; `nil` when there is one run only.
    /// - Throws: A `FileError` when the file cannot be written.
    mutating func write(
        _ changes: [FieldChange], refusal: UndoRefusal?, ticket: String, row: Int, run: String?
    ) throws(FileError) {
        rows += 1
        buffer.append(#"{"row":"#)
        buffer.append(decimal: row)
        if let run {
            buffer.append(#","run":"#)
            buffer.append(jsonString: run)
        }
        buffer.append(#","ticketId":"#)
        buffer.append(jsonString: ticket)
        if let refusal {
            buffer.append(",\"")
            buffer.append(text: RequestMapper.refusalKey)
            buffer.append("\":")
            buffer.append(jsonString: "\(refusal.obstacle.name): \(refusal.message)")
        }
        // Conditions ask about the values of a refused row too, and its reader may correct them.
        for change in changes {
            guard let before = change.before else { continue }
            buffer.append(",")
            buffer.append(field: change.field)
            buffer.append(before)
            buffer.append(expected(change.field))
            buffer.append(change.after)
        }
        buffer.append("}\n")
        if buffer.count >= 256 << 10 { try flush() }
    }

    /// The rows written.
    consuming func finish() throws(FileError) -> GeneratedRows {
        try flush()
        return GeneratedRows(file, size: size)
    }

    private mutating func flush() throws(FileError) {
        let (file, offset) = (file, size)
        size += buffer.count
        try buffer.drain { bytes throws(FileError) in try file.write(bytes, at: offset) }
    }

    private func expected(_ field: TicketField) -> StaticString {
        switch field {
        case .status: #","expectStatus":"#
        case .priority: #","expectPriority":"#
        case .categoryID: #","expectCategoryId":"#
        case .assignedTo: #","expectAssignedTo":"#
        }
    }
}
