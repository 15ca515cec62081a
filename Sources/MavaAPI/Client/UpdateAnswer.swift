/// Why the server refused an update, by the documented texts of its answers.
public enum UpdateRefusal: String, CaseIterable, Hashable, Sendable {
    /// "Ticket not found": no such ticket in this organisation.
    case ticketNotFound = "Ticket not found"
    /// "Category not found": unknown, archived, or another organisation's.
    case categoryNotFound = "Category not found"
    /// "Assignee not found": not an agent's id of this organisation.
    case assigneeNotFound = "Assignee not found"
    /// "Invalid status or priority": outside the documented values.
    case invalidStatusOrPriority = "Invalid status or priority"
    /// Another status from 400 to 499, or another text.
    case other = ""
}

/// The server's answer to one update, and what it means.
public struct UpdateAnswer: Sendable {
    /// The closed list of meanings.
    public enum Meaning: Hashable, Sendable {
        /// 200 with the documented message, or 204: the fields hold what was asked.
        case updated
        /// 400 or another status with the API's `error`: a repetition cannot help.
        case refused(UpdateRefusal)
        /// 401: the key is missing or wrong.
        case unauthorized
        /// 403 with the API's `error`: the key may not do this.
        case forbidden
        /// 408, 421 or 425: the request was not processed, or it was and its answer was lost.
        case lost
        /// Another 2xx, empty or a JSON object: the ticket must be read to know whether the fields changed.
        case unconfirmed
        /// 429: the quota is used up.
        case rateLimited
        /// 503: the server asks to come back later.
        case unavailable
        /// 500 or above, other than 503.
        case serverError
        /// Not an answer of the API: a redirect, or a page of a proxy, a firewall or a maintenance mode.
        case unexpected
    }

    /// The answer as it came.
    public var response: HTTPResponse
    /// What it means.
    public var meaning: Meaning
    private let said: AnswerBody

    /// Finds out what an answer to an update means.
    ///
    /// - Parameters:
    ///   - response: The answer as it came.
    ///   - key: The key that was sent, which ``message`` leaves out where the server says it.
    public init(_ response: HTTPResponse, hiding key: APIKey? = nil) {
        self.response = response
        said = AnswerBody(response.body, hiding: key)
        switch response.status {
        case 204 where said.isEmpty: meaning = .updated
        case 200, 204: meaning = Self.success(said)
        case 201...299 where said.isObject || said.isEmpty: meaning = .unconfirmed
        case 401: meaning = .unauthorized
        case 403 where said.isObject: meaning = .forbidden
        case 408, 421, 425: meaning = .lost
        case 429: meaning = .rateLimited
        case 503: meaning = .unavailable
        case 500...599: meaning = .serverError
        case 400...499 where said.error?.isEmpty == false:
            meaning = .refused(Self.refusal(said.error))
        default: meaning = .unexpected
        }
    }

    /// The answer in words: the server's own, escaped and cut, where it has any.
    public var message: String { said.text(for: response) }

    /// Whether something other than the API may have answered.
    ///
    /// All of the API's answers are JSON objects, except a 500 without a body for an impossible id.
    public var isForeign: Bool { !said.isObject && !(response.status == 500 && said.isEmpty) }

    /// What a 200 means by its body.
    private static func success(_ said: AnswerBody) -> Meaning {
        guard said.isObject || said.isEmpty else { return .unexpected }
        guard !said.deniesSuccess, let message = said.message else { return .unconfirmed }
        // Nearly every answer; comparing its words takes longer than reading the rest of it.
        if message == "Ticket updated" { return .updated }
        let words = message.lowercased().split(whereSeparator: \.isWhitespace)
        return words == ["ticket", "updated"] ? .updated : .unconfirmed
    }

    private static func refusal(_ error: String?) -> UpdateRefusal {
        guard let error, !error.isEmpty else { return .other }
        // Assumption: only capitals and a full stop may differ from the documentation.
        func plain(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0 == " " }
        }
        return UpdateRefusal.allCases.first { plain($0.rawValue) == plain(error) } ?? .other
    }
}
