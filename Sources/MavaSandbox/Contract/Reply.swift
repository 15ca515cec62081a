/// The contract's answer to one request, before it is written as HTTP.
struct Reply {
    /// The status code.
    var status: Int
    /// The body, JSON unless `contentType` says otherwise.
    var body: [UInt8]
    /// Additional header lines, each with its CRLF.
    var fields: [UInt8] = []
    /// The media type of the body.
    var contentType: StaticString = "application/json; charset=utf-8"
    /// Whether the connection is closed after the answer.
    var closes = false
    /// The reason for the answer, for the log.
    var reason = ""
    /// The organisation that the request belongs to.
    var organisation: Int?
    /// The id of the ticket that the request named.
    var ticketID: [UInt8]?
    /// How many fields changed.
    var changes = 0

    init(_ status: Int, body: [UInt8], reason: String = "") {
        self.status = status
        self.body = body
        self.reason = reason
    }

    /// An error in Mava's form: `{"error":"…"}`.
    init(_ status: Int, error: String, reason: String = "") {
        var output = JSONOutput()
        output.raw("{\"error\":")
        output.string(error)
        output.raw("}")
        self.init(status, body: output.bytes, reason: reason.isEmpty ? error : reason)
    }

    /// The answer to a well-formed update.
    static let updated = Reply(200, body: Array("{\"message\":\"Ticket updated\"}".utf8))
    static let unauthorized = Reply(401, error: "Unauthorized")
    static let ticketNotFound = Reply(400, error: "Ticket not found")
    static let categoryNotFound = Reply(400, error: "Category not found")
    static let invalidValue = Reply(400, error: "Invalid status or priority")
    static let assigneeNotFound = Reply(400, error: "Assignee not found")
    static let tooManyRequests = Reply(429, error: "Too many requests")

    /// The documented answer to all other errors.
    static func internalError(_ reason: String) -> Reply {
        Reply(500, error: "Internal server error", reason: reason)
    }
}
