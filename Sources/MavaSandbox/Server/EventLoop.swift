// The server's one thread. A set of sockets reports which ones are ready. Each is read, its
// requests are answered one after the other under the state's lock, and the answers are sent at
// once as far as the socket accepts them. Nothing here blocks. Delayed work is kept in the heap of
// timers. Timers are exact to well under a millisecond if the system supports that.

import CPoll
import Synchronization

import CLibrary

/// Serves all connections of a sandbox.
final class EventLoop {
    /// How often connections are checked for time-outs, in nanoseconds.
    private static let sweepInterval: UInt64 = 100_000_000
    /// How many bytes of a refused request are discarded before the connection is closed.
    static let drainLimit = 16 << 20

    let core: SandboxCore
    private let listener: Int32
    private let wakeUp: Int32
    private(set) var connections: [Connection] = []
    /// The connections, indexed by their descriptors.
    private var connectionOf: [Connection?] = []
    private let sockets = SocketSet()
    private var timers = TimerHeap<(EventLoop, UInt64) -> Void>()
    private var accepted = 0
    private var lastSweep: UInt64 = 0
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var dateSecond: Int64 = -1
    private var dateText: [UInt8] = []

    /// - Parameters:
    ///   - core: The state shared by the sandbox's threads.
    ///   - listener: The listening socket; the loop closes it.
    ///   - wakeUp: The end of a pipe that becomes readable when the loop must wake up.
    init(core: SandboxCore, listener: Int32, wakeUp: Int32) {
        self.core = core
        self.listener = listener
        self.wakeUp = wakeUp
    }

    deinit {
        scratch.deallocate()
    }

    /// Serves until the sandbox is asked to stop.
    func run() {
        cpoll_make_exact()
        guard sockets.watch(wakeUp, for: Int32(POLLIN)), sockets.watch(listener, for: Int32(POLLIN))
        else { return finish() }
        while !core.isStopping, let ready = sockets.wait(atMost: timeout()) {
            let now = Self.now()
            var isCalled = false
            for socket in ready {
                if socket.descriptor == wakeUp {
                    drainWakeUp()
                } else if socket.descriptor == listener {
                    isCalled = true
                } else if let connection = connectionOf[Int(socket.descriptor)] {
                    serve(connection, events: Int32(socket.events), now: now)
                }
            }
            // New connections come after the others, so that none gets the events of a closed one.
            if isCalled { acceptAll(now: now) }
            while let action = timers.consumeDue(now: Self.now()) { action(self, now) }
            if now &- lastSweep >= Self.sweepInterval { sweep(now: now) }
            core.afterRound(now: now)
        }
        finish()
    }

    /// Schedules an action at a time of the loop's clock.
    func schedule(at moment: UInt64, _ action: @escaping (EventLoop, UInt64) -> Void) {
        timers.add(action, at: moment)
    }

    /// The loop's own monotonic clock for delays and time-outs, in nanoseconds.
    static func now() -> UInt64 {
        SandboxClock.system.monotonic()
    }

    /// The value of `Date`, computed once a second.
    func date(_ wall: Int64) -> [UInt8] {
        if wall / 1000 != dateSecond {
            dateSecond = wall / 1000
            dateText = []
            Timestamp(milliseconds: wall).appendHTTPDate(to: &dateText)
        }
        return dateText
    }

    // MARK: Connections

    private func acceptAll(now: UInt64) {
        while true {
            switch Socket.accept(listener) {
            case .none: return
            case .exhausted: return pauseAccepting(now: now)
            case .connection(let descriptor, let isFromLoopback):
                add(descriptor, isFromLoopback: isFromLoopback, now: now)
            }
        }
    }

    /// Stops watching the listener for a while.
    ///
    /// It would otherwise be ready again at once, and the loop would spin.
    private func pauseAccepting(now: UInt64) {
        _ = sockets.watch(listener, for: 0)
        schedule(at: now + Self.sweepInterval) { loop, _ in
            _ = loop.sockets.watch(loop.listener, for: Int32(POLLIN))
        }
    }

    private func add(_ descriptor: Int32, isFromLoopback: Bool, now: UInt64) {
        accepted += 1
        let connection = Connection(
            descriptor: descriptor, isFromLoopback: isFromLoopback, number: accepted,
            limits: core.configuration.limits, now: now)
        connection.place = connections.count
        connections.append(connection)
        let number = Int(descriptor)
        if number >= connectionOf.count {
            connectionOf += Array(repeating: nil, count: number + 1 - connectionOf.count)
        }
        connectionOf[number] = connection
        watch(connection)
        let isTooMany = connections.count > core.configuration.connections.count
        core.state.withLock {
            if isTooMany { $0.refusedConnections += 1 } else { $0.connections += 1 }
        }
        if isTooMany {
            var reply = Reply(503, error: "Too many connections")
            reply.fields = Array("Retry-After: 1\r\n".utf8)
            refuse(connection, reply)
            settle(connection, now: now)
        }
    }

    private func serve(_ connection: Connection, events: Int32, now: UInt64) {
        if events & Int32(POLLIN | POLLHUP | POLLERR) != 0, connection.wantsInput {
            read(connection, now: now)
        } else if events & Int32(POLLHUP | POLLERR) != 0 {
            close(connection)
        }
        if case .closed = connection.stage { return }
        settle(connection, now: now)
        // The socket is watched differently only if it reports an unwanted event. A short delay of
        // an answer then costs no system call.
        if connection.watched & ~wantedEvents(connection) & events != 0 { watch(connection) }
    }

    private func read(_ connection: Connection, now: UInt64) {
        switch Socket.read(connection.descriptor, into: scratch) {
        case .bytes(let count):
            if case .draining = connection.stage {
                connection.drained += count
                if connection.drained > Self.drainLimit { close(connection) }
                return
            }
            if !connection.assembler.isMidway { connection.waitingSince = now }
            connection.assembler.append(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            proceed(connection, now: now)
        case .wouldBlock: break
        case .end:
            // A client may end its sending and still wait for the answers to its requests.
            if connection.hasOutput, case .reading = connection.stage {
                connection.closesAfterOutput = true
                connection.stage = .holding
            } else {
                close(connection)
            }
        case .failed: close(connection)
        }
    }

    /// Sends pending output and sets the events to wait for next.
    func settle(_ connection: Connection, now: UInt64) {
        if case .closed = connection.stage { return }
        let before = connection.sent
        guard connection.flush() else { return close(connection) }
        while connection.isHeldUp, connection.wantsInput {
            connection.isHeldUp = false
            proceed(connection, now: now)
            if case .closed = connection.stage { return }
            guard connection.flush() else { return close(connection) }
        }
        if connection.hasOutput {
            if connection.sent != before { connection.waitingSince = now }
        } else if connection.closesAfterOutput {
            connection.closesAfterOutput = false
            connection.stage = .draining
            connection.waitingSince = now
            Socket.endSending(connection.descriptor)
        }
        if wantedEvents(connection) & ~connection.watched != 0 { watch(connection) }
    }

    private func wantedEvents(_ connection: Connection) -> Int32 {
        (connection.wantsInput ? Int32(POLLIN) : 0) | (connection.hasOutput ? Int32(POLLOUT) : 0)
    }

    private func watch(_ connection: Connection) {
        connection.watched = wantedEvents(connection)
        if !sockets.watch(connection.descriptor, for: connection.watched) { close(connection) }
    }

    /// Closes a connection and moves the last one to its index.
    func close(_ connection: Connection, broken: Bool = false) {
        if case .closed = connection.stage { return }
        connection.stage = .closed
        sockets.forget(connection.descriptor)
        connectionOf[Int(connection.descriptor)] = nil
        if broken {
            Socket.reset(connection.descriptor)
        } else {
            Socket.close(connection.descriptor)
        }
        let place = connection.place
        connections.swapAt(place, connections.count - 1)
        connections.removeLast()
        if place < connections.count { connections[place].place = place }
    }

    // MARK: Time

    /// Nanoseconds until the next action is due.
    private func timeout() -> UInt64 {
        var wait = connections.isEmpty ? UInt64(1_000_000_000) : Self.sweepInterval
        if let next = timers.next {
            let now = Self.now()
            wait = min(wait, next > now ? next - now : 0)
        }
        return wait
    }

    /// Closes the connections that have taken too long.
    private func sweep(now: UInt64) {
        lastSweep = now
        let limits = core.configuration.connections
        for connection in connections {
            let waited = now > connection.waitingSince ? now - connection.waitingSince : 0
            switch connection.stage {
            case .reading:
                if connection.hasOutput || !connection.assembler.isMidway {
                    if waited > limits.idle.nanoseconds { close(connection) }
                } else if waited
                    > (connection.assembler.head == nil ? limits.head : limits.body).nanoseconds
                {
                    refuse(connection, Reply(408, error: "The request took too long"))
                    settle(connection, now: now)
                }
            case .draining: if waited > 2_000_000_000 { close(connection) }
            case .holding:
                if connection.hasOutput, waited > limits.idle.nanoseconds { close(connection) }
            case .closed: break
            }
        }
    }

    private func drainWakeUp() {
        var bytes: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &bytes) { bytes in
            while CLibrary.read(wakeUp, bytes.baseAddress, bytes.count) > 0 {}
        }
    }

    /// Sends pending output as far as the sockets accept it, and closes everything.
    private func finish() {
        Socket.close(listener)
        for connection in connections {
            _ = connection.flush()
            connection.stage = .closed
            Socket.close(connection.descriptor)
        }
        connections = []
        connectionOf = []
        core.finish()
    }
}
