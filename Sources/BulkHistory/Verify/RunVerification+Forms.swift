internal import BulkExecution
internal import BulkPlan
package import BulkSystem

extension RunVerification {
    /// The columns of the CSV form.
    package static let columns = ["row", "ticketId", "outcome", "state", "was", "is"]

    /// Writes all rows as CSV.
    ///
    /// - Parameter write: Takes the text piece by piece, and empties the buffer.
    /// - Throws: What reading the run's files throws, and what `write` throws.
    package func csv(_ write: (inout OutputBuffer) throws -> Void) throws {
        var csv = CSVWriter()
        var buffer = OutputBuffer()
        for name in Self.columns { csv.cell(name) }
        csv.endRow()
        try forEach { check in
            csv.cell(check.row)
            csv.cell(check.ticketID)
            csv.cell(check.outcome.rawValue)
            csv.cell(check.state.rawValue)
            csv.cell(Self.object(check.moves) { $0.was })
            csv.cell(Self.object(check.moves) { $0.now })
            csv.endRow()
            if csv.buffer.count >= 64 << 10 {
                csv.drain { buffer.append($0) }
                try write(&buffer)
            }
        }
        csv.drain { buffer.append($0) }
        try write(&buffer)
    }

    /// Writes the result as one JSON object: the counts, the causes, and the rows that do not hold.
    ///
    /// Its keys are described in docs/history.md.
    ///
    /// - Parameter write: Takes the text piece by piece, and empties the buffer.
    /// - Throws: What reading the run's files throws, and what `write` throws.
    package func json(_ write: (inout OutputBuffer) throws -> Void) throws {
        var buffer = OutputBuffer()
        buffer.append(#"{"format":"mava-bulk-verification","version":1,"run":"#)
        buffer.append(jsonString: run.name)
        buffer.append(#","plan":"#)
        buffer.append(jsonString: plan)
        buffer.append(#","rows":"#)
        buffer.append(decimal: rows)
        for state in RowCheck.State.allCases {
            buffer.append(",")
            buffer.append(jsonString: state.rawValue)
            buffer.append(":")
            buffer.append(decimal: counts[state] ?? 0)
        }
        buffer.append(#","causes":["#)
        for (index, cause) in causes.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(#"{"rows":"#)
            buffer.append(decimal: cause.rows)
            append(cause.state, cause.moves, to: &buffer)
            buffer.append("}")
        }
        buffer.append(#"],"notHolding":["#)
        var isFirst = true
        try forEach { check in
            guard check.state != .holds else { return }
            buffer.append(isFirst ? "\n" : ",\n")
            isFirst = false
            buffer.append(#"{"row":"#)
            buffer.append(decimal: check.row)
            buffer.append(#","ticketId":"#)
            buffer.append(jsonString: check.ticketID)
            buffer.append(#","outcome":"#)
            buffer.append(jsonString: check.outcome.rawValue)
            append(check.state, check.moves, to: &buffer)
            buffer.append("}")
            if buffer.count >= 64 << 10 { try write(&buffer) }
        }
        buffer.append("]}\n")
        try write(&buffer)
    }

    /// What moved, in words, such as `status Resolved → Open`, safe for a terminal.
    package func words(_ moves: [RowCheck.Move]) -> String {
        moves.map { move in
            "\(move.field.rawValue) \(TerminalText.value(name(of: move.was, move.field))) → "
                + TerminalText.value(name(of: move.now, move.field))
        }.joined(separator: ", ")
    }

    private func append(
        _ state: RowCheck.State, _ moves: [RowCheck.Move], to buffer: inout OutputBuffer
    ) {
        buffer.append(#","state":"#)
        buffer.append(jsonString: state.rawValue)
        guard !moves.isEmpty else { return }
        buffer.append(#","was":"#)
        buffer.append(text: Self.object(moves) { $0.was })
        buffer.append(#","is":"#)
        buffer.append(text: Self.object(moves) { $0.now })
    }

    /// The values of fields as a JSON object; empty without fields.
    private static func object(
        _ moves: [RowCheck.Move], _ value: (RowCheck.Move) -> FieldValue
    ) -> String {
        guard !moves.isEmpty else { return "" }
        var buffer = OutputBuffer(capacity: 256)
        buffer.append("{")
        for (index, move) in moves.enumerated() {
            if index > 0 { buffer.append(",") }
            buffer.append(field: move.field)
            buffer.append(value(move))
        }
        buffer.append("}")
        return buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}
