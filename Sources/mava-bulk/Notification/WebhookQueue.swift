import BulkSystem
import MavaAPI
import Synchronization

/// Sends requests to a webhook or a monitor, one after another, beside the run.
final class WebhookQueue: Sendable {
    /// The most that one try may take.
    static let timeout = Duration.seconds(10)
    /// How often a request is tried.
    static let tries = 2
    /// The requests that wait while one is sent; of more, the latest are kept.
    private static let longest = 2

    /// A request, and what a warning calls it.
    private struct Item {
        var name: String
        var request: HTTPRequest
    }

    private let transport: any HTTPTransport
    private let pause: Duration
    private let warn: @Sendable (String) -> Void
    private let items: AsyncStream<Item>
    private let continuation: AsyncStream<Item>.Continuation
    private let sender = Mutex<Task<Void, Never>?>(nil)

    /// Makes a queue that sends nothing yet.
    ///
    /// - Parameters:
    ///   - transport: How it is sent.
    ///   - pause: The time between two tries.
    ///   - warn: Reports what could not be sent.
    init(
        transport: any HTTPTransport, pause: Duration = .seconds(1),
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.transport = transport
        self.pause = pause
        self.warn = warn
        (items, continuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(Self.longest))
    }

    /// Adds a request.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - name: What a warning calls it.
    func add(_ request: HTTPRequest, named name: String) {
        if case .dropped(let older) = continuation.yield(Item(name: name, request: request)) {
            warn("\(older.name) was not sent: newer ones were waiting")
        }
        sender.withLock { sender in
            // The events that are sent come from any task, and the run must not wait for them.
            sender = sender ?? Task { await self.sendAll() }
        }
    }

    /// Waits until everything is sent or given up.
    func finish() async {
        continuation.finish()
        await sender.withLock { $0 }?.value
    }

    private func sendAll() async {
        for await item in items {
            if let problem = await problem(with: item.request) {
                warn("\(item.name) was not sent: \(problem)")
            }
        }
    }

    /// Sends a request.
    ///
    /// - Returns: Why it was not taken; `nil` where it was.
    private func problem(with request: HTTPRequest) async -> String? {
        var problem: String?
        for number in 1...Self.tries {
            if number > 1 {
                do { try await Task.sleep(for: pause) } catch { return problem }
            }
            do throws(TransportError) {
                let status = try await transport.send(request).status
                if (200...299).contains(status) { return nil }
                problem = "the answer was \(status)"
                guard status >= 500 || status == 429 else { return problem }
            } catch {
                problem = Self.words(error.code)
            }
        }
        return problem
    }

    /// An error in words; libcurl's own can repeat the address.
    private static func words(_ code: TransportError.Code) -> String {
        switch code {
        case .resolve: "its host was not found"
        case .connect: "there was no connection"
        case .tls: "TLS failed"
        case .untrusted: "its certificate is not trusted"
        case .timeout: "there was no answer within \(timeout.components.seconds) s"
        case .connectionLost: "the connection was lost"
        case .malformedResponse: "the answer is not HTTP"
        case .tooLarge: "the answer is too large"
        case .cancelled, .unavailable, .localShortage: "this machine cannot send for the moment"
        }
    }
}
