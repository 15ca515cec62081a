/// What a run talks to Mava with: one transport, and one quota for reads and writes together.
public struct MavaConnection: Sendable {
    /// The quota that reads and writes share.
    public let quota: Quota
    /// Reads: paced by the quota, and repeated where that is safe.
    public let reader: MavaClient
    /// Writes: the executor paces and repeats these itself.
    let writer: MavaClient
    let gate: QuotaGate<ContinuousClock>
    let clock = ContinuousClock()

    /// Makes a connection; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - baseURL: The API's address: `https`, or `http` to loopback only.
    ///   - key: The API key.
    ///   - quota: How many requests may be sent in a window.
    ///   - transport: What carries the requests.
    ///   - timeout: The most that one request may take.
    /// - Throws: A ``ConfigurationError`` when the address cannot be used.
    public init(
        baseURL: String = MavaClient.defaultBaseURL, key: APIKey, quota: Quota = .mava,
        transport: any HTTPTransport = CurlTransport(), timeout: Duration = .seconds(30)
    ) throws(ConfigurationError) {
        self.quota = quota
        gate = QuotaGate(quota, clock: clock)
        let paced = PacedTransport(transport, gate: gate, clock: clock)
        reader = try MavaClient(baseURL: baseURL, key: key, transport: paced, timeout: timeout)
        writer = try MavaClient(baseURL: baseURL, key: key, transport: transport, timeout: timeout)
    }

    /// The address that plans are made against.
    public var baseURL: String { reader.baseURL }
}

extension PlanOptions {
    /// Takes the quota and the address from a connection, so that the plan is priced and marked by them.
    ///
    /// - Parameter connection: What the plan will be carried out over.
    public mutating func take(_ connection: MavaConnection) {
        quotaLimit = connection.quota.share
        quotaSeconds = max(1, Int(connection.quota.window.components.seconds))
        baseURL = connection.baseURL
    }
}
