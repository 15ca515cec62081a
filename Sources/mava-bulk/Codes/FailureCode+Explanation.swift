import BulkExecution

extension FailureCode {
    /// What the code means, and what to do.
    var explanation: CodeExplanation {
        let (meaning, remedy) = texts
        return CodeExplanation(code: rawValue, kind: .request, meaning: meaning, remedy: remedy)
    }

    private var texts: (meaning: String, remedy: String) {
        switch self {
        case .ticketNotFound:
            (
                "400: the server does not know the ticket. The row is `unknown` where an attempt before had "
                    + "no answer that says what became of it.",
                "Check the id, and that the key belongs to the ticket's organisation."
            )
        case .categoryNotFound:
            (
                "400: the server does not know the category.",
                "Plan again: the category was archived after the plan was made."
            )
        case .assigneeNotFound:
            (
                "400: the server does not know the assignee.",
                "Plan again: the agent left after the plan was made."
            )
        case .invalidStatusOrPriority:
            (
                "400: the server refuses the status or the priority.",
                "Read the row's message, and look at the ticket in the dashboard."
            )
        case .refused:
            (
                "400 with another text, or another status from 402 to 499.",
                "Read the row's message: it has the server's own words."
            )
        case .keyRejected:
            (
                "401, or 403 with the API's JSON: the key was rejected.",
                "Replace the key, then resume the run."
            )
        case .rateLimited:
            (
                "429 until the program's patience ended: others use the quota of the key.",
                "Resume the run later, or give each user a part with --quota-share."
            )
        case .serverError: ("5xx on the last attempt.", "`mava-bulk retry last`, later.")
        case .unexpectedAnswer:
            (
                "An answer that is not the API's: a redirect, a page of a proxy or firewall, a foreign body.",
                "Check --base-url and the proxy, then `mava-bulk retry last`."
            )
        case .connectionFailed:
            (
                "No connection, on every attempt.",
                "Check the network and the proxy, then resume the run."
            )
        case .timedOut:
            (
                "No answer came within --timeout, on every attempt.",
                "`mava-bulk retry last`, later or with a longer --timeout."
            )
        case .givenUp:
            (
                "The run ended before the answer to a request came, so its effect is unknown.",
                "Resume the run: it reads the ticket first."
            )
        case .notSent: ("The run ended before the request was sent.", "Resume the run.")
        }
    }
}
