/// A malformed request; the connection is closed after the answer.
struct HTTPFailure: Error, Equatable {
    /// The status to answer with.
    var status: Int
    /// What was wrong, for the log and the answer.
    var reason: String

    init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}
