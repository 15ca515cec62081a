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
        /// 200 with a message: the fields hold what was asked.
        case updated
        /// 400 or another status that a repetition cannot mend.
        case refused(UpdateRefusal)
        /// 401: the key is missing or wrong.
        case unauthorized
        /// 403: the key may not do this.
        case forbidden
        /// 429: the quota is used up.
        case rateLimited
        /// 503: the server asks to come back later.
        case unavailable
        /// 500 or above, other than 503.
        case serverError
        /// Not an answer of the API: a redirect, a page, a 200 without the message.
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
        case 200...299 where said.message != nil: meaning = .updated
        case 401: meaning = .unauthorized
        case 403: meaning = .forbidden
        case 429: meaning = .rateLimited
        case 503: meaning = .unavailable
        case 500...599: meaning = .serverError
        case 400...499: meaning = .refused(Self.refusal(said.error))
        default: meaning = .unexpected
        }
    }

    /// The answer in words: the server's own, escaped and cut, where it has any.
    public var message: String { said.text(for: response) }

    private static func refusal(_ error: String?) -> UpdateRefusal {
        guard let error, !error.isEmpty else { return .other }
        // Assumption: only the capitals and a full stop may come differently than documented.
        func plain(_ text: String) -> String {
            text.lowercased().filter { $0.isLetter || $0 == " " }
        }
        return UpdateRefusal.allCases.first { plain($0.rawValue) == plain(error) } ?? .other
    }
}
