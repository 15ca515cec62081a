package import BulkSystem
package import MavaAPI

/// The result of one request, reduced to what decides about its row and about the run.
package struct Answer: Hashable, Sendable {
    /// What the answer means.
    package enum Verdict: Hashable, Sendable {
        /// The server performed the update.
        case accepted
        /// The server refuses this update; sending it again cannot help.
        case refused(FailureCode)
        /// The server seems to have accepted the update, but in a form that the contract does not define.
        ///
        /// Its ticket has to be read.
        case unconfirmed
        /// The key was rejected, so no other request will be accepted either.
        case keyRejected
        /// The server's certificate is not trusted: nothing was sent, and nothing else can be.
        case untrusted
        /// This machine cannot send, and waiting does not help: libcurl is missing or fails.
        case unsendable(mayHaveReachedServer: Bool)
        /// The server asks to wait, for this long if it says so, and has not done the update.
        case busy(retryAfter: Nanoseconds?)
        /// The server is in trouble (500, 502, 503, 504); it may or may not have done the update.
        case serverError
        /// This machine was short of descriptors, memory or ports: nothing was sent, and waiting can help.
        case shortage
        /// No complete answer arrived.
        case noAnswer(FailureCode, mayHaveReachedServer: Bool)
        /// The request was abandoned because the run ends at once.
        case abandoned(mayHaveReachedServer: Bool)
    }

    /// What the answer means.
    package var verdict: Verdict
    /// Whether there was no answer, or one that may not come from the API.
    package var isForeign: Bool
    /// The HTTP status; `nil` when there was no answer.
    package var status: Int?
    /// A message about the problem; `nil` when there was none.
    package var message: String?
    /// What the answer says about the quota; `nil` when there was no answer.
    package var reading: QuotaReading?
    /// Whether there was no answer because a connection that had carried other requests ended.
    package var isOfReusedConnection = false

    package init(
        _ verdict: Verdict, status: Int? = nil, message: String? = nil,
        reading: QuotaReading? = nil, isForeign: Bool? = nil
    ) {
        self.verdict = verdict
        if case .noAnswer = verdict, status == nil {
            self.isForeign = true
        } else {
            self.isForeign = isForeign ?? false
        }
        self.status = status
        self.message = message
        self.reading = reading
    }

    /// Makes the result of a request without a complete answer.
    package init(_ error: TransportError) {
        let verdict: Verdict =
            switch error.code {
            case .cancelled: .abandoned(mayHaveReachedServer: error.mayHaveReachedServer)
            case .timeout:
                .noAnswer(.timedOut, mayHaveReachedServer: error.mayHaveReachedServer)
            case .malformedResponse, .tooLarge:
                .noAnswer(.unexpectedAnswer, mayHaveReachedServer: error.mayHaveReachedServer)
            case .untrusted: .untrusted
            case .localShortage: .shortage
            case .unavailable: .unsendable(mayHaveReachedServer: error.mayHaveReachedServer)
            case .resolve, .connect, .tls, .connectionLost:
                .noAnswer(.connectionFailed, mayHaveReachedServer: error.mayHaveReachedServer)
            }
        self.init(verdict, message: error.message)
        isOfReusedConnection = error.isOfReusedConnection
    }
}

/// Sends one update and returns the result: the executor's view of the API.
package protocol TicketWriting: Sendable {
    /// Sends the update once, without retries; returns promptly when the task is cancelled.
    func write(_ update: TicketUpdate) async -> Answer
}
