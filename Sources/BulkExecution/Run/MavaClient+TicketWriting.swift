import BulkSystem
package import MavaAPI

extension MavaClient: TicketWriting {
    package func write(_ update: TicketUpdate) async -> Answer {
        do throws(TransportError) {
            return Answer(try await self.update(update))
        } catch {
            return Answer(error)
        }
    }
}

extension Answer {
    /// Reduces the answer to an update.
    ///
    /// - Parameters:
    ///   - answer: The answer.
    ///   - timeOfDay: Milliseconds since 1970, for headers that name a point in time in an answer without a
    ///     date.
    package init(
        _ answer: UpdateAnswer, timeOfDay: () -> Int64 = SystemTime.millisecondsSince1970
    ) {
        let reading = QuotaReading(answer.response, timeOfDay: timeOfDay)
        let verdict: Verdict =
            switch answer.meaning {
            case .updated: .accepted
            case .refused(let refusal): .refused(FailureCode(refusal))
            case .unauthorized, .forbidden: .keyRejected
            case .rateLimited: .busy(retryAfter: reading.retryAfter)
            case .unavailable:
                reading.isBusy ? .busy(retryAfter: reading.retryAfter) : .serverError
            case .serverError: .serverError
            case .lost: .noAnswer(.timedOut, mayHaveReachedServer: true)
            case .unconfirmed: .unconfirmed
            // Something between this program and the API answered, before or after the API did its work.
            case .unexpected: .noAnswer(.unexpectedAnswer, mayHaveReachedServer: true)
            }
        self.init(
            verdict, status: answer.response.status,
            message: verdict == .accepted ? nil : answer.message, reading: reading,
            isForeign: answer.isForeign)
    }
}

extension FailureCode {
    /// Returns the failure code of a refusal.
    package init(_ refusal: UpdateRefusal) {
        self =
            switch refusal {
            case .ticketNotFound: .ticketNotFound
            case .categoryNotFound: .categoryNotFound
            case .assigneeNotFound: .assigneeNotFound
            case .invalidStatusOrPriority: .invalidStatusOrPriority
            case .other: .refused
            }
    }
}
