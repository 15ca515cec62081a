/// The scheme, host and port of an absolute `http` or `https` URL.
///
/// Read more strictly than RFC 3986 allows: no user information, and a host of letters, digits, `.`, `-`, `_`
/// or a bracketed IPv6 address only. So libcurl connects to exactly the host that is checked here (is it
/// loopback? may the key go there?). Two parsers could otherwise read one odd URL differently.
package struct HTTPEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The supported schemes.
    package enum Scheme: String, Sendable {
        case http
        case https
    }

    /// The scheme.
    package var scheme: Scheme
    /// The host as written, lower case; an IPv6 address keeps its brackets.
    package var host: String
    /// The port, written or the scheme's own.
    package var port: Int

    /// Reads the start of a URL; `nil` when it is not an `http` or `https` URL of the accepted form.
    ///
    /// - Parameter url: An absolute URL.
    package init?(url: String) {
        guard let split = Self.split(url) else { return nil }
        scheme = split.scheme
        let authority = split.authority
        let hostEnd: Substring.Index
        if authority.first == "[" {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            hostEnd = authority.index(after: bracket)
            let address = authority[authority.index(after: authority.startIndex)..<bracket]
            guard !address.isEmpty, address.utf8.allSatisfy(Self.isIPv6Byte) else { return nil }
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
            guard authority[..<hostEnd].utf8.allSatisfy(Self.isHostByte) else { return nil }
        }
        host = authority[..<hostEnd].lowercased()
        guard !host.isEmpty else { return nil }
        let rest = authority[hostEnd...]
        if rest.isEmpty {
            port = scheme == .http ? 80 : 443
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...65535).contains(number)
            else { return nil }
            port = number
        }
    }

    /// The host and the port, as messages name them.
    package var description: String { "\(host):\(port)" }

    /// Whether the host is this machine by its own name or number: `localhost`, `127.0.0.0/8`, `::1`.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "127" else { return false }
        // A leading zero is refused: some resolvers read such a number as octal.
        return parts.allSatisfy { part in
            UInt8(part).map { String($0) == part } ?? false
        }
    }

    /// Whether the host is Mava's own, with or without the dot that ends a full name.
    package var isMava: Bool {
        var name = host[...]
        while name.last == "." { name.removeLast() }
        return name == "mava.app" || name.hasSuffix(".mava.app")
    }

    /// Cuts a URL into its scheme, its authority and what follows.
    ///
    /// - Returns: `nil` when the scheme is another, or a character is not visible ASCII.
    package static func split(
        _ url: String
    ) -> (scheme: Scheme, authority: Substring, rest: Substring)? {
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            let colon = url.firstIndex(of: ":"),
            let scheme = Scheme(rawValue: url[..<colon].lowercased())
        else { return nil }
        let afterColon = url[url.index(after: colon)...]
        guard afterColon.hasPrefix("//") else { return nil }
        let afterSlashes = afterColon.dropFirst(2)
        let end = afterSlashes.firstIndex { "/?#".contains($0) } ?? afterSlashes.endIndex
        return (scheme, afterSlashes[..<end], afterSlashes[end...])
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
