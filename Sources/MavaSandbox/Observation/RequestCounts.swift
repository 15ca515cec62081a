/// Requests counted by route, method and status.
struct RequestCounts: Sendable {
    private struct Key: Hashable {
        var route: Route
        var method: HTTPMethod
        var status: Int
    }

    private var counts: [Key: Int] = [:]
    /// Requests refused as malformed.
    var malformed = 0

    /// Counts a request; status 0 means no answer.
    mutating func note(_ route: Route, _ method: HTTPMethod, _ status: Int) {
        counts[Key(route: route, method: method, status: status), default: 0] += 1
    }

    /// The counts in a stable order, without the sandbox's own routes.
    var sorted: [SandboxStats.Count] {
        counts.filter { $0.key.route.isAPI || $0.key.route == .unknown }
            .map { key, count in
                SandboxStats.Count(
                    route: "\(key.route.name)", method: "\(key.method.name)", status: key.status,
                    count: count)
            }
            .sorted { ($0.route, $0.method, $0.status) < ($1.route, $1.method, $1.status) }
    }
}
