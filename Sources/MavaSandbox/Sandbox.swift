import CLibrary
import Synchronization

/// A local Mava for rehearsals: an HTTP/1.1 server that keeps the contract of Mava's API.
///
/// It runs on a thread of its own from `start` until `stop`.
public final class Sandbox: Sendable {
    /// The base URL, such as `http://127.0.0.1:49152`.
    public let address: String
    /// The port it listens on.
    public let port: UInt16
    /// Whether only this machine can reach it.
    public let isLoopback: Bool
    /// The token that `/_sandbox/` requires in `x-sandbox-token`.
    public let adminToken: String
    /// The API keys of the workspace's organisations, in the workspace's order.
    public let apiKeys: [String]

    private let core: SandboxCore
    /// The writing end of the loop's pipe, followed by the reading end.
    private let wakeUp: Int32
    private let wakeUpEnd: Int32
    private let thread: Mutex<LoopThread?>

    /// Starts a sandbox.
    ///
    /// - Parameter configuration: What it holds and how it behaves.
    /// - Returns: The running sandbox, which already accepts connections.
    /// - Throws: `SandboxError` when it cannot listen or start.
    public static func start(
        _ configuration: SandboxConfiguration
    ) throws(SandboxError) -> Sandbox {
        try Sandbox(configuration)
    }

    private init(_ configuration: SandboxConfiguration) throws(SandboxError) {
        let (listener, port, isLoopback) = try Socket.listen(
            host: configuration.host, port: configuration.port)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            Socket.close(listener)
            throw SandboxError(.system, "cannot make a pipe: too many files are open")
        }
        for end in ends { Socket.setUp(end) }
        var generator = SystemRandomNumberGenerator()
        let token = [generator.next(), generator.next()]
        adminToken = token.map { (word: UInt64) in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        self.port = port
        self.isLoopback = isLoopback
        let host = configuration.host
        address = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        apiKeys = configuration.workspace.apiKeys
        (wakeUp, wakeUpEnd) = (ends[1], ends[0])
        do throws(SandboxError) {
            let core = try SandboxCore(
                configuration: configuration,
                state: SandboxState(
                    configuration: configuration, host: address, adminToken: adminToken,
                    now: configuration.clock.monotonic()))
            self.core = core
            let loopEnd = ends[0]
            thread = Mutex(
                try LoopThread.start {
                    EventLoop(core: core, listener: listener, wakeUp: loopEnd).run()
                })
        } catch {
            for descriptor in ends + [listener] { Socket.close(descriptor) }
            throw error
        }
    }

    deinit {
        endLoop()
        Socket.close(wakeUp)
        Socket.close(wakeUpEnd)
    }

    /// Stops the server: sends the pending answers, closes the connections and waits for the
    /// thread.
    ///
    /// This takes no longer than answering what has already arrived. A second call does nothing.
    public func stop() {
        endLoop()
    }

    /// An error of the log or the saved state, if there was one.
    ///
    /// The sandbox continues to serve, because a rehearsal is worth more than its record. Ask again
    /// after `stop`, which writes the state for the last time.
    public var problem: SandboxError? { core.log?.failure ?? core.saver?.failure }

    /// What the sandbox has seen so far.
    public var stats: SandboxStats { core.state.withLock { $0.stats } }

    /// The workspace after all requests so far.
    public var workspace: Workspace { core.state.withLock { $0.workspace } }

    /// A ticket's current state by its id, from the first organisation that has it.
    ///
    /// - Parameter id: The ticket's id.
    /// - Returns: The ticket, or nil when there is none.
    public func ticket(_ id: String) -> TicketState? { workspace.ticket(id) }

    /// The audit messages of one ticket or of all, oldest first in each organisation.
    ///
    /// - Parameter ticketID: The ticket's id; nil for all tickets.
    /// - Returns: The messages.
    public func audit(ticketID: String? = nil) -> [AuditMessage] {
        core.state.withLock { $0.auditMessages(ticketID: ticketID, skip: 0, limit: .max).messages }
    }

    /// Resets workspace, quota and statistics to their initial state.
    public func reset() {
        let now = core.configuration.clock.monotonic()
        core.state.withLock { $0.reset(now: now) }
    }

    private func endLoop() {
        guard let thread = thread.withLock({ $0.take() }) else { return }
        core.stop()
        var byte: UInt8 = 1
        _ = write(wakeUp, &byte, 1)
        thread.join()
    }
}

/// Runs a sandbox while a closure runs.
///
/// - Parameters:
///   - configuration: What it holds and how it behaves.
///   - body: Uses the sandbox.
/// - Returns: What the body returns.
/// - Throws: `SandboxError` when the sandbox cannot start, and what the body throws.
public func withSandbox<R>(
    _ configuration: SandboxConfiguration, _ body: (Sandbox) async throws -> R
) async throws -> R {
    let sandbox = try Sandbox.start(configuration)
    defer { sandbox.stop() }
    return try await body(sandbox)
}
