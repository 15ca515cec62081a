import Synchronization

/// What the sandbox's threads and its callers share.
final class SandboxCore: Sendable {
    let configuration: SandboxConfiguration
    let state: Mutex<SandboxState>
    private let stopping = Atomic(false)

    init(configuration: SandboxConfiguration, state: SandboxState) {
        self.configuration = configuration
        self.state = Mutex(state)
    }

    /// Whether the loop should end.
    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks the loop to end; somebody must wake it.
    func stop() {
        stopping.store(true, ordering: .releasing)
    }

    /// Called by the loop after each round.
    func afterRound() {}
}
