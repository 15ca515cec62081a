/// Who began a run, and where.
public struct RunStarter: Codable, Hashable, Sendable {
    /// The login name of the user.
    public var user: String?
    /// The name of the machine.
    public var host: String?
    /// The command line, without secrets.
    public var command: [String]?
    /// The address of the job that a build server ran.
    public var job: String?

    /// Describes a starter.
    public init(
        user: String? = nil, host: String? = nil, command: [String]? = nil, job: String? = nil
    ) {
        self.user = user
        self.host = host
        self.command = command
        self.job = job
    }
}
