import BulkSystem
import Synchronization

/// The transport over the network: the system's libcurl, on a thread of its own.
///
/// libcurl is loaded and the thread started when the first request is sent. Connections are kept open
/// and used again. Redirects are not followed, TLS is verified, compression is not asked for, and a
/// request is never repeated behind the caller's back. Proxies are taken from the environment as
/// libcurl does (`https_proxy`, `no_proxy`, …), but never for loopback.
public final class CurlTransport: HTTPTransport {
    /// The transport's settings.
    public struct Configuration: Sendable {
        /// A PEM file of the authorities to trust instead of the system's; `nil` for the system's.
        public var caFile: String?
        /// A directory of authorities to trust, as OpenSSL's `c_rehash` makes it, beside those of the
        /// file; `nil` for the system's.
        public var caDirectory: String?
        /// The most connections that are open at one time.
        public var maxConnections: Int
        /// The maximum time for making a connection; the request's own deadline applies as well.
        public var connectTimeout: Duration
        /// What the transport calls itself to servers.
        public var userAgent: String
        /// Whether HTTP/2 is used over TLS with servers that offer it; off by default.
        ///
        /// Three requests a second gain nothing from it, and it loses some: a server that retires a
        /// connection after so many requests says so with the last answer in HTTP/1.1, but in HTTP/2
        /// libcurl can report requests that were then under way as broken off.
        public var allowsHTTP2: Bool
        /// How many seconds a connection may be idle and still be used again.
        ///
        /// Shorter than libcurl's two minutes: most servers have closed the connection by then, and the discovery
        /// costs an attempt.
        var maxIdleSeconds = 60

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - caFile: A PEM file of the authorities to trust instead of the system's.
        ///   - caDirectory: A directory of authorities to trust, beside those of the file.
        ///   - maxConnections: The most connections that are open at one time, at least 1.
        ///   - connectTimeout: The most that making a connection may take.
        ///   - userAgent: What the transport calls itself to servers.
        ///   - allowsHTTP2: Whether HTTP/2 is spoken over TLS with servers that offer it.
        public init(
            caFile: String? = nil, caDirectory: String? = nil, maxConnections: Int = 64,
            connectTimeout: Duration = .seconds(10),
            userAgent: String = "mava-bulk/\(ToolVersion.current)", allowsHTTP2: Bool = false
        ) {
            self.caFile = caFile
            self.caDirectory = caDirectory
            self.maxConnections = max(1, maxConnections)
            self.connectTimeout = connectTimeout
            self.userAgent = userAgent
            self.allowsHTTP2 = allowsHTTP2
        }
    }

    private enum State {
        case notStarted
        case running(CurlInbox, JoinableThread)
        case shutDown
    }

    private struct Checked {
        var url: String
        var headers: [(name: String, value: String)]
        var target: CurlTarget
    }

    private let configuration: Configuration
    private let loadLibrary: @Sendable () throws(TransportError) -> CurlLibrary
    private let state = Mutex(State.notStarted)
    /// The last URL and headers that passed the check: all updates of a run have the same.
    private let lastChecked = Mutex<Checked?>(nil)

    /// Makes a transport; nothing is loaded or started yet.
    ///
    /// - Parameter configuration: How it is set.
    public convenience init(configuration: Configuration = Configuration()) {
        self.init(configuration: configuration) { () throws(TransportError) in
            try CurlLibrary.shared.get()
        }
    }

    /// Makes a transport that gets its libcurl from elsewhere.
    init(
        configuration: Configuration,
        loadLibrary: @escaping @Sendable () throws(TransportError) -> CurlLibrary
    ) {
        self.configuration = configuration
        self.loadLibrary = loadLibrary
    }

    deinit { shutdown() }

    /// Sends a request and waits for the whole answer.
    ///
    /// - Parameter request: What to send.
    /// - Returns: The answer, whatever its status.
    /// - Throws: A ``TransportError`` when no complete answer came; at once and without sending when
    ///   the URL or a header cannot be sent as it is, or libcurl is missing.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        // A time-out beyond libcurl's range counts as unlimited.
        let deadline = ContinuousClock.now.advanced(by: min(request.timeout, .seconds(2_000_000)))
        request.sendCount?.note()
        let target = try checkedTarget(of: request)
        let inbox = try startedInbox()
        let transfer = CurlTransfer(request: request, target: target, deadline: deadline)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                if !inbox.submit(transfer) { transfer.finish(.failure(Self.shutDownError)) }
            }
        } onCancel: {
            inbox.cancel(transfer)
        }
        return try outcome.get().response
    }

    /// Ends the transport: requests in flight fail, and the thread has ended when this returns.
    ///
    /// Requests sent later fail at once. Releasing the last reference does the same.
    public func shutdown() {
        let before = state.withLock { state in
            defer { state = .shutDown }
            return state
        }
        guard case .running(let inbox, let thread) = before else { return }
        inbox.close()
        if thread.isCurrent { thread.detach() } else { thread.join() }
    }

    static let shutDownError = TransportError(
        code: .cancelled, message: "The transport was shut down.", mayHaveReachedServer: false)

    private func startedInbox() throws(TransportError) -> CurlInbox {
        try state.withLock { state throws(TransportError) in
            switch state {
            case .running(let inbox, _): return inbox
            case .shutDown: throw Self.shutDownError
            case .notStarted:
                let (inbox, thread) = try start()
                state = .running(inbox, thread)
                return inbox
            }
        }
    }

    private func start() throws(TransportError) -> (CurlInbox, JoinableThread) {
        let library = try loadLibrary()
        guard let pipe = WakePipe() else {
            throw CurlHandle.shortage(
                "this process may open no more files (ulimit -n)")
        }
        let inbox = CurlInbox(pipe: pipe)
        let settings = configuration
        let thread = JoinableThread {
            guard let loop = CurlLoop(library: library, inbox: inbox, settings: settings) else {
                for transfer in inbox.detach() {
                    transfer.finish(.failure(CurlHandle.shortage("libcurl has no memory")))
                }
                return
            }
            loop.run()
        }
        guard let thread else {
            throw CurlHandle.shortage("the system has no thread left (ulimit -u)")
        }
        return (inbox, thread)
    }

    /// Checks that a request can be sent exactly as it is written.
    private func checkedTarget(
        of request: HTTPRequest
    ) throws(TransportError) -> CurlTarget {
        let known = lastChecked.withLock { last -> CurlTarget? in
            guard let last, last.url.hasSameBytes(as: request.url),
                request.hasHeaders(last.headers)
            else { return nil }
            return last.target
        }
        if let known { return known }
        guard let endpoint = HTTPEndpoint(url: request.url) else {
            throw CurlHandle.refusal(
                "its URL is not an http or https URL without user information")
        }
        for (name, value) in request.headers {
            // A line break or a second colon must not inject another header. The value may be the key, so the
            // message does not contain it.
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenByte),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                throw CurlHandle.refusal(
                    "the header \(ServerText.excerpt(name)) holds a character it cannot carry")
            }
        }
        let target = CurlTarget(endpoint: endpoint, isLoopback: endpoint.isLoopback)
        lastChecked.withLock {
            $0 = Checked(url: request.url, headers: request.headers, target: target)
        }
        return target
    }

    /// Whether a byte is valid in a header's name (RFC 9110 5.6.2).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
