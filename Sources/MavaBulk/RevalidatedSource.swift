/// The entries of a saved plan, as decided after its tickets were read again.
final class RevalidatedSource: PlanSource {
    private let file: PlanFile
    /// The plan's rows, opened when the first one is needed.
    ///
    /// Opening them can fail, as reading a later row can.
    private var plan: PlanFileSource?
    private let revalidation: PlanRevalidation?
    /// The entry that the last step came from, as it is in the plan.
    private(set) var planned: PlanEntry?

    /// The plan's first line.
    var header: PlanHeader { file.header }

    /// Reads a plan that was checked.
    ///
    /// - Parameters:
    ///   - file: The plan's file.
    ///   - revalidation: The decisions after the second reading; `nil` when the whole plan is still valid.
    init(_ file: PlanFile, _ revalidation: PlanRevalidation?) {
        self.file = file
        self.revalidation = revalidation
    }

    func next() throws -> PlanStep? {
        let plan = try self.plan ?? PlanFileSource(PlanReader(file, for: .sending))
        self.plan = plan
        guard let step = try plan.next() else { return nil }
        planned = step.entry
        guard let revalidation, case .planned(let entry) = step else { return step }
        let now = revalidation.entry(entry)
        return now == entry ? step : .redecided(now)
    }
}
