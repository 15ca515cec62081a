package import MavaAPI
import Synchronization

/// A transport that answers from a script and records the requests.
package final class ScriptedTransport: HTTPTransport, Sendable {
    /// The script's answer to one request.
    package enum Reply: Sendable {
        /// An answer.
        case response(HTTPResponse)
        /// No answer, for this reason.
        case failure(TransportError)
        /// No answer until the task is cancelled.
        case silence

        /// An answer with a JSON body.
        package static func json(
            _ status: Int, _ body: String, headers: [(name: String, value: String)] = []
        ) -> Reply {
            let all = [("content-type", "application/json")] + headers.map { ($0.name, $0.value) }
            return .response(
                HTTPResponse(
                    status: status, headers: all.map { (name: $0.0, value: $0.1) },
                    body: Array(body.utf8)))
        }

        /// The answer to a successful update.
        package static var updated: Reply { .json(200, #"{"message":"Ticket updated"}"#) }

        /// The documented form of an error.
        package static func error(_ status: Int, _ text: String) -> Reply {
            .json(status, #"{"error":"\#(text)"}"#)
        }
    }

    private struct State {
        var requests: [HTTPRequest] = []
        var inFlight = 0
        var peakInFlight = 0
    }

    private let state = Mutex(State())
    private let received = ObservedCount()
    private let cancellations = ObservedCount()
    private let script: @Sendable (HTTPRequest, Int) async -> Reply

    /// Answers every request from a script.
    ///
    /// - Parameter script: Takes the request and its number in order of arrival, from 0.
    package init(_ script: @escaping @Sendable (HTTPRequest, Int) async -> Reply) {
        self.script = script
    }

    /// Answers with these replies in order of arrival, and repeats the last one.
    package convenience init(replies: [Reply]) {
        precondition(!replies.isEmpty, "a script needs a reply")
        self.init { _, number in replies[min(number, replies.count - 1)] }
    }

    /// The requests in order of arrival.
    package var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// How many requests were sent.
    package var requestCount: Int { received.value }
    /// How many requests are waiting for their answer.
    package var inFlight: Int { state.withLock { $0.inFlight } }
    /// The most requests that waited for an answer at the same time.
    package var peakInFlight: Int { state.withLock { $0.peakInFlight } }

    /// Waits until at least `count` requests were sent.
    ///
    /// - Throws: `CancellationError` when the waiting task is cancelled first.
    package func waitForRequests(_ count: Int) async throws {
        try await received.wait(forAtLeast: count)
    }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard !Task.isCancelled else { throw Self.cancelled(reached: false) }
        let number = state.withLock { state in
            state.requests.append(request)
            state.inFlight += 1
            state.peakInFlight = max(state.peakInFlight, state.inFlight)
            return state.requests.count - 1
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        received.add()
        switch await script(request, number) {
        case .response(let response):
            guard !Task.isCancelled else { throw Self.cancelled(reached: true) }
            return response
        case .failure(let error): throw error
        case .silence:
            do {
                // This count never grows, so only the task's own cancellation ends the wait.
                try await cancellations.wait(forAtLeast: 1)
            } catch {}
            throw Self.cancelled(reached: true)
        }
    }

    private static func cancelled(reached: Bool) -> TransportError {
        TransportError(
            code: .cancelled, message: "The request was cancelled.",
            mayHaveReachedServer: reached)
    }
}
