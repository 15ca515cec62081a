/// The entries of a saved plan, one at a time.
final class PlanFileSource: PlanSource {
    private var reader: PlanReader

    /// Opens a plan and makes sure that it is whole and unchanged.
    init(path: String) throws { reader = try PlanReader(path: path) }

    var header: PlanHeader { reader.header }

    func next() throws -> PlanStep? { try reader.next().map(PlanStep.planned) }
}
