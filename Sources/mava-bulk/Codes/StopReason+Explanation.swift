import BulkExecution

extension StopReason.Code {
    /// What the reason means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .stop, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        let resume = "Go on with `mava-bulk resume last`."
        return switch self {
        case .finished: ("Every row has its outcome.", "Look at the outcomes in report.csv.")
        case .interrupted: ("A signal or Ctrl-C stopped the run. Nothing is lost.", resume)
        case .stopRequested:
            (
                "The run's control file said `stop`. Nothing is lost.",
                "Go on with `mava-bulk resume last`: a line that was there before is ignored."
            )
        case .keyRejected:
            ("Mava rejected the key.", "Replace the key, then `mava-bulk resume last`.")
        case .untrustedServer:
            (
                "The server's certificate is not trusted, so the key was not sent to it.",
                "Check --base-url, the proxy and --ca-file, then `mava-bulk resume last`."
            )
        case .transportUnavailable:
            (
                "This machine cannot send: libcurl is missing or fails.",
                "`mava-bulk check` says what is wrong. Then `mava-bulk resume last`."
            )
        case .localShortage:
            (
                "This machine was short of descriptors, memory or ports for longer than --give-up-after.",
                "Free what the message names, then `mava-bulk resume last`."
            )
        case .outage:
            (
                "Mava did not work, or asked to wait, for longer than --give-up-after.",
                "`mava-bulk resume last` when Mava works again, or wait longer with --give-up-after."
            )
        case .tooManyFailures:
            (
                "More rows failed than --max-failures allows; without it, each of the first 20 updates was refused "
                    + "for a reason that is not documented.",
                "Look at their errorCode in report.csv. Then `mava-bulk resume last`, with a higher "
                    + "--max-failures if they are harmless."
            )
        case .deadline: ("The time of --deadline is over.", resume)
        case .windowClosed:
            (
                "It is not, or no longer, in the hours of --window, or it is in those of --not-window.",
                "`mava-bulk resume last` in the next hours. With --outside wait a run waits for them."
            )
        case .canary:
            (
                "The rows of --canary were sent, and the rest was not.",
                "Look at these tickets. Then `mava-bulk resume last`."
            )
        case .journalFailure:
            (
                "The journal could not be written, or another program changed it.",
                "Make room on the disk or correct the file's permissions, then `mava-bulk resume last`."
            )
        case .planUnreadable:
            (
                "The plan in the run's directory could not be read to its end.",
                "Put plan.jsonl back as it was, then `mava-bulk resume last`."
            )
        }
    }
}
