/// Everything that a sandbox is started with.
public struct SandboxConfiguration: Sendable {
    /// Where to listen: loopback, unless there is a good reason, as nothing is encrypted.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port: UInt16 = 0
    /// What the sandbox holds at the start.
    public var workspace: Workspace
    /// How many requests a key may make.
    public var quota = QuotaRule()
    /// What goes wrong, and when.
    public var faults = FaultPlan()
    /// How much one request may bring.
    package var limits = HTTPLimits()
    /// How many connections may be open at once, how long they may idle.
    package var connections = ConnectionLimits()
    /// Where a line a request is written, as JSON Lines; nil for nowhere.
    package var log: LogDestination?
    /// The file that keeps the state; nil to forget it.
    public var savePath: String?
    /// How often the state is saved while requests change it; it is saved at the end in any case.
    package var saveInterval: Duration = .seconds(5)
    /// Where the time comes from.
    package var clock = SandboxClock.system

    /// Makes a configuration with a workspace and the usual settings: a free port on loopback, the
    /// documented quota, no faults.
    ///
    /// - Parameter workspace: What the sandbox holds at the start.
    public init(workspace: Workspace) {
        self.workspace = workspace
    }
}

/// Where the log goes.
package enum LogDestination: Hashable, Sendable {
    /// A file, which is appended to.
    case file(String)
    /// A descriptor that somebody else opened and closes, such as 2.
    case descriptor(Int32)
}

/// How many connections may be open, and how long each may take its time.
package struct ConnectionLimits: Hashable, Sendable {
    /// Connections at once; one more is answered with 503 and closed.
    package var count = 1024
    /// How long a connection may be silent between requests, or not take its answer.
    package var idle: Duration = .seconds(60)
    /// How long the head of a request may take from its first byte.
    package var head: Duration = .seconds(10)
    /// How long a body may take from the end of its head.
    package var body: Duration = .seconds(30)

    /// The usual limits.
    package init() {}
}
