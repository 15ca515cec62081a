import Synchronization

/// The state shared by the sandbox's threads and its callers.
final class SandboxCore: Sendable {
    let configuration: SandboxConfiguration
    let state: Mutex<SandboxState>
    let log: RequestLog?
    let saver: StateSaver?
    private let stopping = Atomic(false)

    /// - Parameters:
    ///   - configuration: The sandbox's configuration.
    ///   - state: What requests read and change.
    /// - Throws: `SandboxError` with `write` when the log cannot be opened.
    init(configuration: SandboxConfiguration, state: SandboxState) throws(SandboxError) {
        self.configuration = configuration
        if let path = configuration.savePath { try SandboxFile.checkPlace(path) }
        if let destination = configuration.log {
            log = try RequestLog(
                destination, organisations: configuration.workspace.organisationNames)
        } else {
            log = nil
        }
        saver = configuration.savePath.map { path in
            StateSaver(path: path, interval: configuration.saveInterval, now: EventLoop.now())
        }
        self.state = Mutex(state)
    }

    /// Whether the loop should end.
    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks the loop to end; the caller must then wake it.
    func stop() {
        stopping.store(true, ordering: .releasing)
    }

    /// Called by the loop after each round.
    func afterRound(now: UInt64) {
        log?.flush()
        saver?.saveIfDue(now: now) { state.withLock { ($0.workspace, $0.revision) } }
    }

    /// Called by the loop at its end.
    func finish() {
        log?.flush()
        let (workspace, revision) = state.withLock { ($0.workspace, $0.revision) }
        saver?.finish(workspace, revision: revision)
    }
}
