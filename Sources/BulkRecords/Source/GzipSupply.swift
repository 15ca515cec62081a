import CLibrary

/// Bytes of another supply, decompressed by the system's `gzip -dc`.
///
/// One loop writes to the child and reads from it. Neither can therefore wait for the other
/// forever, and no thread is needed. The child's input is a socket, because a write to a socket
/// can suppress SIGPIPE when the reader is gone.
final class GzipSupply: ByteSupply {
    private let allowed: (ratio: Int, bytes: Int)
    private let upstream: any ByteSupply
    private let name: String
    private var child: pid_t = 0
    private var toChild: Int32 = -1
    private var fromChild: Int32 = -1
    /// Bytes read from upstream that the child has not taken yet.
    private var pending: [UInt8]
    private var pendingStart = 0
    private var isUpstreamAtEnd = false
    private var consumed = 0
    private var produced = 0

    /// Starts the child.
    ///
    /// - Parameters:
    ///   - head: The compressed bytes that were already read.
    ///   - upstream: The source of the remaining compressed bytes.
    ///   - name: The input's name in messages.
    ///   - allowed: How much the data may expand.
    /// - Throws: ``ReadError`` when there is no `gzip`.
    init(
        head: [UInt8], upstream: any ByteSupply, name: String, allowed: (ratio: Int, bytes: Int)
    ) throws(ReadError) {
        self.allowed = allowed
        self.upstream = upstream
        self.name = name
        pending = head
        consumed = head.count
        try start()
    }

    deinit {
        closeInput()
        if fromChild >= 0 { _ = close(fromChild) }
        if child > 0 {
            _ = kill(child, SIGTERM)
            _ = wait()
        }
    }

    func read(into space: UnsafeMutableRawBufferPointer) throws(ReadError) -> Int {
        while fromChild >= 0 {
            try fetch()
            var descriptors = [
                pollfd(fd: fromChild, events: Int16(POLLIN), revents: 0),
                pollfd(fd: toChild, events: Int16(POLLOUT), revents: 0),
            ]
            let ready = poll(&descriptors, toChild >= 0 ? 2 : 1, -1)
            if ready < 0 {
                if errno == EINTR { continue }
                throw failure("gzip cannot be waited for: \(systemMessage(errno))")
            }
            if toChild >= 0, descriptors[1].revents != 0 { feed() }
            guard descriptors[0].revents != 0 else { continue }
            let count = readOutput(space)
            if count > 0 {
                produced += count
                guard produced <= allowed.bytes + allowed.ratio * consumed else {
                    throw ReadError(
                        code: .expansionTooLarge,
                        message: "expands to more than \(allowed.ratio) times its size, which no "
                            + "table does: decompress it yourself if it is meant so",
                        inputName: name)
                }
                return count
            }
            if count == 0 { try finish() }
        }
        return 0
    }

    /// Runs `gzip -dc` between a socket and a pipe.
    private func start() throws(ReadError) {
        var sockets: [Int32] = [-1, -1]
        var pipes: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, PlatformConstant.streamSocket, 0, &sockets) == 0 else {
            throw failure("gzip cannot be started: \(systemMessage(errno))")
        }
        toChild = sockets[0]
        guard pipe(&pipes) == 0 else {
            _ = close(sockets[1])
            throw failure("gzip cannot be started: \(systemMessage(errno))")
        }
        fromChild = pipes[0]
        for descriptor in sockets + pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(toChild, F_SETFL, O_NONBLOCK)
        #if canImport(Darwin)
            var on: Int32 = 1
            _ = setsockopt(
                toChild, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, sockets[1], 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("gzip"), strdup("-dc"), nil]
        defer { for argument in arguments { free(argument) } }
        // The environment is empty, because `GZIP` could hold options.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        let code = posix_spawnp(&child, "gzip", &actions, nil, &arguments, &environment)
        _ = close(sockets[1])
        _ = close(pipes[1])
        guard code == 0 else {
            child = 0
            throw failure(
                "gzip cannot be started (\(systemMessage(code))): install it, or decompress the "
                    + "file yourself")
        }
    }

    /// Reads more compressed bytes when the child has taken all, and ends its input at their end.
    private func fetch() throws(ReadError) {
        guard toChild >= 0, pendingStart == pending.count else { return }
        if !isUpstreamAtEnd {
            if pending.count < 64 * 1024 { pending = [UInt8](repeating: 0, count: 64 * 1024) }
            // The closure cannot throw the typed error, so it returns a result.
            let result = pending.withUnsafeMutableBytes { space in
                Result { () throws(ReadError) in try upstream.read(into: space) }
            }
            let count = try result.get()
            isUpstreamAtEnd = count == 0
            consumed += count
            pending.removeLast(pending.count - count)
            pendingStart = 0
        }
        if isUpstreamAtEnd { closeInput() }
    }

    /// Writes as much to the child as it takes without waiting.
    private func feed() {
        let count = pending.withUnsafeBytes { bytes in
            let rest = UnsafeRawBufferPointer(rebasing: bytes[pendingStart...])
            return send(toChild, rest.baseAddress, rest.count, PlatformConstant.noSignal)
        }
        if count > 0 {
            pendingStart += count
        } else if errno != EAGAIN, errno != EINTR {
            // The child reads no more. Its exit status decides.
            closeInput()
        }
    }

    private func readOutput(_ space: UnsafeMutableRawBufferPointer) -> Int {
        CLibrary.read(fromChild, space.baseAddress, space.count)
    }

    /// Checks the child's exit status, after its output has ended.
    private func finish() throws(ReadError) {
        _ = close(fromChild)
        fromChild = -1
        closeInput()
        let status = wait()
        child = 0
        // Exit status 2 means that gzip dropped something after the compressed data, perhaps rows.
        guard status == 0 else {
            throw failure("the gzip data is damaged or cut off: compress the file again")
        }
    }

    private func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return status
    }

    private func closeInput() {
        if toChild >= 0 { _ = close(toChild) }
        toChild = -1
    }

    private func failure(_ message: String) -> ReadError {
        ReadError(code: .decompressionFailed, message: message, inputName: name)
    }
}
