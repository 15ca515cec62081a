// How an answer to a read becomes a listing, or the reason why there is none. Only the API's listing is
// accepted. A transport that repeats reads retries after any other answer, unless a retry cannot change it: a
// rejected key, a wrong path, a wrong request.

import BulkSystem

extension MavaClient {
    /// Reads a listing that is whole in one answer.
    func listing<Entry: ListingEntry>(
        _ path: String
    ) async throws(ClientError) -> Listing<Entry> {
        let (decoded, response) = try await list(get(path), of: Entry.self)
        return Listing(
            elements: decoded.entries, problems: decoded.problems, response: response)
    }

    /// Sends a request for a listing until a listing comes, as often as the transport retries.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - entry: What the listing holds.
    ///   - skip: How many entries the request passes over.
    /// - Returns: The listing, and the answer that it came in.
    /// - Throws: A ``ClientError`` when the last answer was no listing, or there was none.
    func list<Entry: ListingEntry>(
        _ request: HTTPRequest, of entry: Entry.Type, skip: Int = 0
    ) async throws(ClientError) -> (ListingDecoder<Entry>, HTTPResponse) {
        try await list(request, named: Entry.listNames[0]) { response throws(EntryError) in
            (try ListingDecoder<Entry>.decode(response, skip: skip), response)
        }
    }

    /// Reads one page of tickets with a decoder of the caller's.
    ///
    /// - Parameters:
    ///   - query: The range, the page and the filters.
    ///   - decode: Makes the page of an answer's body, or throws an ``EntryError``.
    /// - Returns: The page.
    /// - Throws: A ``ClientError`` when no page came.
    package func tickets<Page>(
        _ query: TicketQuery, decode: ([UInt8]) throws(EntryError) -> Page
    ) async throws(ClientError) -> Page {
        try await list(request(for: query), named: "tickets") { response throws(EntryError) in
            try decode(response.body)
        }
    }

    private func list<Value>(
        _ request: HTTPRequest, named name: String,
        by decode: (HTTPResponse) throws(EntryError) -> Value
    ) async throws(ClientError) -> Value {
        // The last answer that was looked at, so that a page is decoded once.
        var last: (body: [UInt8], result: Result<Value, ClientError>)?
        var request = request
        let sendCount = SendCount()
        request.sendCount = sendCount
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request) { response in
                let result = self.result(of: response, name, decode)
                last = (response.body, result)
                switch result {
                case .success: return true
                case .failure(let error): return !error.code.mayPass
                }
            }
        } catch {
            let error = withoutKey(error)
            throw ClientError(code: .transport(error), message: error.message)
                .after(tries: sendCount.value)
        }
        // A transport may look at no answer, or return one that it did not look at.
        if let last, case .success(let value) = last.result, last.body == response.body {
            proof.note()
            return value
        }
        do throws(ClientError) {
            let value = try result(of: response, name, decode).get()
            proof.note()
            return value
        } catch {
            throw error.after(tries: sendCount.value)
        }
    }

    /// What an answer to a read is: a listing, or the reason why it is none.
    private func result<Value>(
        of response: HTTPResponse, _ name: String,
        _ decode: (HTTPResponse) throws(EntryError) -> Value
    ) -> Result<Value, ClientError> {
        // Names and texts of a listing reach previews and plans as they are.
        let response = SecretText.removed(from: response, key: key)
        guard (200...299).contains(response.status), !PageTitle.isPage(response.body) else {
            return .failure(refusal(by: response))
        }
        do throws(EntryError) {
            return .success(try decode(response))
        } catch {
            let size = response.body.count
            return .failure(
                ClientError(
                    code: .unexpectedAnswer,
                    message:
                        "\(base.endpoint) answered with HTTP \(response.status), but not with a "
                        + "usable list of \(name): \(error.reason) (\(size) "
                        + "\(size == 1 ? "byte" : "bytes"))"
                        + (error.isForeign
                            ? "; " + base.adviceOnForeign(isProven: proof.isProven) : ""),
                    status: response.status))
        }
    }

    /// Why an answer is not a success.
    private func refusal(by response: HTTPResponse) -> ClientError {
        let body = AnswerBody(response.body, hiding: key)
        let isPage = PageTitle.isPage(response.body)
        // An answer without a date can name a point in time, too.
        func hints() -> RateLimitHints {
            RateLimitHints(response, now: Int(SystemTime.millisecondsSince1970() / 1000))
        }
        let code: ClientError.Code =
            switch response.status {
            case 401: .unauthorized
            case 404, 405: .noSuchPath
            case 407, 451: .foreign
            case _ where isPage: .foreign
            case 403 where body.isObject: .forbidden
            case 429: .rateLimited(hints())
            case 408, 421, 425, 500...599: .serverError(hints())
            case 400...499 where body.hasText: .refused
            default: .foreign
            }
        let advice: String? =
            switch code {
            case .foreign: base.adviceOnForeign(isProven: proof.isProven)
            case .noSuchPath: base.adviceOnPath
            default: nil
            }
        // The server's own words seldom say what kind of failure it is.
        let status = response.status >= 500 && body.hasText ? "HTTP \(response.status): " : ""
        return ClientError(
            code: code,
            message: "\(base.endpoint) said: \(status)\(body.text(for: response))"
                + (advice.map { "; \($0)" } ?? "") + Self.wait(code),
            status: response.status)
    }

    /// The wait that the server asks for, as the end of a message; empty when it asks for none.
    private static func wait(_ code: ClientError.Code) -> String {
        switch code {
        case .rateLimited(let hints):
            (hints.retryAfter ?? hints.strictest?.resetAfter)?.asked
                ?? "; it does not say how long to wait"
        case .serverError(let hints): hints.retryAfter?.asked ?? ""
        default: ""
        }
    }
}

extension ClientError {
    /// The error with the number of tries, where there were several and another one could have helped.
    fileprivate func after(tries: Int) -> ClientError {
        if case .rateLimited = code { return self }
        guard tries > 1 else { return self }
        var error = self
        let end = message.hasSuffix(".") ? "." : ""
        error.message = "\(message.dropLast(end.count)) (\(tries) tries)\(end)"
        return error
    }
}

extension ClientError.Code {
    /// Whether a retry may bring another answer.
    fileprivate var mayPass: Bool {
        switch self {
        case .foreign, .serverError, .unexpectedAnswer: true
        case .unauthorized, .forbidden, .noSuchPath, .rateLimited, .refused, .transport: false
        }
    }
}

extension Duration {
    /// A wait that a server asks for, as the end of a message.
    fileprivate var asked: String {
        let (seconds, rest) = components
        let whole = seconds + (rest > 0 ? 1 : 0)
        return "; it asks to wait for " + Words.wait(seconds: whole)
    }
}
