/// The Mava API: one method for each call, over a transport.
///
/// Each call is one request; nothing is repeated here. Quota, retries and order are the caller's.
public struct MavaClient: Sendable {
    /// The documented address of the API.
    public static let defaultBaseURL = "https://app.mava.app"

    /// The address that the API's paths are appended to, without a slash at its end.
    public var baseURL: String { base.text }
    /// The maximum duration of one call.
    public let timeout: Duration

    let base: BaseURL
    package let key: APIKey
    let transport: any HTTPTransport
    /// The request of an update without its body, the only part that differs between updates.
    private let updateRequest: HTTPRequest
    /// Whether a listing has come from the address: shared by all copies of the client.
    let proof = AddressProof()

    /// A page of a hundred tickets may contain all their messages.
    private static let listingLimit = 64 << 20
    /// An update is answered in one sentence.
    private static let updateLimit = 1 << 20

    /// Checks an address without making a client.
    ///
    /// - Parameters:
    ///   - baseURL: The API's address.
    ///   - unencryptedHost: The one host beyond loopback to which `http` is accepted.
    /// - Throws: A ``ConfigurationError`` when the address cannot be used.
    package static func check(
        baseURL: String, unencryptedHost: String? = nil
    ) throws(ConfigurationError) {
        _ = try BaseURL(baseURL, unencryptedHost: unencryptedHost)
    }

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - baseURL: The API's address: `https`, or `http` to loopback only; a path is kept in front of
    ///     the API's own.
    ///   - key: The API key.
    ///   - transport: What carries the requests.
    ///   - timeout: The most that one call may take, from the call to the last byte of the answer.
    ///   - unencryptedHost: The one host beyond loopback to which `http` is accepted, such as that of a sandbox in
    ///     another container; `nil` for none. The key is sent unencrypted then.
    /// - Throws: A ``ConfigurationError`` when the address cannot be used; nothing was sent then.
    public init(
        baseURL: String = MavaClient.defaultBaseURL, key: APIKey, transport: any HTTPTransport,
        timeout: Duration = .seconds(30), unencryptedHost: String? = nil
    ) throws(ConfigurationError) {
        base = try BaseURL(baseURL, unencryptedHost: unencryptedHost)
        self.key = key
        self.transport = transport
        self.timeout = timeout
        updateRequest = HTTPRequest(
            method: .put, url: base.text + "/api/ticket",
            headers: Self.headers(key) + [("content-type", "application/json")],
            timeout: timeout, bodyLimit: Self.updateLimit)
    }

    /// Changes fields of one ticket: `PUT /api/ticket`.
    ///
    /// A field that already holds the wanted value changes nothing on the server and writes no audit
    /// message, so a repeated update is safe.
    ///
    /// - Parameter update: The ticket and the fields to write.
    /// - Returns: The answer, whatever it says.
    /// - Throws: A ``TransportError`` when no complete answer came.
    public func update(_ update: TicketUpdate) async throws(TransportError) -> UpdateAnswer {
        try await send(request(for: update))
    }

    /// Lists one page of tickets: `GET /api/tickets`.
    ///
    /// - Parameter query: The range, the page and the filters.
    /// - Returns: The page.
    /// - Throws: A ``ClientError`` when no page came.
    public func tickets(_ query: TicketQuery) async throws(ClientError) -> TicketPage {
        let (decoded, response) = try await list(
            request(for: query), of: Ticket.self, skip: query.skip)
        return TicketPage(
            tickets: decoded.entries, total: decoded.total, entryCount: decoded.entryCount,
            problems: decoded.problems, response: response)
    }

    /// Lists the agents that are not archived: `GET /api/agents`.
    ///
    /// - Returns: All of them.
    /// - Throws: A ``ClientError`` when no listing came.
    public func agents() async throws(ClientError) -> Listing<Agent> {
        try await listing("/api/agents")
    }

    /// Lists the active categories: `GET /api/categories`.
    ///
    /// - Returns: All of them.
    /// - Throws: A ``ClientError`` when no listing came.
    public func categories() async throws(ClientError) -> Listing<Category> {
        try await listing("/api/categories")
    }

    /// The request of an update, for a caller that measures and journals the sending.
    package func request(for update: TicketUpdate) -> HTTPRequest {
        var request = updateRequest
        request.body = UpdateBody(update: update).bytes
        return request
    }

    /// Sends the request of an update.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> UpdateAnswer {
        UpdateAnswer(try await answer(to: request), hiding: key)
    }

    /// Sends a request; the key is removed from an error's message, in case libcurl repeats it there.
    private func answer(to request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        do throws(TransportError) {
            return try await transport.send(request)
        } catch {
            throw withoutKey(error)
        }
    }

    /// A transport's error without the key in its message.
    func withoutKey(_ error: TransportError) -> TransportError {
        var error = error
        error.message = SecretText.removed(from: error.message, key: key)
        return error
    }

    /// The request of one page of tickets.
    package func request(for query: TicketQuery) -> HTTPRequest {
        get("/api/tickets?" + query.encoded)
    }

    private static func headers(_ key: APIKey) -> [(name: String, value: String)] {
        [("x-auth-token", key.secret), ("accept", "application/json")]
    }

    func get(_ path: String) -> HTTPRequest {
        HTTPRequest(
            method: .get, url: base.text + path, headers: Self.headers(key), timeout: timeout,
            bodyLimit: Self.listingLimit)
    }
}
