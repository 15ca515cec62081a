import BulkExecution
import MavaAPI
import MavaSandbox

/// What a command talks to Mava with: one transport, one quota for reads and writes, two clients.
struct MavaConnection {
    let quota: Quota
    let gate: QuotaGate<ContinuousClock>
    let clock = ContinuousClock()
    /// Reads, paced and repeated where that is safe.
    let reader: MavaClient
    /// Writes; the executor paces and repeats these.
    let writer: MavaClient
    /// The embedded sandbox, if the command runs against one.
    let sandbox: EmbeddedSandbox?

    init(_ arguments: ParsedArguments) throws {
        let environment = CurrentProcess.environment
        quota = try Self.quota(arguments)
        gate = QuotaGate(quota, clock: clock)
        sandbox = try arguments[.sandbox].map(EmbeddedSandbox.init)
        let key: APIKey
        let baseURL: String
        if let sandbox {
            guard let sandboxKey = sandbox.sandbox.apiKeys.first.flatMap({ APIKey($0) }) else {
                throw CommandFailure(.unusableInput, "the workspace has no API key")
            }
            (key, baseURL) = (sandboxKey, sandbox.sandbox.address)
        } else {
            key = try KeySource(file: arguments[.apiKeyFile], environment: environment).key()
            baseURL =
                arguments[.baseURL] ?? environment["MAVA_BASE_URL"] ?? MavaClient.defaultBaseURL
        }
        let timeout = try arguments.duration(.timeout) ?? .seconds(30)
        let concurrency = try arguments.integer(.concurrency, in: 1...512) ?? 16
        let transport = CurlTransport(
            configuration: CurlTransport.Configuration(
                caFile: arguments[.caFile], maxConnections: concurrency))
        let paced = PacedTransport(transport, gate: gate, clock: clock)
        reader = try MavaClient(baseURL: baseURL, key: key, transport: paced, timeout: timeout)
        writer = try MavaClient(baseURL: baseURL, key: key, transport: transport, timeout: timeout)
    }

    /// The quota asked for.
    static func quota(_ arguments: ParsedArguments) throws -> Quota {
        var quota = Quota.mava
        if let text = arguments[.quota] {
            guard let asked = Quota(text) else {
                throw CommandFailure.usage(
                    "--quota takes requests per time such as 90/30s, not `\(text)`")
            }
            quota = asked
        }
        if let text = arguments[.quotaShare] {
            guard let shared = quota.sharing(text) else {
                throw CommandFailure.usage(
                    "--quota-share takes a part such as 1/3 or 40%, not `\(text)`")
            }
            quota = shared
        }
        return quota
    }
}
