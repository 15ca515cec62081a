#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The proxy that libcurl uses for an address, and the environment variable that names it.
///
/// Only messages depend on it: libcurl reads the environment itself.
struct ProxyVariable: Hashable, CustomStringConvertible {
    /// The variable's name.
    var name: String
    /// The proxy's host and port, without user information; empty where they are unknown.
    var address: String

    /// For example `proxy 10.0.0.1:3128 (from HTTPS_PROXY)`.
    var description: String { "proxy \(address.isEmpty ? "" : address + " ")(from \(name))" }

    /// The proxy for an address; `nil` where there is none.
    ///
    /// Plain http is never proxied. Source: libcurl's `CURLOPT_PROXY`, "Environment variables".
    ///
    /// - Parameters:
    ///   - endpoint: Where a request goes.
    ///   - environment: The process's environment.
    init?(
        for endpoint: HTTPEndpoint,
        in environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let own = ["https_proxy", "HTTPS_PROXY"]
        guard endpoint.scheme == .https, !endpoint.isLoopback,
            !Self.isExcluded(endpoint.host, by: value("no_proxy") ?? value("NO_PROXY") ?? ""),
            let name = (own + ["all_proxy", "ALL_PROXY"]).first(where: { value($0) != nil }),
            let url = value(name)
        else { return nil }
        self.name = name
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        // A password can hold any character: what precedes the last @ is never shown.
        let afterUser = rest.lastIndex(of: "@").map { rest[$0...].dropFirst() } ?? rest
        let authority = afterUser.prefix { !"/?#".contains($0) }
        let isPlain = authority.utf8.allSatisfy { byte in
            UnicodeScalar(byte).properties.isAlphabetic || "0123456789.-_:[]".utf8.contains(byte)
        }
        address = isPlain ? String(authority) : ""
    }

    private static func isExcluded(_ host: String, by list: String) -> Bool {
        list.split { $0 == "," || $0.isWhitespace }.contains { entry in
            if entry == "*" { return true }
            let name = (entry.first == "." ? entry.dropFirst() : entry).lowercased()
            return host == name || host.hasSuffix("." + name)
        }
    }
}
