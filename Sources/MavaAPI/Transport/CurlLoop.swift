import CCurl

/// What the transport's thread does.
///
/// It takes requests from the inbox, lets libcurl work on those whose sockets are ready, and resumes the
/// waiting tasks. Everything here belongs to that one thread.
struct CurlLoop: ~Copyable {
    private let library: CurlLibrary
    private let inbox: CurlInbox
    private let settings: CurlTransport.Configuration
    private let multi: OpaquePointer
    private let sockets: CurlSockets
    /// Handles that carry a transfer.
    private var busy: [CurlHandle] = []
    /// Handles that wait for the next one.
    private var idle: [CurlHandle] = []
    /// A lower bound of all busy transfers' deadlines; computed again by a pass over all of them.
    private var nextDeadline: ContinuousClock.Instant?

    /// Prepares the loop; `nil` when libcurl has no memory for it.
    init?(library: CurlLibrary, inbox: CurlInbox, settings: CurlTransport.Configuration) {
        guard let multi = ccurl_multi_new(library.functions) else { return nil }
        let sockets = CurlSockets(pipe: inbox.pipe)
        let isSet = ccurl_multi_set_callbacks(
            library.functions, multi, curlSocketChanged, curlTimerChanged,
            Unmanaged.passUnretained(sockets).toOpaque())
        guard isSet == CCURL_OK else {
            ccurl_multi_free(library.functions, multi)
            return nil
        }
        self.library = library
        self.inbox = inbox
        self.settings = settings
        self.multi = multi
        self.sockets = sockets
        for option in [CCURL_MULTIOPT_MAX_TOTAL_CONNECTIONS, CCURL_MULTIOPT_MAXCONNECTS] {
            _ = ccurl_multi_set_long(
                library.functions, multi, Int32(option), settings.maxConnections)
        }
    }

    /// Runs until the inbox is closed or libcurl fails, then ends the transfers in flight and frees
    /// everything.
    consuming func run() {
        var failure: TransportError?
        while failure == nil {
            let mail = inbox.consume()
            for transfer in mail.cancelled { cancel(transfer) }
            for transfer in mail.submitted { start(transfer) }
            guard !mail.isClosing else { break }
            failure = work()
        }
        end(with: failure ?? CurlTransport.shutDownError)
    }

    /// One round: lets libcurl do what is due, waits for an event, and reports finished transfers.
    private mutating func work() -> TransportError? {
        var result = CCURL_OK
        if sockets.consumeTimer() { result = act(Int32(CCURL_SOCKET_TIMEOUT), 0) }
        collect()
        expire()
        guard result == CCURL_OK else { return failure(of: result) }
        guard let ready = sockets.wait(until: inbox.beginWaiting() ? nextDeadline : .now) else {
            return Self.failure("the system cannot wait for its sockets")
        }
        inbox.endWaiting()
        for item in ready where sockets.isWatched(item.socket) {
            result = act(item.socket, item.events)
            guard result == CCURL_OK else { return failure(of: result) }
            // Each gets its answer at once, and can be at work while the next is read.
            collect()
        }
        return nil
    }

    private func act(_ socket: Int32, _ events: Int32) -> Int {
        Int(ccurl_multi_act(library.functions, multi, socket, events))
    }

    private func failure(of result: Int) -> TransportError {
        let text = ccurl_multi_error_text(library.functions, Int32(result)).map {
            String(cString: $0)
        }
        return Self.failure(text ?? "error \(result)")
    }

    private static func failure(_ reason: String) -> TransportError {
        TransportError(
            code: .unavailable, message: "libcurl failed: \(reason).", mayHaveReachedServer: false)
    }

    private mutating func start(_ transfer: CurlTransfer) {
        guard !transfer.isCancelled else {
            return transfer.finish(.failure(transfer.cancelledError(reached: false)))
        }
        let remaining = ContinuousClock.now.duration(to: transfer.deadline)
        guard remaining > .zero else {
            return transfer.finish(.failure(transfer.timeoutError(reached: false)))
        }
        do throws(TransportError) {
            let handle =
                if let reused = idle.popLast() { reused } else {
                    try CurlHandle(library: library, settings: settings)
                }
            try handle.prepare(transfer, remaining: remaining, settings: settings)
            let result = ccurl_multi_add(library.functions, multi, handle.easy)
            guard result == CCURL_OK else {
                throw CurlHandle.refusal("it takes no more requests (error \(result))")
            }
            handle.busyIndex = busy.count
            busy.append(handle)
            transfer.handle = handle
            nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
        } catch {
            transfer.finish(.failure(error))
        }
    }

    private mutating func cancel(_ transfer: CurlTransfer) {
        // The transfer is not yet submitted, or has ended: nothing else is to be done.
        transfer.isCancelled = true
        guard let handle = transfer.handle else { return }
        let error = transfer.cancelledError(reached: handle.mayHaveReachedServer)
        release(handle)
        transfer.finish(.failure(error))
    }

    private mutating func collect() {
        var result: Int32 = 0
        while let easy = ccurl_multi_next_done(library.functions, multi, &result) {
            guard let context = ccurl_easy_private(library.functions, easy) else { continue }
            let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
            guard let transfer = handle.transfer else { continue }
            let outcome = handle.outcome(of: result, for: transfer)
            if case .success = outcome {
                release(handle, isReusable: true)
            } else {
                release(handle)
            }
            transfer.finish(outcome)
        }
    }

    /// Ends the transfers that are past their deadline.
    ///
    /// libcurl does not know the deadline: it would not look at it while a transfer waits for a free
    /// connection, and count from when it took the transfer.
    private mutating func expire() {
        guard let nextDeadline, ContinuousClock.now >= nextDeadline else { return }
        let now = ContinuousClock.now
        for transfer in busy.compactMap(\.transfer) where transfer.deadline <= now {
            guard let handle = transfer.handle else { continue }
            let error = transfer.timeoutError(reached: handle.mayHaveReachedServer)
            release(handle)
            transfer.finish(.failure(error))
        }
        self.nextDeadline = busy.compactMap { $0.transfer?.deadline }.min()
    }

    /// Removes a handle from libcurl, and keeps it for the next transfer if its own completed.
    ///
    /// A transfer that failed in any phase can leave state behind in its handle: after a name that could not
    /// be resolved libcurl refuses to set the size of a buffer that is still there. Connections belong to the
    /// loop, so a new handle costs little.
    private mutating func release(_ handle: CurlHandle, isReusable: Bool = false) {
        ccurl_multi_remove(library.functions, multi, handle.easy)
        let last = busy.removeLast()
        if last !== handle {
            busy[handle.busyIndex] = last
            last.busyIndex = handle.busyIndex
        }
        handle.transfer?.handle = nil
        handle.clear()
        if isReusable, idle.count < settings.maxConnections { idle.append(handle) }
    }

    private consuming func end(with error: TransportError) {
        var late = inbox.detach()
        while let handle = busy.last {
            guard let transfer = handle.transfer else { break }
            var error = error
            error.mayHaveReachedServer = handle.mayHaveReachedServer
            release(handle)
            transfer.finish(.failure(error))
        }
        for transfer in late { transfer.finish(.failure(error)) }
        late = []
        idle = []
        ccurl_multi_free(library.functions, multi)
        // Until here, libcurl could report sockets that it closes.
        withExtendedLifetime(sockets) {}
    }
}
