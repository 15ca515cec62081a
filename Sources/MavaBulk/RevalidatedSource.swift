/// The entries of a saved plan as they stand after its tickets were read again.
final class RevalidatedSource: PlanSource {
    private let plan: PlanFileSource
    private let revalidation: PlanRevalidation?

    /// The plan's first line.
    var header: PlanHeader { plan.header }

    /// Reads a plan that was checked.
    ///
    /// - Parameters:
    ///   - file: The plan's file.
    ///   - revalidation: What still stands of it; `nil` for all.
    /// - Throws: What reading the plan throws.
    init(_ file: PlanFile, _ revalidation: PlanRevalidation?) throws {
        plan = PlanFileSource(try PlanReader(file, for: .sending))
        self.revalidation = revalidation
    }

    func next() throws -> PlanStep? {
        guard let step = try plan.next() else { return nil }
        guard let revalidation, case .planned(let entry) = step else { return step }
        let now = revalidation.entry(entry)
        return now == entry ? step : .redecided(now)
    }
}
