/// How a run ended that asks for approval.
///
///     switch try await run.apply(input, approve: { $0.isClean }) {
///     case .declined(let plan): print("\(plan.header.counts.invalid) rows are invalid")
///     case .ran(let result): print(result.counts[.updated])
///     }
///
/// `Shown` is what was shown for approval: a `Plan`, or the ``ResumePreview`` of an interrupted run.
public enum RunEnd<Shown: Sendable>: Sendable {
    /// What was shown was not approved, and nothing was sent.
    case declined(Shown)
    /// The run was approved and carried out.
    ///
    /// Its summary's reason says how far it came: to its plan's end, to a canary that was not followed by the
    /// rest, or to an early end. A run with nothing left to send ends this way too.
    case ran(RunResult)

    /// How the run ended; `nil` when it was declined.
    public var result: RunResult? {
        switch self {
        case .declined: nil
        case .ran(let result): result
        }
    }
}
