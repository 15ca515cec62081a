import CLibrary

/// A failed system call on a socket.
package struct RawSocketError: Error, CustomStringConvertible {
    /// The name of the call.
    package var call: String
    /// Its `errno`.
    package var number: Int32

    package var description: String { "\(call) failed: \(String(cString: strerror(number)))" }
}

/// The socket calls that the raw server needs, with all platform differences in one place.
enum RawSocket {
    static let stream = PlatformConstant.streamSocket
    static let noSignal = PlatformConstant.noSignal

    /// Listens on a free port of 127.0.0.1.
    static func listenOnLoopback() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw RawSocketError(call: "socket", number: errno) }
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        guard isListening else {
            let number = errno
            close(descriptor)
            throw RawSocketError(call: "listen", number: number)
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A port of 127.0.0.1 on which no program listens: it was bound once and released.
    static func unusedPort() throws -> Int {
        let (descriptor, port) = try listenOnLoopback()
        close(descriptor)
        return port
    }

    /// Connects once and closes the connection.
    static func poke(port: Int) {
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = loopback(port: port)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Turns off send delays, and the signal when the other side has closed.
    static func tune(_ descriptor: Int32) {
        // Programs that a test starts must not inherit the socket, because they would keep it open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
            socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
            setsockopt(
                descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Makes closing the socket send a reset instead of a regular close.
    static func resetOnClose(_ descriptor: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        return address
    }
}
