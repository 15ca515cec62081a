import Foundation

/// An independent client: `curl`.
enum Curl {
    /// A response as curl saw it.
    struct Response: Equatable {
        /// curl's exit status; 0 when it reports no error.
        var exit: Int32
        /// The status code; 0 when there was no response.
        var status: Int
        var fields: [String]
        var body: String

        /// The value of a field, ignoring its name's case; nil when it is missing.
        func field(_ name: String) -> String? {
            fields.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
        }
    }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - url: The whole URL.
    ///   - method: The method.
    ///   - key: The API key; nil to send none.
    ///   - body: The body, sent as JSON; nil for none.
    ///   - arguments: Additional arguments for curl.
    /// - Returns: The response as curl reports it.
    /// - Throws: What Foundation throws when curl cannot be started.
    static func send(
        _ url: String, method: String = "GET", key: String? = nil, body: String? = nil,
        arguments: [String] = []
    ) async throws -> Response {
        var all = ["-sS", "-i", "--max-time", "20", "--path-as-is", "-g"]
        all += method == "HEAD" ? ["-I"] : ["-X", method]
        if let key { all += ["-H", "x-auth-token: \(key)"] }
        if body != nil { all += ["-H", "Content-Type: application/json", "--data-binary", "@-"] }
        let outcome = try await Program.run(
            "curl", all + arguments + [url], input: Data((body ?? "").utf8))
        return parse(outcome)
    }

    private static func parse(_ outcome: Program.Outcome) -> Response {
        var rest = outcome.text.replacingOccurrences(of: "\r\n", with: "\n")[...]
        var response = Response(exit: outcome.status, status: 0, fields: [], body: "")
        // Interim responses, such as 100, precede the final one.
        while rest.hasPrefix("HTTP/1.") {
            let parts = rest.range(of: "\n\n").map {
                (rest[..<$0.lowerBound], rest[$0.upperBound...])
            }
            let (head, body) = parts ?? (rest, "")
            let lines = head.split(separator: "\n")
            response.status = Int(lines[0].split(separator: " ")[1]) ?? 0
            response.fields = lines.dropFirst().map(String.init)
            rest = body
            guard (100..<200).contains(response.status) else { break }
        }
        response.body = String(rest)
        return response
    }
}
