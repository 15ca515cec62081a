/// The address that the API's paths are appended to, checked.
struct BaseURL: Hashable, Sendable {
    /// The address without a slash at its end.
    let text: String
    /// The scheme, host and port of the address.
    let endpoint: HTTPEndpoint

    /// Checks an address.
    ///
    /// - Parameters:
    ///   - url: The address as it was configured.
    ///   - unencryptedHost: The one host beyond loopback to which plain `http` is accepted, in the form in which a
    ///     URL has it; `nil` for none. Mava's own hosts are never accepted.
    /// - Throws: A ``ConfigurationError`` that says what is wrong with it. Its message repeats the
    ///   address only where it cannot hold a password.
    init(_ url: String, unencryptedHost: String? = nil) throws(ConfigurationError) {
        guard let (scheme, authority, rest) = HTTPEndpoint.split(url) else {
            throw Self.invalid(
                "is not an absolute http or https URL; write it like https://app.mava.app")
        }
        guard !authority.contains("@") else {
            throw Self.invalid(
                "holds a user name or password; remove everything up to and including the @")
        }
        guard let endpoint = HTTPEndpoint(url: url) else {
            throw Self.invalid("has a host or a port that cannot be; write it like host:8080")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw Self.invalid("has a query or a fragment; remove everything from the ? or # on")
        }
        let segments = rest.split(separator: "/")
        guard !segments.contains(where: { $0 == "." || $0 == ".." }) else {
            throw Self.invalid("has . or .. in its path; write the path out")
        }
        let isAccepted = endpoint.host == unencryptedHost?.lowercased() && !endpoint.isMava
        guard scheme == .https || endpoint.isLoopback || isAccepted else {
            throw ConfigurationError(
                code: .insecureBaseURL,
                message: """
                    The base URL http://\(endpoint) would send the API key unencrypted; use https. \
                    Plain http is for loopback only (127.0.0.1, ::1, localhost).
                    """)
        }
        self.endpoint = endpoint
        var path = rest
        while path.last == "/" { path.removeLast() }
        text = "\(scheme.rawValue)://\(authority)\(path)"
    }

    /// The most likely fault of the address when something other than the API answers; `nil` when none is
    /// known.
    private var correction: String? {
        if text.lowercased().hasSuffix("/api") {
            return "the base URL ends with /api, with which every path begins: leave /api out"
        }
        switch endpoint.host.lowercased() {
        case "app.mava.app": return "the API may be at https://gateway.mava.app"
        case "gateway.mava.app": return "the API may be at https://app.mava.app"
        default: return nil
        }
    }

    /// What to try when the path is unknown.
    var adviceOnPath: String {
        correction ?? "is a proxy or a firewall in between, or is the base URL wrong?"
    }

    /// What to try when something other than the API answers.
    ///
    /// - Parameter isProven: Whether the API has answered at this address before, so that it is right.
    /// - Returns: The end of a message.
    func adviceOnForeign(isProven: Bool) -> String {
        let likely = "a firewall or a proxy may be answering in Mava's place"
        return isProven ? likely : likely + ", or " + (correction ?? "the base URL may be wrong")
    }

    private static func invalid(_ reason: String) -> ConfigurationError {
        ConfigurationError(code: .invalidBaseURL, message: "The base URL \(reason).")
    }
}
