import BulkPlan

extension PlanSummary.Notice.Kind {
    /// What the notice means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .notice, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .noObjectID:
            (
                "No ticket has an id in Mava's form.",
                "Check that the right column has the ids: they have 24 hexadecimal digits."
            )
        case .approval:
            (
                "A decision about the plan does not count, or somebody declined it.",
                "Read the notice. `mava-bulk plan approve PLAN` adds an approval."
            )
        case .waived:
            (
                "A rule of the guards is exceeded, and --waive allows it.",
                "Check that this is wanted."
            )
        case .recentRun:
            (
                "Another run of the last hours changed some of these tickets.",
                "`mava-bulk runs show RUN` says what it did."
            )
        case .handOff:
            (
                "Tickets are assigned although the AI handles them, which ends its handling.",
                "Check that this is wanted: it cannot be taken back."
            )
        case .held:
            (
                "Rows are held back because the AI handles their tickets.",
                "Add --allow-ai-handoff if they are to be sent."
            )
        case .blindAssignment:
            (
                "Tickets are assigned although it is unknown whether the AI handles them.",
                "Let the program read the tickets, or check them."
            )
        case .notRead:
            (
                "Rows are held back because their tickets were not found.",
                "Check the ids and the key. Add --unread send if they are to be sent."
            )
        case .reopened: ("Resolved tickets are opened again.", "Check that this is wanted.")
        case .foreignStatus:
            (
                "Tickets change that are in a status which updates do not know, such as Spam.",
                "Check that this is wanted: no update can put that status back."
            )
        case .movedOn:
            (
                "Tickets no longer hold what the runs wrote that the plan undoes.",
                "Look at these tickets. They are left as they are."
            )
        case .cannotBeUndone:
            (
                "The plan makes changes that no later update can take back.",
                "Check that this is wanted."
            )
        case .oneAgent: ("One agent receives most of the tickets.", "Check that this is wanted.")
        case .unassigned: ("Tickets are left without an agent.", "Check that this is wanted.")
        case .undiffed:
            (
                "Tickets were not read, so what changes is unknown.",
                "Let the program read the tickets, or accept that each row is sent."
            )
        case .merged: ("Several rows share a request.", "Nothing.")
        case .note:
            ("Something about the input or the plan as a whole.", "Read the notice's text.")
        }
    }
}
