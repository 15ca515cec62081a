package import BulkPlan

/// Reads a saved plan for the executor: from the file, one entry at a time.
package final class PlanFileSource: PlanSource {
    private var reader: PlanReader

    /// The plan's first line.
    package var header: PlanHeader { reader.header }

    package init(_ reader: consuming PlanReader) { self.reader = reader }

    package func next() throws -> PlanStep? { try reader.next().map(PlanStep.planned) }
}
