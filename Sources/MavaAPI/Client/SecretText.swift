import CLibrary
#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Removes secrets from foreign texts: those of libcurl, the environment or a server.
///
/// Three things are removed: the API key, the user names and passwords of the proxies that the environment
/// names, and the user information of any URL.
package enum SecretText {
    /// The replacement of a secret; the same as a key's description.
    static let replacement = "<redacted>"

    /// A shorter key is not removed: it belongs to a rehearsal, and its letters occur in ordinary words.
    private static let shortestKey = 8
    /// A password shorter than this is removed only where it follows its user name.
    private static let shortestPassword = 4

    /// A text without the secrets in it.
    ///
    /// - Parameters:
    ///   - text: What libcurl, the environment or a server says.
    ///   - key: The API key, which a server may repeat; `nil` where none was sent.
    /// - Returns: The text for a message.
    package static func removed(from text: String, key: APIKey? = nil) -> String {
        removed(from: text, key: key, credentials: environmentCredentials)
    }

    /// A text without the secrets in it.
    ///
    /// - Parameters:
    ///   - text: What libcurl, the environment or a server says.
    ///   - key: The API key.
    ///   - credentials: Other texts to remove; the longest come first.
    /// - Returns: The text for a message.
    static func removed(from text: String, key: APIKey?, credentials: [String]) -> String {
        var text = text
        if let secret = key?.secret, secret.utf8.count >= shortestKey {
            for form in [secret, PercentEncoding.encode(secret)] {
                text = replaced(form, in: text)
            }
        }
        for secret in credentials { text = replaced(secret, in: text) }
        return text.utf8.contains(UInt8(ascii: "@")) ? withoutUserInformation(text) : text
    }

    /// A text with a secret replaced, byte for byte: a mark after it makes another character of its last letter.
    private static func replaced(_ secret: String, in text: String) -> String {
        let (bytes, part) = (Array(text.utf8), Array(secret.utf8))
        guard holds(bytes, part) else { return text }
        return String(
            decoding: bytes.replacing(part, with: Array(replacement.utf8)), as: UTF8.self)
    }

    /// An answer without the key in it, whatever its body and its headers are used for.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - key: The API key that was sent.
    /// - Returns: The same answer with the replacement in the key's place.
    static func removed(from response: HTTPResponse, key: APIKey) -> HTTPResponse {
        let secret = Array(key.secret.utf8)
        guard secret.count >= shortestKey else { return response }
        var response = response
        if holds(response.body, secret) {
            response.body.replace(secret, with: Array(replacement.utf8))
        }
        for index in response.headers.indices {
            response.headers[index].value = replaced(
                key.secret, in: response.headers[index].value)
        }
        return response
    }

    /// Whether some bytes hold a secret.
    ///
    /// The generic search of Foundation took half of the time of reading a page of tickets.
    private static func holds(_ body: [UInt8], _ secret: [UInt8]) -> Bool {
        guard let first = secret.first, body.count >= secret.count else { return false }
        return body.withUnsafeBytes { body in
            secret.withUnsafeBytes { secret in
                // Both hold at least one byte, so both have an address.
                guard var place = body.baseAddress, let wanted = secret.baseAddress else {
                    return false
                }
                let end = place + body.count - secret.count + 1
                while place < end, let found = memchr(place, Int32(first), end - place) {
                    if memcmp(found, wanted, secret.count) == 0 { return true }
                    place = UnsafeRawPointer(found) + 1
                }
                return false
            }
        }
    }

    // MARK: - What the environment says

    /// Variables that libcurl reads a proxy from, and the one with the API's address.
    private static let variables = [
        "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
        "MAVA_BASE_URL",
    ]

    private static let environmentCredentials: [String] = {
        let environment = ProcessInfo.processInfo.environment
        return credentials(inURLs: variables.compactMap { environment[$0] })
    }()

    /// The user names with passwords in some addresses, and the passwords alone, as written and decoded.
    ///
    /// The addresses need not be valid, because libcurl repeats an address that it refuses.
    static func credentials(inURLs urls: [String]) -> [String] {
        var found: Set<String> = []
        for url in urls {
            let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
            guard let at = rest.lastIndex(of: "@") else { continue }
            let user = rest[..<at]
            let password = user.firstIndex(of: ":").map { user[user.index(after: $0)...] }
            for text in [user, password ?? ""].map(String.init) {
                for form in [text, PercentEncoding.decode(text)]
                where form.utf8.count >= shortestPassword {
                    found.insert(form)
                }
            }
        }
        return found.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    // MARK: - URLs in a text

    /// A text whose URLs have no user information.
    ///
    /// `http://user:password@host` becomes `http://<redacted>@host`. A `user:password@host` without a scheme is
    /// treated the same way.
    private static func withoutUserInformation(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let end = rest.firstIndex(where: isBoundary) {
            result += withoutUserInformation(word: rest[..<end])
            result.append(rest[end])
            rest = rest[rest.index(after: end)...]
        }
        return result + withoutUserInformation(word: rest)
    }

    private static func isBoundary(_ character: Character) -> Bool {
        character.isWhitespace || "\"'`<>".contains(character)
    }

    private static func withoutUserInformation(word: Substring) -> String {
        guard word.contains("@") else { return String(word) }
        if let scheme = word.firstRange(of: "://") {
            let authority = word[scheme.upperBound...].prefix { !"/?#\\".contains($0) }
            guard let at = authority.lastIndex(of: "@") else { return String(word) }
            return word[..<scheme.upperBound] + replacement + word[at...]
        }
        guard let at = word.lastIndex(of: "@"), let colon = word[..<at].firstIndex(of: ":"),
            word[..<colon].lowercased() != "mailto"
        else { return String(word) }
        return replacement + word[at...]
    }
}
