/// Statistics of a sandbox since its start or its last reset.
public struct SandboxStats: Hashable, Sendable {
    /// Requests to one route with one status.
    public struct Count: Hashable, Sendable {
        /// The route, such as `/api/ticket`; `other` for unknown routes.
        public var route: String
        /// The method, such as `PUT`; `OTHER` for methods that the sandbox does not serve.
        public var method: String
        /// The status; 0 when the connection was dropped without an answer.
        public var status: Int
        /// How many requests.
        public var count: Int
    }

    /// The counts by route, method and status, without the sandbox's own routes.
    public var requests: [Count]
    /// Audit messages written.
    public var auditMessages: Int
    /// Tickets that changed at least once.
    public var ticketsChanged: Int
    /// The most requests in any period as long as the quota's window, over all keys.
    public var peak: Int
    /// Whether the peak may have been higher, because not all requests were kept.
    public var peakIsLowerBound: Bool
    /// PUTs by ticket: how many tickets had how many requests.
    public var requestsPerTicket: [Int: Int]
    /// Faults that occurred, by name.
    public var faults: [String: Int]
    /// Connections accepted.
    public var connections: Int
    /// Connections refused because too many were open.
    public var refusedConnections: Int
    /// Requests refused as malformed, before routing.
    public var malformedRequests: Int

    /// All requests to the API, whatever the answer.
    public var total: Int { requests.reduce(0) { $0 + $1.count } }

    /// The number of requests, filtered by route, method and status.
    ///
    /// - Parameters:
    ///   - route: The route, or nil for all.
    ///   - method: The method, or nil for all.
    ///   - status: The status, or nil for all.
    /// - Returns: How many requests match all given filters.
    public func count(
        route: String? = nil, method: String? = nil, status: Int? = nil
    ) -> Int {
        requests.reduce(0) { sum, entry in
            let isMeant =
                (route == nil || entry.route == route)
                && (method == nil || entry.method == method)
                && (status == nil || entry.status == status)
            return isMeant ? sum + entry.count : sum
        }
    }
}
