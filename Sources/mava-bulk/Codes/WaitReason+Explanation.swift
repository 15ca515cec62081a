import BulkExecution

extension WaitReason {
    /// What the wait means, and what to do; a pause has one code, no matter who asked for it.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(
            code: EventFeed.name(of: self), kind: .wait, meaning: meaning, remedy: remedy)
    }

    /// All reasons with codes of their own.
    static let explained = allCases.filter { $0 != .pausedByControl }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .none: ("The run goes on, or ends.", "Nothing.")
        case .answers: ("Requests are under way, and no more fit beside them.", "Nothing.")
        case .quota:
            (
                "The run has used the quota of this part of the time.",
                "Nothing. A higher --quota is right only if Mava gave you one."
            )
        case .others:
            (
                "Other programs use the quota of the same key.",
                "Nothing, or give each program a part with --quota-share."
            )
        case .paused, .pausedByControl:
            (
                "Mava asked for a pause (`by` is `server`), or the control file has one (`control`).",
                "Nothing, or write `resume` into the run's control file."
            )
        case .backOff: ("An attempt failed, and the next one comes later.", "Nothing.")
        case .outage:
            (
                "Mava does not work. The run looks again from time to time.",
                "Nothing: after --give-up-after the run ends, and can be resumed."
            )
        case .localShortage:
            (
                "This machine is short of descriptors, memory or ports.",
                "Close other programs, or raise the limit that the message names."
            )
        case .window:
            (
                "The run waits for the hours of --window.",
                "Nothing, or stop it with Ctrl-C and resume it later."
            )
        case .draining: ("The run is ending and waits for the last answers.", "Nothing.")
        }
    }
}
