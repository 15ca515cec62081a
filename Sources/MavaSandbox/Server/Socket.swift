import CLibrary

/// The non-blocking TCP socket operations that the sandbox needs.
enum Socket {
    /// The result of an attempt to read or write.
    enum Transfer: Equatable {
        /// The number of bytes transferred, at least one.
        case bytes(Int)
        /// Nothing can be transferred now.
        case wouldBlock
        /// The other side has finished sending.
        case end
        /// The connection is lost.
        case failed
    }

    private static let stream = PlatformConstant.streamSocket
    private static let sendFlags = PlatformConstant.noSignal

    /// Opens a socket that listens on an address.
    ///
    /// - Parameters:
    ///   - host: A numeric IPv4 or IPv6 address, or a name for one.
    ///   - port: The port; 0 takes a free one.
    /// - Returns: The descriptor, the port, and whether only this machine can reach it.
    /// - Throws: `SandboxError` with `listen`.
    static func listen(
        host: String, port: UInt16
    ) throws(SandboxError) -> (descriptor: Int32, port: UInt16, isLoopback: Bool) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = stream
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else {
            throw SandboxError(.listen, "no address is known for \(host)")
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(list.pointee.ai_family, stream, 0)
        guard descriptor >= 0 else { throw failure("cannot open a socket") }
        var on: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let bound = CLibrary.bind(descriptor, list.pointee.ai_addr, list.pointee.ai_addrlen)
        let listening = bound == 0 ? CLibrary.listen(descriptor, 1024) : -1
        guard listening == 0, let address = address(of: descriptor, getsockname) else {
            let error = failure("cannot listen on \(host) port \(port)")
            close(descriptor)
            throw error
        }
        setUp(descriptor)
        return (descriptor, address.port, address.isLoopback)
    }

    /// The result of an attempt to accept a waiting connection.
    enum Acceptance {
        /// A connection, and whether its client runs on this machine.
        case connection(Int32, isFromLoopback: Bool)
        /// No connection is waiting.
        case none
        /// A connection is waiting but cannot be accepted now, for example for lack of descriptors.
        case exhausted
    }

    /// Accepts the next waiting connection.
    static func accept(_ listener: Int32) -> Acceptance {
        let descriptor = CLibrary.accept(listener, nil, nil)
        guard descriptor >= 0 else {
            let isShort = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
            return isShort ? .exhausted : .none
        }
        setUp(descriptor)
        var on: Int32 = 1
        // Answers are written whole, so waiting for more data would only delay them.
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let peer = address(of: descriptor, getpeername)
        return .connection(descriptor, isFromLoopback: peer?.isLoopback ?? false)
    }

    /// Reads what has arrived.
    static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        transfer(recv(descriptor, buffer.baseAddress, buffer.count, 0), isRead: true)
    }

    /// Writes as much as the socket accepts.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Transfer {
        transfer(send(descriptor, bytes.baseAddress, bytes.count, sendFlags), isRead: false)
    }

    /// Shuts down the sending side, so that the client reads everything up to the end.
    static func endSending(_ descriptor: Int32) {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Closes a socket with a reset, so that the other side sees a broken connection.
    static func reset(_ descriptor: Int32) {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &linger,
            socklen_t(MemoryLayout.size(ofValue: linger)))
        close(descriptor)
    }

    /// Closes a socket.
    static func close(_ descriptor: Int32) {
        _ = CLibrary.close(descriptor)
    }

    /// Makes a descriptor non-blocking and prevents child processes from inheriting it.
    static func setUp(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            var on: Int32 = 1
            setsockopt(
                descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func transfer(_ count: Int, isRead: Bool) -> Transfer {
        if count > 0 { return .bytes(count) }
        if count == 0 { return isRead ? .end : .wouldBlock }
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .wouldBlock : .failed
    }

    private static func address(
        of descriptor: Int32,
        _ ask: (
            Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>
        ) -> Int32
    ) -> (port: UInt16, isLoopback: Bool)? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard ask(descriptor, address, &length) == 0 else { return nil }
                return describe(address)
            }
        }
    }

    private static func describe(
        _ address: UnsafeMutablePointer<sockaddr>
    ) -> (port: UInt16, isLoopback: Bool)? {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                let isLoopback = UInt32(bigEndian: address.pointee.sin_addr.s_addr) >> 24 == 127
                return (UInt16(bigEndian: address.pointee.sin_port), isLoopback)
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                let bytes = withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
                let isOne = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
                let isMapped =
                    bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF
                    && bytes[11] == 0xFF && bytes[12] == 127
                return (UInt16(bigEndian: address.pointee.sin6_port), isOne || isMapped)
            }
        default: return nil
        }
    }

    private static func failure(_ what: String) -> SandboxError {
        SandboxError(.listen, "\(what): \(String(cString: strerror(errno)))")
    }
}
