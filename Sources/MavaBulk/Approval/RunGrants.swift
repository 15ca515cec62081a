/// What a run needed to begin, which its files name.
struct RunGrants: Sendable {
    /// The waivers of guards, beside those in the plan's header.
    var waivers: [PlanHeader.Waiver] = []
    /// The approvals of the plan.
    var approvals: [ApprovalRecord] = []
}
