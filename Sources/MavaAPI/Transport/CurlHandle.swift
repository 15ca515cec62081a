import CCurl

/// One of libcurl's easy handles with what it has received so far; used by the transport's thread only.
///
/// A handle carries one transfer after another. Constant options are set when it is made, the options of one
/// request in ``prepare(_:remaining:settings:)``. Nothing is reset in between. Most updates differ from the
/// previous one only in the body, so an option is set again only when its value changes.
final class CurlHandle {
    /// Why a callback ended the transfer.
    enum Stop {
        case bodyTooLarge
        case headersTooLarge
        case wouldRepeat
    }

    let easy: OpaquePointer
    let library: CurlLibrary
    /// The transfer it carries.
    var transfer: CurlTransfer?
    /// Its place in the loop's list of busy handles.
    var busyIndex = 0

    /// How often libcurl was about to write the request.
    var writeAttempts = 0
    /// Why a callback ended the transfer, if one did.
    var stop: Stop?
    /// The header fields of the answer's last head, as they came.
    var head = CurlResponseHead()
    /// The body so far.
    var body: [UInt8] = []
    var bodyLimit = 0
    var dropsRest = false

    /// What the options are set to.
    private struct Current {
        var url: String?
        var isProxied: Bool?
        var mayShare: Bool?
        var connectTimeout: Int?
        var method: HTTPRequest.Method?
        var bodyCount: Int?
        var headers: [(name: String, value: String)]?
    }

    private var current = Current()
    private var headerList: OpaquePointer?
    /// The request's URL, taken apart.
    private var address: OpaquePointer?
    /// The request's body, where libcurl reads it.
    private var sentBody = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 1)
    private let errorText: UnsafeMutablePointer<CChar>
    /// The system's error number when no socket could be opened for the transfer; 0 when there was none.
    private let socketError: UnsafeMutablePointer<Int32>

    /// Makes a handle and sets what all requests share.
    ///
    /// - Throws: ``TransportError/Code/unavailable`` when libcurl refuses a setting.
    init(library: CurlLibrary, settings: CurlTransport.Configuration) throws(TransportError) {
        guard let easy = ccurl_easy_new(library.functions) else {
            throw Self.shortage("libcurl has no memory for a request")
        }
        self.easy = easy
        self.library = library
        errorText = .allocate(capacity: CCURL_ERROR_SIZE)
        errorText.initialize(repeating: 0, count: CCURL_ERROR_SIZE)
        socketError = .allocate(capacity: 1)
        socketError.initialize(to: 0)
        try setConstants(settings)
    }

    deinit {
        ccurl_easy_free(library.functions, easy)
        if let headerList { ccurl_list_free(library.functions, headerList) }
        if let address { ccurl_url_free(library.functions, address) }
        errorText.deallocate()
        socketError.deallocate()
        sentBody.deallocate()
    }

    /// Whether the server may have seen something of the request.
    ///
    /// Before 7.80, libcurl does not report when it begins to write. Then the answer is always yes.
    var mayHaveReachedServer: Bool {
        library.version < CurlLibrary.prereqVersion || writeAttempts > 0
    }

    /// The system's error number of what went wrong; 0 where there is none.
    var systemError: Int32 {
        socketError.pointee != 0
            ? socketError.pointee : ccurl_easy_system_error(library.functions, easy)
    }

    /// libcurl's own words for what went wrong.
    func errorMessage(for result: Int32) -> String {
        let text = String(cString: errorText)
        return text.isEmpty ? library.text(of: result) : text
    }

    /// Sets what belongs to one request.
    ///
    /// - Parameters:
    ///   - transfer: The request to carry.
    ///   - remaining: What is left of its time.
    ///   - settings: The transport's settings.
    /// - Throws: ``TransportError/Code/unavailable`` when libcurl refuses a setting.
    func prepare(
        _ transfer: CurlTransfer, remaining: Duration, settings: CurlTransport.Configuration
    ) throws(TransportError) {
        let request = transfer.request
        writeAttempts = 0
        stop = nil
        head = CurlResponseHead()
        body = []
        bodyLimit = request.bodyLimit
        dropsRest = request.dropsRest
        errorText.pointee = 0
        socketError.pointee = 0

        if !(current.url?.hasSameBytes(as: request.url) ?? false) {
            current.url = nil
            try setURL(request.url)
            current.url = request.url
        }
        // Loopback is never proxied, and neither is plain http: a proxy would see the key. Elsewhere libcurl reads the
        // usual environment variables.
        let isProxied = !transfer.target.isLoopback && transfer.endpoint.scheme == .https
        if current.isProxied != isProxied {
            try set(CCURL_OPT_NOPROXY, isProxied ? nil : "*")
            current.isProxied = isProxied
        }
        // With HTTP/2, wait for the first connection's handshake to say whether the others can share it.
        // Without TLS only the first answer would say so, which may be long in coming.
        let mayShare = settings.allowsHTTP2 && transfer.endpoint.scheme == .https
        if current.mayShare != mayShare {
            try set(CCURL_OPT_PIPEWAIT, mayShare ? 1 : 0)
            current.mayShare = mayShare
        }
        try setConnectTimeout(remaining, settings.connectTimeout)
        try setMethod(request)
        if !(current.headers.map(request.hasHeaders) ?? false) {
            current.headers = nil
            try setHeaders(request.headers, settings.userAgent)
            current.headers = request.headers
        }
        self.transfer = transfer
    }

    /// Forgets the transfer and its answer.
    ///
    /// The headers stay, the key among them, for the next request that has the same.
    func clear() {
        transfer = nil
        head = CurlResponseHead()
        body = []
    }

    /// Sets the URL as a text, and taken apart too: else libcurl does that again for each transfer.
    private func setURL(_ url: String) throws(TransportError) {
        guard let parts = ccurl_url_new(library.functions, url) else {
            throw Self.refusal("it cannot take its URL apart")
        }
        let before = address
        address = parts
        try set(CCURL_OPT_URL, url)
        try set(CCURL_OPT_CURLU, pointer: UnsafeMutableRawPointer(parts))
        if let before { ccurl_url_free(library.functions, before) }
    }

    /// Sets how long connecting may take: as long as the settings allow, and no longer than the request has.
    private func setConnectTimeout(
        _ remaining: Duration, _ longest: Duration
    ) throws(TransportError) {
        let timeout = min(remaining, longest).wholeMilliseconds
        if current.connectTimeout != timeout {
            try set(CCURL_OPT_CONNECTTIMEOUT_MS, timeout)
            current.connectTimeout = timeout
        }
    }

    private func setMethod(_ request: HTTPRequest) throws(TransportError) {
        let isSame = current.method == request.method
        current.method = nil
        switch request.method {
        case .get:
            if !isSame {
                try set(CCURL_OPT_CUSTOMREQUEST, nil)
                try set(CCURL_OPT_HTTPGET, 1)
                try set(CCURL_OPT_BUFFERSIZE, Self.listingBuffer)
            }
        case .put, .post:
            let count = request.body.count
            let moved = count > sentBody.count
            if moved {
                sentBody.deallocate()
                sentBody = .allocate(byteCount: 2 * count, alignment: 1)
            }
            request.body.withUnsafeBytes { sentBody.copyMemory(from: $0) }
            if !isSame || current.bodyCount != count {
                try check(
                    ccurl_easy_set_size(
                        library.functions, easy, Int32(CCURL_OPT_POSTFIELDSIZE_LARGE),
                        Int64(count)), CCURL_OPT_POSTFIELDSIZE_LARGE)
                current.bodyCount = count
            }
            if !isSame || moved, let address = sentBody.baseAddress {
                try set(CCURL_OPT_POSTFIELDS, pointer: address)
            }
            if !isSame {
                try set(CCURL_OPT_CUSTOMREQUEST, request.method.rawValue)
                try set(CCURL_OPT_BUFFERSIZE, Self.answerBuffer)
            }
        }
        current.method = request.method
    }

    /// The buffer size for the answer to a GET: libcurl's default.
    private static let listingBuffer = 16 << 10
    /// The buffer size for the answer to an update, which is one sentence: libcurl's minimum.
    ///
    /// libcurl makes a new buffer for each transfer, and a small one costs almost nothing.
    private static let answerBuffer = 1 << 10

    private func setHeaders(
        _ headers: [(name: String, value: String)], _ userAgent: String
    ) throws(TransportError) {
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // A name with nothing behind the colon takes libcurl's own header away: no waiting for
        // "100 Continue", and no form type for a body without one.
        lines.append("Expect:")
        // This is set as an ordinary header: libcurl would build the line of its own option again for each
        // request.
        lines.append("User-Agent: \(userAgent)")
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        var list: OpaquePointer?
        for line in lines {
            guard let longer = ccurl_list_append(library.functions, list, line) else {
                if let list { ccurl_list_free(library.functions, list) }
                throw Self.shortage("libcurl has no memory for the headers")
            }
            list = longer
        }
        let result = ccurl_easy_set_list(
            library.functions, easy, Int32(CCURL_OPT_HTTPHEADER), list)
        if let headerList { ccurl_list_free(library.functions, headerList) }
        headerList = list
        try check(result, CCURL_OPT_HTTPHEADER)
    }

    private func setConstants(
        _ settings: CurlTransport.Configuration
    ) throws(TransportError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try set(CCURL_OPT_PRIVATE, pointer: context)
        try set(CCURL_OPT_ERRORBUFFER, pointer: errorText)
        try set(CCURL_OPT_WRITEDATA, pointer: context)
        try set(CCURL_OPT_HEADERDATA, pointer: context)
        try set(CCURL_OPT_WRITEFUNCTION, curlReceivedBody)
        try set(CCURL_OPT_HEADERFUNCTION, curlReceivedHeader)
        if library.version >= CurlLibrary.prereqVersion {
            try set(CCURL_OPT_PREREQDATA, pointer: context)
            try check(
                ccurl_easy_set_prereq_function(library.functions, easy, curlWillWrite),
                CCURL_OPT_PREREQFUNCTION)
        } else {
            // Without it, the only way to be sure that libcurl never repeats a request by itself.
            try set(CCURL_OPT_FRESH_CONNECT, 1)
        }

        try check(
            ccurl_easy_note_socket_errors(library.functions, easy, socketError),
            CCURL_OPT_OPENSOCKETFUNCTION)
        // The transport's thread takes no signals; libcurl must not touch the program's.
        try set(CCURL_OPT_NOSIGNAL, 1)
        // Since 7.87: an abandoned name look-up ends by itself. Otherwise it blocks every other transfer
        // until the name server answers or the system gives up, ten seconds or more.
        _ = isSet(CCURL_OPT_QUICK_EXIT, 1)
        try set(CCURL_OPT_FOLLOWLOCATION, 0)
        try set(CCURL_OPT_NETRC, 0)
        try set(CCURL_OPT_HTTP09_ALLOWED, 0)
        try set(CCURL_OPT_DISALLOW_USERNAME_IN_URL, 1)
        // Named protocols since 7.85; a bit mask before.
        if !isSet(CCURL_OPT_PROTOCOLS_STR, "http,https") {
            try set(
                CCURL_OPT_PROTOCOLS,
                CCURL_PROTO_HTTP | CCURL_PROTO_HTTPS)
        }
        try set(CCURL_OPT_SSL_VERIFYPEER, 1)
        try set(CCURL_OPT_SSL_VERIFYHOST, 2)
        if let caFile = settings.caFile {
            try set(CCURL_OPT_CAINFO, caFile)
            // Else the system's directory would be trusted as well. Some TLS libraries have no such option.
            _ = ccurl_easy_set_string(library.functions, easy, Int32(CCURL_OPT_CAPATH), nil)
        }
        if let directory = settings.caDirectory { try set(CCURL_OPT_CAPATH, directory) }
        // A libcurl without HTTP/2 refuses it; then HTTP/1.1 it is.
        if !settings.allowsHTTP2 || !isSet(CCURL_OPT_HTTP_VERSION, CCURL_HTTP_VERSION_2TLS) {
            try set(CCURL_OPT_HTTP_VERSION, CCURL_HTTP_VERSION_1_1)
        }
        try set(CCURL_OPT_TCP_NODELAY, 1)
        try set(CCURL_OPT_MAXAGE_CONN, settings.maxIdleSeconds)
        try set(CCURL_OPT_SUPPRESS_CONNECT_HEADERS, 1)
        // The key's header goes to the server only, never to a proxy.
        try set(CCURL_OPT_HEADEROPT, CCURL_HEADER_SEPARATE)
    }
}
