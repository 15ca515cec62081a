internal import BulkExecution
package import BulkSystem

extension RunRenderer {
    /// Renders rows one after another, piece by piece.
    ///
    /// - Parameters:
    ///   - next: Returns the next row; `nil` after the last one.
    ///   - write: Takes the text piece by piece, and empties the buffer; `false` ends the rendering.
    ///   - end: Checks the counts of all rows, and adds what is known after the last one.
    /// - Returns: The counts, and what `end` added; only the counts so far where `write` ended the rendering.
    /// - Throws: What the closures throw.
    package func render(
        _ next: () throws -> RunRows.Row?, to write: (inout OutputBuffer) throws -> Bool,
        end: (inout ReportEnd) throws -> Void
    ) throws -> ReportEnd {
        var known = ReportEnd()
        var buffer = OutputBuffer()
        while let row = try next() {
            append(row)
            known.counts.add(row.outcome.outcome)
            guard count >= 256 << 10 else { continue }
            drain(into: &buffer)
            guard try write(&buffer) else { return known }
        }
        try end(&known)
        finish(known)
        drain(into: &buffer)
        _ = try write(&buffer)
        return known
    }
}
