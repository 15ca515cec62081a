import CLibrary

/// The address of an API in the canonical form under which its quota is shared.
///
/// Two spellings of one address must find the same budget: another case, the default port, slashes at the
/// end, a dot after the host, and every name of this machine's loopback. No name is looked up, because the
/// answer could differ between two runs.
package struct QuotaAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in canonical form.
    package let description: String

    /// Converts an address to canonical form; text that is not an address stays as it is.
    ///
    /// - Parameter baseURL: The API's address.
    package init(_ baseURL: String) {
        guard let endpoint = HTTPEndpoint(url: baseURL), let split = HTTPEndpoint.split(baseURL)
        else {
            description = baseURL
            return
        }
        let path = Self.path(split.rest.prefix { $0 != "?" && $0 != "#" })
        description =
            "\(endpoint.scheme.rawValue)://\(Self.host(endpoint.host)):\(endpoint.port)\(path)"
    }

    /// The name that all spellings of a host share.
    private static func host(_ written: String) -> String {
        if written.first == "[" { return address6(String(written.dropFirst().dropLast())) }
        var name = Substring(written)
        while name.last == "." { name.removeLast() }
        if name == "localhost" || name.hasSuffix(".localhost") || name == "localhost.localdomain" {
            return loopback
        }
        var address = in_addr()
        // Also the short and the hexadecimal forms of an address, because libcurl accepts them.
        guard inet_aton(String(name), &address) != 0 else { return String(name) }
        return withUnsafeBytes(of: address.s_addr) { address4(Array($0)) }
    }

    private static let loopback = "loopback"

    private static func address4(_ bytes: [UInt8]) -> String {
        // The address 0.0.0.0 connects to this machine.
        if bytes[0] == 127 || bytes.allSatisfy({ $0 == 0 }) { return loopback }
        return bytes.map(String.init).joined(separator: ".")
    }

    private static func address6(_ text: String) -> String {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return "[\(text)]" }
        let bytes = withUnsafeBytes(of: address) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        if isMapped { return address4(Array(bytes[12...])) }
        if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return loopback }
        let digits = bytes.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return "[\(digits.joined())]"
    }

    /// The path without empty segments, and with percent signs only where they are needed.
    private static func path(_ written: Substring) -> String {
        written.split(separator: "/").map { "/" + decoded($0) }.joined()
    }

    private static func decoded(_ segment: Substring) -> String {
        let bytes = Array(segment.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
            {
                let byte = high << 4 | low
                if isUnreserved(byte) {
                    result.append(byte)
                } else {
                    result += [UInt8(ascii: "%")]
                    result += [high, low].flatMap { Array(String($0, radix: 16).utf8) }
                }
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    /// Whether a byte means the same with and without a percent sign (RFC 3986 2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        let character = Character(UnicodeScalar(byte))
        return byte < 0x80
            && (character.isLetter || character.isNumber || "-._~".contains(character))
    }
}
