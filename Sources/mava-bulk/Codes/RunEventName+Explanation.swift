extension RunEvent.Name {
    /// What the event says, and what to do.
    var explanation: CodeExplanation {
        CodeExplanation(
            code: rawValue, kind: .event, meaning: meaning,
            remedy: "Nothing: docs/events.md describes its members.")
    }

    private var meaning: String {
        switch self {
        case .hello: "The first event of a command. It names the format and its version."
        case .planned: "The plan is ready to be approved."
        case .started: "The run has its directory and is about to send."
        case .row: "A row has its outcome."
        case .wait: "The run waits for something else than before."
        case .control: "The run obeys its control file."
        case .canary: "The tickets of --canary were read again."
        case .progress: "How far the run is."
        case .stopped: "A signal or the control file stops the run."
        case .end: "The last event of a command, also after an error."
        }
    }
}

extension HookEvent {
    /// What the event says, and what to do.
    var explanation: CodeExplanation {
        CodeExplanation(
            code: rawValue, kind: .hook, meaning: meaning,
            remedy: "Nothing: docs/hooks.md describes what a hook gets.")
    }

    private var meaning: String {
        switch self {
        case .planned: "The plan is ready to be approved."
        case .refused: "The command ended with an error, and nothing was sent."
        case .started: "The run has its directory and is about to send."
        case .waiting: "The run waits for something else than its own quota."
        case .canary: "The tickets of --canary were read again."
        case .stopped: "A signal stopped the command, or the run ended before its plan's end."
        case .finished: "The command came to its end."
        }
    }
}
