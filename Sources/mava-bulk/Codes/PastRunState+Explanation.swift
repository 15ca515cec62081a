import BulkHistory

extension PastRun.State {
    /// What the state means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .runState, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .running: ("A process works on the run.", "Nothing, or wait for it.")
        case .resumable:
            ("The run stopped before its end.", "Go on with `mava-bulk resume RUN`.")
        case .finished: ("The run came to its end.", "Look at its report.")
        case .pruned:
            (
                "Pruning removed the run's files. A tombstone is left.",
                "Nothing: such a run cannot be undone or reported."
            )
        case .unreadable:
            (
                "The run's files cannot be read.",
                "`mava-bulk runs show RUN` says what is wrong with them."
            )
        }
    }
}

extension PrunePlan.Reason.Code {
    /// What the reason means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .kept, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .running: ("A process works on the run.", "Prune again when it has ended.")
        case .resumable:
            ("The run can be resumed.", "Finish it with `mava-bulk resume RUN`, then prune again.")
        case .unreadable:
            (
                "The run's files cannot be read.",
                "Look at the directory, and remove it by hand if it is not needed."
            )
        case .notOurs:
            (
                "The run's directory is a link, or another user controls it.",
                "Look at the directory, and remove it by hand if it is not needed."
            )
        case .undoable: ("It is the newest run that can be undone.", "Nothing.")
        case .last: ("It is one of the runs of --keep-last.", "Nothing, or give a smaller number.")
        case .recent:
            ("The run ended within the time of --keep-within.", "Nothing, or give a shorter time.")
        case .ageUnknown:
            (
                "The run does not say when it ended.",
                "Look at it, and remove its directory by hand if it is not needed."
            )
        case .linked:
            (
                "A run that is kept goes back to it, or tried its rows again.",
                "Nothing: it can be pruned together with that run."
            )
        }
    }
}

extension RowCheck.State {
    /// What the state means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .check, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .holds: ("The ticket holds what the run wrote.", "Nothing.")
        case .moved:
            (
                "The ticket holds something else than the run wrote.",
                "Look at the ticket's history in the dashboard."
            )
        case .gone: ("The ticket does not exist any more.", "Nothing.")
        case .notRead:
            (
                "The ticket's id is not in Mava's form, so the ticket cannot be looked for.",
                "Look at the ticket in the dashboard."
            )
        case .late:
            (
                "The row failed without a clear answer, and the ticket holds what it asked for: Mava did it after "
                    + "the run had looked, or somebody else did.",
                "Nothing if the change is right. `undo` does not put it back: change the ticket by hand, or with a "
                    + "file of its own."
            )
        }
    }
}
