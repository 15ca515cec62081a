import CCurl

import CLibrary

extension CurlHandle {
    /// Turns libcurl's result for the transfer into ours.
    ///
    /// - Parameters:
    ///   - result: What libcurl says.
    ///   - transfer: The transfer that ended.
    /// - Returns: The answer, or why there is none.
    func outcome(of result: Int32, for transfer: CurlTransfer) -> CurlTransfer.Outcome {
        if let stop { return .failure(error(for: stop, transfer)) }
        guard result == CCURL_OK else { return .failure(error(for: result, transfer)) }
        // libcurl reports a connection that ends in the middle of the headers as a whole answer.
        guard head.isComplete else {
            return .failure(error(for: Int32(CCURL_GOT_NOTHING), transfer))
        }
        let status = ccurl_easy_response_code(library.functions, easy)
        guard (100...599).contains(status) else {
            return .failure(
                TransportError(
                    code: .malformedResponse,
                    message: "\(transfer.endpoint) answered with the impossible status \(status).",
                    mayHaveReachedServer: true))
        }
        return .success(CurlAnswer(status: status, head: head, body: body))
    }

    private func error(for stop: Stop, _ transfer: CurlTransfer) -> TransportError {
        let endpoint = transfer.endpoint
        let code: TransportError.Code
        let message: String
        switch stop {
        case .bodyTooLarge:
            code = .tooLarge
            message = "\(endpoint) answered with more than \(bodyLimit) bytes."
        case .headersTooLarge:
            code = .tooLarge
            message = "\(endpoint) answered with more than \(curlHeaderLimit) bytes of headers."
        case .wouldRepeat:
            code = .connectionLost
            message = "\(endpoint) closed the connection before it answered."
        }
        var error = TransportError(code: code, message: message, mayHaveReachedServer: true)
        // libcurl repeats a request for this reason alone.
        error.isOfReusedConnection = stop == .wouldRepeat
        return error
    }

    private func error(for result: Int32, _ transfer: CurlTransfer) -> TransportError {
        let reached = mayHaveReachedServer
        let endpoint = transfer.endpoint
        if !reached, let shortage = shortage(result: Int(result)) {
            return CurlHandle.shortage(
                "no connection to \(endpoint) can be opened: \(shortage)")
        }
        let code = Self.code(for: Int(result), reached: reached)
        if !reached, let proxy = ProxyVariable(for: endpoint),
            let message = Self.message(of: Int(result), code, proxy, endpoint)
        {
            return TransportError(
                code: code, message: "\(message): \(detail(of: result)).",
                mayHaveReachedServer: false)
        }
        let message: String
        switch code {
        case .timeout where reached: return transfer.timeoutError(reached: true)
        case .timeout: message = "No connection to \(endpoint) in time"
        case .resolve: message = "The name in \(endpoint) cannot be resolved"
        case .connect: message = "No connection to \(endpoint)"
        case .tls: message = "TLS with \(endpoint) failed"
        case .untrusted: message = "The certificate of \(endpoint) is not trusted"
        case .connectionLost: message = "The connection to \(endpoint) broke"
        case .malformedResponse: message = "The answer of \(endpoint) is not valid HTTP"
        case .tooLarge: message = "The answer of \(endpoint) has headers that are too large"
        case .cancelled: message = "The request to \(endpoint) was cancelled"
        case .localShortage, .unavailable:
            message = "libcurl cannot send the request to \(endpoint)"
        }
        let detail = detail(of: result)
        let reason: String? =
            switch code {
            // libcurl's words repeat the address, and name no reason.
            case .connect where Int(result) == CCURL_COULDNT_CONNECT: systemReason
            case .resolve: nil
            // libcurl before 8.6 calls a header line over 100 kB a lack of memory.
            case .tooLarge where Int(result) == CCURL_OUT_OF_MEMORY: nil
            default: detail
            }
        let advice =
            switch code {
            case .untrusted: Self.advice(on: Int(result), detail)
            case .resolve: " Check how the name is written, and this machine's network."
            case .tls where Self.isPlain(detail): Self.adviceOnPlainHTTP(at: endpoint)
            default: ""
            }
        var error = TransportError(
            code: code, message: "\(message)\(reason.map { ": \($0)" } ?? "").\(advice)",
            mayHaveReachedServer: reached)
        error.isOfReusedConnection =
            code == .connectionLost && head.isEmpty
            && ccurl_easy_new_connections(library.functions, easy) == 0
        return error
    }

    /// The system's words for why there is no connection; `nil` where it gave no reason.
    private var systemReason: String? {
        systemError == 0 ? nil : String(cString: strerror(systemError))
    }

    /// Whether a handshake failed because the answer was not TLS, in the words of OpenSSL and GnuTLS.
    static func isPlain(_ detail: String) -> Bool {
        let text = detail.lowercased()
        return ["wrong version number", "packet length too long", "unexpected tls packet"]
            .contains { text.contains($0) }
    }

    /// What to do where a server seems to use no TLS; Mava's own always does.
    static func adviceOnPlainHTTP(at endpoint: HTTPEndpoint) -> String {
        let seems = " The server seems to use plain http"
        if endpoint.isMava { return seems + ": something may be in between." }
        if endpoint.isLoopback { return seems + ": write its address with http://." }
        return seems
            + ", which is accepted on loopback only, and from the host that \(SettingName.unencryptedHost) names."
    }

    /// Libcurl's words, of which parts come from the server.
    private func detail(of result: Int32) -> String {
        ServerText.excerpt(errorMessage(for: result))
    }

    /// What went wrong on the way through a proxy; `nil` where the proxy has no part in it.
    private static func message(
        of result: Int, _ code: TransportError.Code, _ proxy: ProxyVariable,
        _ endpoint: HTTPEndpoint
    ) -> String? {
        switch result {
        case CCURL_COULDNT_RESOLVE_PROXY: return "The name of the \(proxy) cannot be resolved"
        case CCURL_COULDNT_CONNECT: return "No connection to the \(proxy)"
        case CCURL_OPERATION_TIMEDOUT:
            return "No connection to \(endpoint) in time through the \(proxy)"
        default:
            guard code == .connect else { return nil }
            return "The \(proxy) made no connection to \(endpoint)"
        }
    }

    /// What to do about a certificate that is not trusted.
    private static func advice(on result: Int, _ detail: String) -> String {
        if result == CCURL_SSL_CACERT_BADFILE {
            return
                " The file of authorities cannot be used: check \(SettingName.authorities) or SSL_CERT_FILE."
        }
        let isNoMatter = ["expired", "not yet valid", "subject name", "revoked", "hostname"]
            .contains { detail.lowercased().contains($0) }
        // Trusting more authorities does not help with a certificate that is expired or of another server.
        if isNoMatter { return "" }
        return
            " Where an authority of your own signed it, name its PEM file with \(SettingName.authorities)."
    }

    /// The cause behind a result of libcurl.
    ///
    /// - Parameters:
    ///   - result: What libcurl says.
    ///   - reached: Whether the request may have been written; some results mean another thing then.
    /// - Returns: The cause.
    static func code(for result: Int, reached: Bool) -> TransportError.Code {
        switch result {
        case CCURL_COULDNT_RESOLVE_HOST, CCURL_COULDNT_RESOLVE_PROXY:
            .resolve
        case CCURL_COULDNT_CONNECT, CCURL_PROXY, CCURL_NO_CONNECTION_AVAILABLE:
            .connect
        case CCURL_SSL_CONNECT_ERROR, CCURL_SSL_ENGINE_NOTFOUND, CCURL_SSL_ENGINE_SETFAILED,
            CCURL_SSL_CERTPROBLEM, CCURL_SSL_CIPHER, CCURL_SSL_ENGINE_INITFAILED,
            CCURL_SSL_SHUTDOWN_FAILED, CCURL_SSL_CLIENTCERT:
            .tls
        case CCURL_PEER_FAILED_VERIFICATION, CCURL_SSL_CACERT_BADFILE, CCURL_SSL_CRL_BADFILE,
            CCURL_SSL_ISSUER_ERROR, CCURL_SSL_PINNEDPUBKEYNOTMATCH, CCURL_SSL_INVALIDCERTSTATUS:
            .untrusted
        case CCURL_OPERATION_TIMEDOUT:
            .timeout
        case CCURL_WEIRD_SERVER_REPLY, CCURL_BAD_CONTENT_ENCODING:
            .malformedResponse
        case CCURL_UNSUPPORTED_PROTOCOL:
            // After the request went out: an answer without a status line (HTTP/0.9).
            reached ? .malformedResponse : .unavailable
        case CCURL_TOO_LARGE:
            .tooLarge
        case CCURL_OUT_OF_MEMORY:
            // libcurl before 8.6 returns this for a header line over 100 kB.
            reached ? .tooLarge : .unavailable
        case CCURL_FAILED_INIT, CCURL_URL_MALFORMAT, CCURL_NOT_BUILT_IN, CCURL_UNKNOWN_OPTION:
            .unavailable
        default:
            reached ? .connectionLost : .connect
        }
    }
}
