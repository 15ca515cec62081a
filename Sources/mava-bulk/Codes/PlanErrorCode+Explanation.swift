import BulkPlan

extension PlanError.Code {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .plan, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .inputEmpty:
            (
                "The input holds no record.",
                "Check the command that made it. --allow-empty makes an empty input a success."
            )
        case .columnsUnusable:
            (
                "The input has no ticket id column, no column with a change, the same column twice, or far more keys "
                    + "than its records have values.",
                "Rename the column, say with --column NAME=MEANING what it means, or leave out keys that are "
                    + "not needed."
            )
        case .inputChanged:
            (
                "The input changed between the first and the second reading.",
                "Plan again when no other program writes to the file."
            )
        case .inputTooLarge:
            ("The input holds more than 2,147,000,000 records.", "Split the file.")
        case .snapshotUnusable:
            (
                "The file of --snapshot cannot be read, or is not a listing of tickets.",
                "Make it with `mava-bulk export --output FILE`."
            )
        case .mapUnusable:
            (
                "A map of values cannot be read, or names what does not exist.",
                "Correct the line that the message names. `mava-bulk agents --map` writes a template."
            )
        case .valueUnusable:
            (
                "A value for all rows (--set, --default) names what does not exist.",
                "Use a name that `mava-bulk agents` or `mava-bulk categories` lists."
            )
        case .noTicketFound:
            (
                "None of the tickets was found.",
                "Check that key and snapshot belong to the tickets' organisation. Tickets are looked for at "
                    + "the times inside their ids: imported ones that were created at others are not found, "
                    + "and `--unread send` sends their rows without reading them."
            )
        case .tooManyChanges:
            (
                "The plan would change more tickets than allowed (--max-changes).",
                "Look at the plan. If it is right, raise the limit, or waive it with --waive."
            )
        case .tooLargeShare:
            (
                "The plan would change a larger share of the known tickets than allowed "
                    + "(--max-change-percent).",
                "Look at the plan. If it is right, raise the limit, or waive it with --waive."
            )
        case .shareUnknown:
            (
                "The share of changed tickets is limited, but no ticket is known.",
                "Let the tickets be read, or limit the number with --max-changes."
            )
        case .guardsUnusable:
            (
                "The file of guards cannot be read, or a guard names what does not exist.",
                "Correct it: `mava-bulk schema guards` prints its schema."
            )
        case .moreThanLastRuns:
            (
                "The plan would change more tickets than maxOfLastRuns allows beside earlier runs of its label.",
                "Look at the plan. If it is right, give the --waive that the message names."
            )
        case .lastRunsUnknown:
            (
                "The guards have maxOfLastRuns, and the plan has no label to find earlier runs by.",
                "Give --label with the name of the job."
            )
        case .ruleExceeded:
            (
                "The plan would change more tickets than a rule of the guards allows.",
                "Look at the plan. If it is right, waive the rule with --waive RULE=N."
            )
        case .ticketsProtected:
            (
                "The plan would change tickets that the guards protect.",
                "Delete those rows, or waive the rule with --waive RULE=N."
            )
        case .fieldsFilled:
            (
                "The plan would replace values of fields that it may only write where they are empty.",
                "Delete those rows, or waive the rule with --waive RULE=N."
            )
        case .rowsInvalid:
            (
                "Some rows are invalid, and --strict accepts none.",
                "Correct the rows that the plan names."
            )
        case .ticketsChanged:
            (
                "Tickets changed since the plan was made, and --on-conflict stop sends nothing then.",
                "Plan again."
            )
        case .outputOccupied:
            (
                "The file that should be written exists, and holds something that is not replaced unasked.",
                "Name another file, or add --force."
            )
        case .notAPlan: ("The file is not a plan.", "Name a file that `plan --output` wrote.")
        case .planTooNew:
            (
                "A newer version wrote the plan, in a format that this version does not know.",
                "Use that version, or plan again with this one."
            )
        case .headerChanged:
            (
                "The plan's header does not match its checksum: it was edited.",
                "Use an unchanged copy, or plan again. `plan edit` leaves rows out."
            )
        case .rowsChanged:
            (
                "The plan's rows do not match the plan's id: they were edited.",
                "Use an unchanged copy, or plan again. `plan edit` leaves rows out."
            )
        case .rowUnreadable:
            (
                "A row of the plan does not have the expected form: another program wrote it.",
                "Use an unchanged copy, or plan again."
            )
        case .planTruncated:
            ("The plan ends before its last row.", "Copy the file again, or plan again.")
        case .otherPlan:
            (
                "The plan is not the requested one.",
                "Compare its id with the one that was reviewed (--expect-plan)."
            )
        case .listUnusable:
            (
                "A file of rows to leave out cannot be read, or does not fit the plan.",
                "Write a row's number, a ticket's id or a link on each line."
            )
        case .rowMissing:
            (
                "An edit names a row that the plan does not have.",
                "Look at the numbers with `mava-bulk plan show PLAN --rows`."
            )
        case .rowUndecided:
            (
                "A condition asks what the plan does not hold of a row.",
                "Use another condition, or name the rows by their numbers."
            )
        case .requestShared:
            (
                "An edit leaves out some rows of a request, and the plan does not show what is left of it.",
                "Leave out all rows of the ticket, or none."
            )
        case .outputIsInput:
            ("The file that should be written is one that the command uses.", "Name another file.")
        case .otherServer:
            (
                "The plan was made for a different API than the one it is applied to.",
                "Give the same --base-url or --sandbox as for the plan, or plan again."
            )
        case .otherOrganisation:
            (
                "The plan was made for another organisation than the key's: they have no agent in common.",
                "Use the organisation's own key or --profile. `mava-bulk agents` shows whose key it is."
            )
        }
    }
}
