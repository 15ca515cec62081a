/// A run's connection to Mava: one transport, and one quota for reads and writes together.
public struct MavaConnection: Sendable {
    /// The quota that reads and writes share.
    public let quota: Quota
    /// Lower quotas at certain hours; `nil` for none.
    public let timetable: QuotaTimetable?
    /// Why the quota is not, or no longer, shared with other processes on this machine, in words; `nil`
    /// where it is, where that was not asked for, and for a quota of more than 10,000 requests per window, which
    /// belongs to a rehearsal.
    public var ledgerProblem: String? { openingProblem ?? gate.ledgerProblem }
    /// Reads: paced by the quota, and repeated where that is safe.
    public let reader: MavaClient
    /// Writes: the executor paces and repeats these itself.
    let writer: MavaClient
    let gate: QuotaGate<ContinuousClock>
    let clock = ContinuousClock()
    private let paced: PacedTransport<ContinuousClock>
    private let openingProblem: String?

    /// What the reads wait for, and the remaining time where it is known; `nil` while they do not wait.
    public var readWait: (reason: WaitReason, remaining: Duration?)? {
        paced.wait.map { ($0.reason, $0.remaining) } ?? gate.wait
    }

    /// Sets the handler for messages about the shared quota, such as that its ledger was deleted.
    ///
    /// It is called from any thread, and at most once for each message.
    public func onNotice(_ handler: @escaping @Sendable (String) -> Void) {
        gate.setNoticeHandler(handler)
    }

    /// Makes a connection; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - baseURL: The API's address: `https`, or `http` to loopback only.
    ///   - key: The API key.
    ///   - quota: How many requests may be sent in a window.
    ///   - timetable: Lower quotas at certain hours; `nil` for none. Its ``QuotaTimetable/quota`` is not used.
    ///   - environment: Where to find the user's state directory, in which runs that use the same key
    ///     share one budget; `nil` to share none.
    ///   - transport: What carries the requests.
    ///   - timeout: The most that one request may take.
    ///   - patience: How long a read waits during an outage, where Mava asks to wait, or where this machine is
    ///     short of what it needs. Until Mava has answered once, it is tried five times.
    ///   - unencryptedHost: The one host beyond loopback to which `http` is accepted, such as that of a sandbox in
    ///     another container; `nil` for none. The key is sent unencrypted then.
    /// - Throws: A ``ConfigurationError`` when the address cannot be used.
    public init(
        baseURL: String = MavaClient.defaultBaseURL, key: APIKey, quota: Quota = .mava,
        timetable: QuotaTimetable? = nil,
        sharingIn environment: [String: String]? = nil,
        transport: any HTTPTransport = CurlTransport(), timeout: Duration = .seconds(30),
        patience: Duration = .seconds(300), unencryptedHost: String? = nil
    ) throws(ConfigurationError) {
        self.quota = quota
        self.timetable = timetable
        let (ledger, problem) = Self.ledger(environment, key: key, baseURL: baseURL, quota)
        openingProblem = problem
        gate = QuotaGate(
            quota, ledger: ledger, timetable: timetable, longestRequest: timeout, clock: clock)
        paced = PacedTransport(
            transport, gate: gate, clock: clock, patience: patience)
        reader = try MavaClient(
            baseURL: baseURL, key: key, transport: paced, timeout: timeout,
            unencryptedHost: unencryptedHost)
        writer = try MavaClient(
            baseURL: baseURL, key: key, transport: transport, timeout: timeout,
            unencryptedHost: unencryptedHost)
    }

    /// The address that plans are made against.
    public var baseURL: String { reader.baseURL }

    /// A quota of thousands belongs to a rehearsal, where so large a ledger would cost more than it protects.
    package static let largestShared = 10_000

    private static func ledger(
        _ environment: [String: String]?, key: APIKey, baseURL: String, _ quota: Quota
    ) -> (QuotaLedger?, String?) {
        guard let environment, quota.requests <= largestShared else { return (nil, nil) }
        do throws(QuotaLedger.Unavailable) {
            let directory = try QuotaLedger.directory { environment[$0] }
            return (try QuotaLedger(directory: directory, key: key, baseURL: baseURL), nil)
        } catch {
            return (nil, error.description)
        }
    }
}

extension PlanOptions {
    /// Sets the quota and the address of a connection, so that the plan is priced and marked by them.
    ///
    /// - Parameter connection: The connection that will carry out the plan.
    public mutating func configure(for connection: MavaConnection) {
        quotaLimit = connection.quota.share
        quotaWindow = connection.quota.window
        baseURL = connection.baseURL
    }
}
