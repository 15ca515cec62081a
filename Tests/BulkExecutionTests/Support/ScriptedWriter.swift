import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization

@testable import BulkExecution

/// A writer that answers from a script and records the updates it received.
final class ScriptedWriter: TicketWriting {
    private struct State {
        var sent: [TicketUpdate] = []
        var inFlight = 0
        var peak = 0
        var napping = 0
    }

    private let state = Mutex(State())
    private let received = ObservedCount()
    private let latency: Duration
    private let clock: ManualClock?
    private let script: @Sendable (TicketUpdate, Int) async -> Answer

    /// Makes a writer.
    ///
    /// The script gets the update and its number in the order of arrival.
    ///
    /// - Parameters:
    ///   - latency: How long each answer takes on the clock.
    ///   - clock: The test's clock.
    ///   - script: What to answer.
    init(
        latency: Duration = .zero, clock: ManualClock? = nil,
        _ script: @escaping @Sendable (TicketUpdate, Int) async -> Answer
    ) {
        self.latency = latency
        self.clock = clock
        self.script = script
    }

    /// Accepts everything.
    convenience init() { self.init { _, _ in .updated } }

    var sent: [TicketUpdate] { state.withLock { $0.sent } }
    /// How many requests wait for the test's clock.
    var napping: Int { state.withLock { $0.napping } }
    var peak: Int { state.withLock { $0.peak } }

    func waitForRequests(_ count: Int) async throws { try await received.wait(forAtLeast: count) }

    func write(_ update: TicketUpdate) async -> Answer {
        let number = state.withLock { state in
            state.sent.append(update)
            state.inFlight += 1
            state.peak = max(state.peak, state.inFlight)
            return state.sent.count - 1
        }
        received.add()
        let answer = await script(update, number)
        await nap()
        state.withLock { $0.inFlight -= 1 }
        return answer
    }

    private func nap() async {
        guard let clock, latency > .zero else { return }
        state.withLock { $0.napping += 1 }
        // A request that is given up is answered at once; the run knows the reason.
        try? await clock.sleep(for: latency)
        state.withLock { $0.napping -= 1 }
    }
}

extension Answer {
    static let updated = Answer(.accepted, status: 200)
    static let abandoned = Answer(.abandoned(mayHaveReachedServer: true), message: "given up")
    static let serverError = Answer(.serverError, status: 500, message: "Internal server error")
    static let lost = Answer(
        .noAnswer(.connectionFailed, mayHaveReachedServer: true), message: "connection lost")
    static let unreachable = Answer(
        .noAnswer(.connectionFailed, mayHaveReachedServer: false), message: "connection refused")
    static let notFound = Answer(
        .refused(.ticketNotFound), status: 400, message: "Ticket not found")
    static let unauthorized = Answer(.keyRejected, status: 401, message: "Unauthorized")
    static func busy(_ seconds: Int?) -> Answer {
        let wait = seconds.map(Nanoseconds.seconds)
        return Answer(
            .busy(retryAfter: wait), status: 429,
            reading: QuotaReading(isBusy: true, retryAfter: wait))
    }
}
