import BulkSystem
import Dispatch
import MavaAPI
import Synchronization

import CLibrary

/// A loopback server that sends exactly the bytes a test gives it, valid or not.
///
/// A script handles each connection on a thread of its own, so a script may block. When it returns,
/// the connection is closed.
package final class RawServer: Sendable {
    private struct State {
        var isClosed = false
        var descriptors: Set<Int32> = []
        var threads: [JoinableThread] = []
    }

    /// A script, called with the connection that it handles.
    package typealias Script = @Sendable (RawConnection) -> Void

    /// The port it listens on, on 127.0.0.1.
    package let port: Int
    /// How many connections were accepted.
    package let accepted = ObservedCount()
    /// How many complete requests were read, on all connections.
    package let requests = ObservedCount()

    private let listener: Int32
    private let script: Script
    private let state = Mutex(State())

    /// The server's address as a URL without a path.
    package var baseURL: String { "http://127.0.0.1:\(port)" }

    /// Runs a server while `body` runs, then closes it and waits for its threads.
    ///
    /// - Parameters:
    ///   - script: Handles each connection.
    ///   - body: The test, which gets the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or the system's error when no port is available.
    package static func with<Result>(
        _ script: @escaping Script, _ body: (RawServer) async throws -> Result
    ) async throws -> Result {
        let server = try RawServer(script)
        defer { server.stop() }
        return try await body(server)
    }

    /// A port of 127.0.0.1 on which no program listens.
    package static func unusedPort() throws -> Int { try RawSocket.unusedPort() }

    private init(_ script: @escaping Script) throws {
        self.script = script
        (listener, port) = try RawSocket.listenOnLoopback()
        guard let thread = JoinableThread({ [self] in acceptConnections() }) else {
            throw RawSocketError(call: "pthread_create", number: errno)
        }
        state.withLock { $0.threads.append(thread) }
    }

    private func acceptConnections() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            RawSocket.tune(descriptor)
            let isTaken = state.withLock { state in
                guard !state.isClosed else { return false }
                state.descriptors.insert(descriptor)
                return true
            }
            guard isTaken else {
                close(descriptor)
                return
            }
            let number = accepted.value
            let isCounted = DispatchSemaphore(value: 0)
            let thread = JoinableThread { [self] in
                isCounted.wait()
                script(RawConnection(descriptor: descriptor, number: number, requests: requests))
                let isOpen = state.withLock { $0.descriptors.remove(descriptor) != nil }
                if isOpen { close(descriptor) }
            }
            // The connection is counted only when its thread is in the list, so that a waiting test
            // can stop it. The script begins only then, so that a test with an answer sees it counted.
            if let thread { state.withLock { $0.threads.append(thread) } }
            accepted.add()
            isCounted.signal()
        }
    }

    private func stop() {
        // Shutting down a socket ends every blocking call on it. The thread that owns the socket
        // closes it.
        let threads = state.withLock { state in
            state.isClosed = true
            for descriptor in state.descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return state.threads
        }
        shutdown(listener, Int32(SHUT_RDWR))
        // On Darwin, shutting down a listener does not wake `accept`. A last connection does.
        RawSocket.poke(port: port)
        for thread in threads { thread.join() }
        let late = state.withLock { $0.threads }.dropFirst(threads.count)
        for thread in late { thread.join() }
        close(listener)
    }
}
