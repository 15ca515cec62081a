#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The `message` or `error` of an answer's JSON body.
struct AnswerBody: Sendable {
    /// What a success says.
    private(set) var message: String?
    /// What a failure says.
    private(set) var error: String?
    /// Whether the body is a JSON object, as all of the API's answers are.
    private(set) var isObject = false
    /// Whether the body itself says that nothing was done.
    private(set) var deniesSuccess = false
    /// Whether the body has a text, as the API's errors do.
    var hasText: Bool { (error ?? message)?.isEmpty == false }
    /// Whether there is no body at all.
    let isEmpty: Bool
    /// The secret that is removed where the server repeats it.
    private let key: APIKey?

    /// The bytes of the documented success, by far the most frequent answer.
    private static let updated = Array(#"{"message":"Ticket updated"}"#.utf8)
    /// A body beyond this is not one sentence in JSON.
    private static let limit = 64 << 10

    /// Reads a body; both stay `nil` when it is not a JSON object that has them as text.
    init(_ body: [UInt8], hiding key: APIKey?) {
        self.key = key
        isEmpty = body.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if body == Self.updated {
            message = "Ticket updated"
            isObject = true
            return
        }
        guard !body.isEmpty, body.count <= Self.limit else { return }
        do {
            let fields = try JSONDecoder().decode(Fields.self, from: Data(body))
            message = fields.message
            error = fields.error
            isObject = true
            deniesSuccess = fields.deniesSuccess
        } catch {
            // The body does not have the API's form; the missing texts show that.
        }
    }

    /// The answer in words for a person.
    func text(for response: HTTPResponse) -> String {
        func excerpt(_ text: String) -> String { ServerText.excerpt(text, hiding: key) }
        let said = [error, message].compactMap(\.self).filter { !$0.isEmpty }
        if let first = said.first {
            // NestJS puts the status in words into `error`, and what is wrong into `message`.
            return excerpt(Set(said).count > 1 ? said.joined(separator: ": ") : first)
        }
        let status = response.status
        if (300...399).contains(status) {
            return "HTTP \(status): a redirect\(Self.target(of: response, excerpt)), not followed"
        }
        if let title = PageTitle.find(in: response.body) {
            return "HTTP \(status) with a page and not the API's answer: \(excerpt(title))"
        }
        let kind = response.values(of: "content-type").first.map(excerpt)
        return "HTTP \(status) without the API's message (\(kind ?? "no content type"), "
            + "\(response.body.count) \(response.body.count == 1 ? "byte" : "bytes"))"
    }

    /// The target of a redirect, as the middle of a sentence: only its host, because the rest of the address
    /// can hold secrets.
    private static func target(of response: HTTPResponse, _ excerpt: (String) -> String) -> String {
        guard let location = response.values(of: "location").first, !location.isEmpty else {
            return ""
        }
        let start =
            location.firstRange(of: "://")?.upperBound
            ?? (location.hasPrefix("//")
                ? location.index(location.startIndex, offsetBy: 2) : nil)
        guard let start else { return " to another page of the same host" }
        let authority = location[start...].prefix { !"/?#\\".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return " to \(excerpt(String(host)))"
    }

    private struct Fields: Decodable {
        var message: String?
        var error: String?
        /// Whether there is an error of whatever form, or the object says in another usual way that it is one.
        var deniesSuccess: Bool

        private enum Key: String, CodingKey {
            case message
            case error
            case errors
            case success
            case status
            case statusCode
        }

        /// A list or an object of errors without any, as many servers have it beside a success.
        private struct Nothing: Decodable {
            init(from decoder: any Decoder) throws {
                if let list = try? decoder.unkeyedContainer(), list.isAtEnd { return }
                if let object = try? decoder.container(keyedBy: AnyKey.self), object.allKeys.isEmpty
                {
                    return
                }
                let value = try decoder.singleValueContainer()
                guard value.decodeNil() else {
                    throw DecodingError.dataCorruptedError(
                        in: value, debugDescription: "there is something")
                }
            }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let messages = try? container.decode([String].self, forKey: .message)
            message = container.text(.message) ?? messages?.joined(separator: "; ")
            error = container.text(.error)
            let hasError =
                container.contains(.error) && (try? container.decodeNil(forKey: .error)) != true
            let hasErrors =
                container.contains(.errors)
                && (try? container.decode(Nothing.self, forKey: .errors)) == nil
            let code =
                (try? container.decodeIfPresent(Int.self, forKey: .statusCode))
                ?? (try? container.decodeIfPresent(Int.self, forKey: .status)) ?? 200
            let word = container.text(.status)?.lowercased() ?? ""
            deniesSuccess =
                hasError || hasErrors || !(200...299).contains(code)
                || ["error", "fail", "failed", "failure"].contains(word)
                || (try? container.decodeIfPresent(Bool.self, forKey: .success)) == false
                || container.text(.success)?.lowercased() == "false"
        }
    }
}
