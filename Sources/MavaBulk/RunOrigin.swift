internal import BulkSystem

/// The origin of a run's connection: facts that the library cannot know and `resume` needs again.
public struct RunOrigin: Hashable, Sendable {
    /// Where the API key was read.
    public enum KeySource: Hashable, Sendable {
        /// A file, by its absolute path.
        case file(String)
        /// A variable of the environment.
        case variable(String)
        /// Somewhere that cannot be read a second time, such as a pipe, or the caller's own memory.
        case unknown
    }

    /// Where the API key was read; never the key.
    public var key = KeySource.unknown
    /// The absolute path of the PEM file with the trusted authorities; `nil` for the system's.
    public var caFile: String?
    /// The absolute path of the workspace that an embedded sandbox was started with; `nil` without one.
    public var sandbox: String?
    /// The absolute path of the guards that the plan was checked with; `nil` without such a file.
    public var guards: String?
    /// The absolute path of the look-ups in which names were looked up; `nil` without such a file.
    public var lookups: String?
    /// The profile of the configuration files that the run used; `nil` for none.
    public var profile: String?
    /// Whether the run asked no questions, so that the command to resume it asks none either.
    public var isUnattended = false
    /// The share of rows that may fail without changing the exit code, such as `1%`; `nil` for none.
    public var acceptFailures: String?

    /// Who begins the run, and where; `nil` to leave that out.
    public var starter: RunStarter?

    /// Makes an unknown origin.
    public init() {}
}

extension RunSettings {
    /// The settings of a run that begins.
    init(_ run: BulkRun, _ header: PlanHeader) {
        let quota = run.connection.quota
        self.init(
            tool: "mava-bulk \(ToolVersion.current)", plan: header.id,
            quota: (run.connection.timetable ?? QuotaTimetable(quota)).text,
            timeout: Self.text(run.connection.reader.timeout),
            concurrency: run.execution.concurrency,
            giveUpAfter: Self.text(run.execution.giveUpAfter),
            onConflict: run.onConflict.rawValue, unattended: run.origin.isUnattended)
        baseURL = run.origin.sandbox == nil ? run.connection.baseURL : nil
        quotaShare = quota.share == quota.requests ? nil : "\(quota.share)/\(quota.requests)"
        maxFailures = run.execution.maxFailures
        acceptFailures = run.origin.acceptFailures
        deadline = run.execution.deadline.map(Self.text)
        drain = Self.text(run.execution.drain)
        window = run.execution.windows?.text
        notWindow = run.execution.windows?.exceptionsText
        outside = run.execution.windows?.outside.rawValue
        switch run.origin.key {
        case .file(let path): keyFile = path
        case .variable(let name): keyVariable = name
        case .unknown: break
        }
        caFile = run.origin.caFile
        sandbox = run.origin.sandbox
        guards = run.origin.guards
        lookups = run.origin.lookups
        profile = run.origin.profile
        label = run.label
        startedAt = CivilTime.iso8601(millisecondsSince1970: SystemTime.millisecondsSince1970())
        // Whatever text holds the key is a mistake of the person who typed it, and is not kept.
        let key = run.connection.reader.key
        label = label.map { SecretText.removed(from: $0, key: key) }
        var starter = run.origin.starter
        if let known = starter {
            starter?.command = known.command?.map { SecretText.removed(from: $0, key: key) }
            starter?.job = known.job.map { SecretText.removed(from: $0, key: key) }
        }
        self.starter = starter
        follows = header.follows
        shard = header.shard
        requireApprovals = run.approvals?.count
    }

    /// A span of time as an option takes it.
    private static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        return milliseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + milliseconds)ms"
    }
}
