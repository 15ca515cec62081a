import BulkSystem
import MavaBulk
import MavaSandbox

/// A command's server: Mava, or the embedded sandbox.
struct CommandConnection {
    let mava: MavaConnection
    /// The embedded sandbox, if the command runs against one.
    let sandbox: EmbeddedSandbox?
    private let wasShared: Bool

    /// Opens what the command line names.
    ///
    /// - Parameters:
    ///   - arguments: The command line.
    ///   - console: Reports when the quota cannot be shared.
    ///   - log: Keeps the last answer, if that is wanted.
    /// - Throws: A ``CommandFailure`` when the key, the address or the workspace cannot be used.
    init(_ arguments: ParsedArguments, _ console: Console, log: AnswerLog? = nil) throws {
        try Self.requireUsable(arguments)
        let environment = CurrentProcess.environment
        sandbox = try arguments[.sandbox].map(EmbeddedSandbox.init)
        let key: APIKey
        let baseURL: String
        if let sandbox {
            guard let sandboxKey = sandbox.sandbox.apiKeys.first.flatMap({ APIKey($0) }) else {
                throw CommandFailure(.unusableInput, "the workspace has no API key")
            }
            (key, baseURL) = (sandboxKey, sandbox.sandbox.address)
        } else {
            key = try KeySource(arguments, environment: environment).key()
            baseURL = arguments[.baseURL] ?? MavaClient.defaultBaseURL
        }
        console.events?.hide(key)
        let unencryptedHost = try arguments.unencryptedHost(of: baseURL)
        if let unencryptedHost {
            console.warn("the API key goes unencrypted to \(unencryptedHost), as --allow-http says")
        }
        try DescriptorNeeds.require(isSandboxed: arguments.has(.sandbox))
        let asked = try Self.askedConcurrency(arguments)
        let concurrency = try Self.concurrency(arguments)
        if concurrency < asked {
            console.say(
                "only \(Words.counted(concurrency, "request")) in flight instead of \(asked): this process may "
                    + "not open more files (ulimit -n)")
        }
        // Plain http to loopback needs no authorities from the environment.
        let authorities = try TrustedAuthorities(
            option: arguments[.caFile],
            environment: baseURL.lowercased().hasPrefix("http:") ? [:] : environment)
        let transport = CurlTransport(
            configuration: CurlTransport.Configuration(
                caFile: authorities.file, caDirectory: authorities.directory,
                maxConnections: concurrency))
        let sender = ReportingTransport(transport, console)
        let timetable = try Self.timetable(arguments)
        mava = try MavaConnection(
            baseURL: baseURL, key: key, quota: timetable.quota,
            timetable: timetable.isPlain ? nil : timetable,
            sharingIn: sandbox == nil ? environment : nil,
            transport: log.map { LoggingTransport(inner: sender, log: $0) } ?? sender,
            timeout: try RunArguments.timeout(arguments),
            patience: try arguments.duration(.giveUpAfter) ?? .seconds(300),
            unencryptedHost: unencryptedHost)
        let problem = mava.ledgerProblem
        wasShared = problem == nil
        if let problem { console.warn(problem) }
        mava.onNotice { console.warn($0) }
    }

    /// Refuses options about the connection that cannot be used; the key is not read for that.
    ///
    /// - Parameter arguments: The command line.
    /// - Throws: A ``CommandFailure`` of wrong usage, or a `ConfigurationError` about the address.
    static func requireUsable(_ arguments: ParsedArguments) throws {
        if arguments.has(.sandbox), arguments.isGiven(.baseURL) {
            throw CommandFailure.usage("--sandbox and --base-url contradict each other")
        }
        if !arguments.has(.sandbox), let baseURL = arguments[.baseURL] {
            try MavaClient.check(
                baseURL: baseURL, unencryptedHost: try arguments.unencryptedHost(of: baseURL))
        }
        _ = try askedConcurrency(arguments)
        _ = try timetable(arguments)
        _ = try arguments.duration(.timeout)
        _ = try arguments.duration(.giveUpAfter)
    }

    /// Reports, at the end of a command, that the quota stopped being shared at some point.
    func warnOfLostLedger(_ console: Console) {
        if wasShared, let problem = mava.ledgerProblem { console.warn(problem) }
    }

    /// The origin of the connection, for the run's settings.
    static func origin(_ arguments: ParsedArguments) -> RunOrigin {
        var origin = RunOrigin()
        origin.caFile = arguments[.caFile].map(FilePath.absolute)
        origin.sandbox = arguments[.sandbox].map(FilePath.absolute)
        origin.guards = arguments[.guards].map(FilePath.absolute)
        origin.lookups = arguments[.lookups].map(FilePath.absolute)
        origin.isUnattended = arguments.asksNothing
        origin.starter = CurrentProcess.starter
        if origin.sandbox == nil {
            origin.key = KeySource(arguments, environment: CurrentProcess.environment).place
            origin.profile = arguments.configured.profile?.name
        }
        return origin
    }

    /// The maximum number of requests in flight: the requested number, or as many as this process can open.
    static func concurrency(_ arguments: ParsedArguments) throws -> Int {
        min(
            try askedConcurrency(arguments),
            DescriptorNeeds.connections(isSandboxed: arguments.has(.sandbox)))
    }

    private static func askedConcurrency(_ arguments: ParsedArguments) throws -> Int {
        try arguments.integer(.concurrency, in: 1...512) ?? 16
    }

    /// The quota asked for, or the documented one, with lower ones at certain hours.
    static func timetable(_ arguments: ParsedArguments) throws -> QuotaTimetable {
        var timetable = QuotaTimetable(.mava)
        if let text = arguments[.quota] {
            do throws(QuotaTimetable.Problem) {
                timetable = try QuotaTimetable(text)
            } catch {
                if let message = error.message {
                    throw CommandFailure.usage("--quota: `\(error.text)`: \(message)")
                }
                let hasNoUnit = error.text.contains("/") && Quota(error.text + "s") != nil
                throw CommandFailure.usage(
                    hasNoUnit
                        ? "--quota `\(error.text)` has no unit of time: write \(error.text)s for seconds"
                        : "--quota takes requests per time such as 90/30s, not `\(error.text)`")
            }
        }
        if let text = arguments[.quotaShare] {
            guard let shared = timetable.sharing(text) else {
                throw CommandFailure.usage(
                    "--quota-share takes a part such as 1/3, 40% or 0.5, not `\(text)`")
            }
            timetable = shared
        }
        return timetable
    }
}
