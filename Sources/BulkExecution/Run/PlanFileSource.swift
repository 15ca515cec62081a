package import BulkPlan

/// A saved plan as the executor reads it: from the file, an entry at a time.
package final class PlanFileSource: PlanSource {
    private var reader: PlanReader

    /// The plan's first line.
    package var header: PlanHeader { reader.header }

    package init(_ reader: consuming PlanReader) { self.reader = reader }

    package func next() throws -> PlanStep? { try reader.next().map(PlanStep.planned) }
}
