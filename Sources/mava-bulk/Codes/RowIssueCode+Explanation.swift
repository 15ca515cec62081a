import BulkPlan

extension RowIssue.Code {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .row, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .malformedRecord:
            (
                "The record cannot be read as CSV or JSON.",
                "Correct the line: most often a quote is missing, or a field too many or too few."
            )
        case .ticketIDMissing:
            (
                "The record has no ticket id.",
                "Fill in the id or the dashboard's link, or delete the row."
            )
        case .ticketIDInvalid:
            (
                "The ticket's id cannot be one, or is unlike the input's other ids.",
                "Copy the id again: it has 24 hexadecimal digits. Spreadsheets shorten long numbers."
            )
        case .nothingToChange:
            (
                "The record asks for nothing: all its values are blank.",
                "Fill in a value, or delete the row. `unassigned` removes an assignee."
            )
        case .statusInvalid:
            (
                "The status is none of the four.",
                "Write Open, Resolved, Pending or Waiting, or map other words with --map."
            )
        case .priorityInvalid:
            ("The priority is none of the three.", "Write 1, 2 or 3, or low, medium or high.")
        case .notClearable:
            (
                "The record asks to clear a field that cannot be cleared.",
                "Leave the value out, or write one. `--ignore COLUMN` leaves the whole column out. Only an "
                    + "assignee can be cleared, with `unassigned`."
            )
        case .valueInvalid:
            (
                "A value cannot be used: it has the wrong type, is no time, or disagrees with another column.",
                "Correct or clear the value, as the message says."
            )
        case .categoryUnknown:
            (
                "No active category has this id or name.",
                "Use a name that `mava-bulk categories` lists."
            )
        case .categoryAmbiguous:
            ("Several categories have this name.", "Write the id instead of the name.")
        case .agentUnknown:
            (
                "No listed agent has this id, e-mail, name or wallet.",
                "Use a name that `mava-bulk agents` lists, or map old names with --map."
            )
        case .agentAmbiguous:
            ("Several agents have this name.", "Write the e-mail or the id instead of the name.")
        case .duplicateDisagrees:
            (
                "Rows for one ticket ask for different things.",
                "Delete all but one of them, or let the last one count with --on-duplicate last."
            )
        case .preconditionFailed:
            (
                "A precondition of the row is not met: the ticket changed since the file was made.",
                "Look at the ticket. Correct the expectation, or delete the row."
            )
        case .preconditionUnchecked:
            (
                "A precondition cannot be checked, because the ticket was not read.",
                "Let the tickets be read (no --no-read), or delete the columns whose names begin with expect."
            )
        case .changedSincePlan:
            (
                "The ticket no longer holds the values that the plan was approved against.",
                "Plan again, or apply with --on-conflict overwrite."
            )
        case .ticketNotRead:
            (
                "The ticket was looked for and not found, so the AI may be handling it, or the row's "
                    + "preconditions, or a condition of --where, cannot be checked.",
                "Check the id. --unread send sends such rows nevertheless."
            )
        case .planChanged:
            (
                "The plan's file was changed after its approval, so the row's ticket and values are not known.",
                "Plan again, in a folder that only you can write to."
            )
        case .cannotBeUndone:
            (
                "The row would undo a change that no update can undo.",
                "Read its message. --only undoes the other fields of such a ticket."
            )
        case .otherShard:
            (
                "The row belongs to another shard of the input, whose run carries it out.",
                "Nothing: `mava-bulk report merge` makes one report of all shards."
            )
        case .aiHandling:
            (
                "The AI is handling the ticket, and an assignee would take it over.",
                "Wait, or assign it nevertheless with --allow-ai-handoff."
            )
        case .valueUnmapped:
            (
                "The map of values has no line for the value.",
                "Add a line to the file of --map, or choose with --unmapped what becomes of such values."
            )
        }
    }
}
