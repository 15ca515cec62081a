import BulkExecution

extension Outcome {
    /// What the outcome means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .outcome, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .updated: ("Mava accepted the change.", "Nothing.")
        case .unchanged: ("The ticket already held the values, so nothing was sent.", "Nothing.")
        case .invalid:
            (
                "The row cannot be understood, or names something that does not exist. Nothing was sent.",
                "Look at its errorCode, correct it in failed.csv and apply that."
            )
        case .conflict:
            (
                "A precondition was not met, or the ticket changed after the plan was made. Nothing was sent.",
                "Look at the ticket. Plan again, or apply with --on-conflict overwrite."
            )
        case .held:
            (
                "The change would take the ticket from the AI, or the ticket was not read. Nothing was sent.",
                "Look at its errorCode. `mava-bulk retry last --outcome held` sends it with the permission "
                    + "that the code names."
            )
        case .excluded:
            (
                "A condition, a limit, a shard or an edit left the row out. Nothing was sent.",
                "Nothing, if that is what you wanted."
            )
        case .failed:
            (
                "Mava refused the change, or every attempt failed. The ticket was not changed.",
                "Look at its errorCode. `mava-bulk retry last` tries it again as it is."
            )
        case .unknown:
            (
                "The change was sent, but neither an answer nor the ticket shows whether it took effect.",
                "Look at the ticket, or let `mava-bulk retry last` read it and send what is missing."
            )
        case .unsent:
            ("The run ended before the row was sent.", "Go on with `mava-bulk resume last`.")
        }
    }
}
