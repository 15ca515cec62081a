/// The routes that the sandbox serves.
enum Route: Int, CaseIterable, Sendable {
    case ticket
    case tickets
    case agents
    case categories
    case stats
    case audit
    case reset
    case unknown

    /// The path as it appears in statistics and logs.
    var name: StaticString {
        switch self {
        case .ticket: "/api/ticket"
        case .tickets: "/api/tickets"
        case .agents: "/api/agents"
        case .categories: "/api/categories"
        case .stats: "/_sandbox/stats"
        case .audit: "/_sandbox/audit"
        case .reset: "/_sandbox/reset"
        case .unknown: "other"
        }
    }

    /// Whether the route belongs to Mava's API, with key and quota, and not to the sandbox itself.
    var isAPI: Bool { rawValue <= Route.categories.rawValue }

    /// The value of `Allow`.
    var allow: StaticString {
        switch self {
        case .ticket: "PUT, OPTIONS"
        case .reset: "POST, OPTIONS"
        default: "GET, HEAD, OPTIONS"
        }
    }

    /// Whether the route serves a method; all routes serve OPTIONS as well.
    func serves(_ method: HTTPMethod) -> Bool {
        switch self {
        case .ticket: method == .put
        case .reset: method == .post
        default: method == .get || method == .head
        }
    }

    /// The route of a path that is still percent-encoded.
    static func of(_ path: UnsafeBufferPointer<UInt8>) -> Route {
        if let route = exact(path) { return route }
        // An encoded slash is not a separator (RFC 3986, section 2.2). Decoding it would make it
        // one.
        guard path.contains(UInt8(ascii: "%")),
            let decoded = PercentEncoding.decode(path, plusIsSpace: false),
            decoded.count(where: { $0 == UInt8(ascii: "/") })
                == path.count(where: { $0 == UInt8(ascii: "/") })
        else { return .unknown }
        return decoded.withUnsafeBufferPointer { exact($0) } ?? .unknown
    }

    private static func exact(_ path: UnsafeBufferPointer<UInt8>) -> Route? {
        allCases.first { route in
            let name = route.name
            guard route != .unknown, name.utf8CodeUnitCount == path.count else { return false }
            return path.elementsEqual(
                UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
    }
}
