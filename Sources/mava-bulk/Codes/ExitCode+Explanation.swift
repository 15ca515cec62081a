extension ExitCode {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(
            code: "\(rawValue)", name: name, kind: .exit, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .success: ("Every row is updated or was already right.", "Nothing.")
        case .internalError:
            (
                "A file or stream that the system refuses, a read that Mava refuses, too little memory or "
                    + "too few threads to begin, or a defect of the program.",
                "Read the message. Report it if it is a defect."
            )
        case .usage: ("Wrong usage or configuration.", "Read the message.")
        case .someRowsFailed:
            (
                "Finished, but some rows failed, conflicted, were held, invalid or unknown. `plan`: some "
                    + "rows would not be carried out. `verify`: a ticket has moved, is gone or could not be "
                    + "checked. `runs prune`: some runs were left alone.",
                "Correct failed.csv (or failed.jsonl) and apply it."
            )
        case .key:
            (
                "The key is missing or was rejected.",
                "Replace the key, then `mava-bulk resume last` if a run began."
            )
        case .stoppedEarly:
            (
                "Stopped early: outage, untrusted certificate, answers that are not Mava's, no usable libcurl, "
                    + "local shortage, too many failures, deadline, hours of --window over, a stop in the "
                    + "control file. `report merge`: a shard has not ended.",
                "`mava-bulk resume last` if a run began, else the same command later."
            )
        case .unusableInput:
            (
                "The input, the plan or its approvals are unusable, or none of the tickets was found. "
                    + "`report merge`: a row is not in exactly one shard, or sums differ. This command sent "
                    + "nothing.",
                "Read the message."
            )
        case .refused:
            (
                "A guard or the person said no, approvals are missing, tickets changed and --on-conflict stop was "
                    + "given, or a later run undid or retried the run to resume. Nothing was sent.",
                "Look at the plan again. `--waive RULE=N` lets a plan pass a guard."
            )
        case .locked:
            (
                "Another run holds the lock. `report merge`: a shard is still running.",
                "Wait for it."
            )
        case .hookFailed:
            (
                "A hook failed and --require-hook was given: nothing was sent, or the run was otherwise fine.",
                "Read the message and correct the hook. `mava-bulk resume last` if a run began."
            )
        case .changes:
            (
                "`plan --detailed-exitcode`: there are changes. `plan diff`: the plans differ.",
                "Nothing: this is an answer, not an error."
            )
        case .hungUp:
            (
                "Interrupted by SIGHUP. The journal is whole.",
                "`mava-bulk resume last` if a run began."
            )
        case .interrupted:
            (
                "Interrupted by SIGINT. The journal is whole.",
                "`mava-bulk resume last` if a run began."
            )
        case .terminated:
            (
                "Interrupted by SIGTERM. The journal is whole.",
                "`mava-bulk resume last` if a run began."
            )
        }
    }
}
