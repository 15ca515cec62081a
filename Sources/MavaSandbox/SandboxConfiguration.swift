/// The configuration of a sandbox.
public struct SandboxConfiguration: Sendable {
    /// The address to listen on, normally loopback, because nothing is encrypted.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port: UInt16 = 0
    /// The initial contents of the sandbox.
    public var workspace: Workspace
    /// How many requests a key may make.
    public var quota = QuotaRule()
    /// Which faults occur, and when.
    public var faults = FaultPlan()
    /// The size limits of one request.
    package var limits = HTTPLimits()
    /// How many connections may be open at once, and how long they may be idle.
    package var connections = ConnectionLimits()
    /// Where to write one JSON line per request; nil for nowhere.
    package var log: LogDestination?
    /// The file that stores the state; nil to discard it.
    public var savePath: String?
    /// How often the state is saved while requests change it; it is always saved at the end.
    package var saveInterval: Duration = .seconds(5)
    /// The source of the time.
    package var clock = SandboxClock.system

    /// Makes a configuration with a workspace and the defaults.
    ///
    /// The defaults are a free port on loopback, the documented quota and no faults.
    ///
    /// - Parameter workspace: The initial contents of the sandbox.
    public init(workspace: Workspace) {
        self.workspace = workspace
    }
}

/// Where the log goes.
package enum LogDestination: Hashable, Sendable {
    /// A file, which is appended to.
    case file(String)
    /// A descriptor that the caller opened and closes, such as 2.
    case descriptor(Int32)
}

/// How many connections may be open, and the time limits of each.
package struct ConnectionLimits: Hashable, Sendable {
    /// The most connections at once; a further one is answered with 503 and closed.
    package var count = 1024
    /// How long a connection may be silent between requests, or may not accept its answer.
    package var idle: Duration = .seconds(60)
    /// How long the head of a request may take from its first byte.
    package var head: Duration = .seconds(10)
    /// How long a body may take from the end of its head.
    package var body: Duration = .seconds(30)

    /// The usual limits.
    package init() {}
}
