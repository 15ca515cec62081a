import Synchronization

extension EventLoop {
    /// Answers every request that has arrived completely, as long as the client takes the answers.
    func proceed(_ connection: Connection, now: UInt64) {
        defer {
            if case .reading = connection.stage { connection.isHeldUp = !connection.wantsInput }
        }
        do throws(HTTPFailure) {
            while case .reading = connection.stage, connection.wantsInput {
                switch try connection.assembler.next() {
                case .needsMore: return
                case .head: headArrived(connection, now: now)
                case .request: answer(connection, now: now)
                }
            }
        } catch {
            core.state.withLock { $0.countMalformed() }
            refuse(connection, Reply(error.status, error: error.reason))
        }
    }

    /// Answers without examining the request, and closes.
    func refuse(_ connection: Connection, _ reply: Reply) {
        core.log?.refused(
            reply, connection: connection.number, wall: core.configuration.clock.wall())
        ResponseWriter.append(
            reply, date: date(core.configuration.clock.wall()), to: &connection.output)
        connection.closesAfterOutput = true
        connection.stage = .holding
    }

    private func headArrived(_ connection: Connection, now: UInt64) {
        connection.waitingSince = now
        guard let head = connection.assembler.head else { return }
        let route = connection.assembler.withBytes { bytes in
            Route.of(UnsafeBufferPointer(rebasing: bytes[head.path]))
        }
        connection.route = route
        connection.fate = core.state.withLock { $0.roll(route, head.method) }
        if connection.fate.fault == .dropBeforeRead {
            core.state.withLock { $0.count(route, head.method, status: 0) }
            core.log?.dropped(
                route, head.method, connection: connection.number, fate: connection.fate,
                wall: core.configuration.clock.wall())
            // Answers from before the drop are still sent to the client.
            _ = connection.flush()
            close(connection, broken: true)
            return
        }
        if head.expectsContinue, head.hasBody, !connection.assembler.hasBody {
            connection.output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
        }
    }

    private func answer(_ connection: Connection, now: UInt64) {
        guard let head = connection.assembler.head else { return }
        let (route, fate) = (connection.route, connection.fate)
        let wall = core.configuration.clock.wall()
        let monotonic = core.configuration.clock.monotonic()
        let isDropped = fate.fault == .dropAfterCommit
        let reply = connection.assembler.withRequest(isFromLoopback: connection.isFromLoopback) {
            request in
            let reply = core.state.withLock { state in
                var reply = state.answer(
                    request, route: route, fate: fate, now: monotonic, wall: wall)
                if let fault = fate.fault { reply = FaultReply.after(fault, reply) }
                state.count(route, head.method, status: isDropped ? 0 : reply.status)
                return reply
            }
            core.log?.answered(
                request, route, reply, connection: connection.number, fate: fate, wall: wall)
            return reply
        }
        guard let reply else { return }
        connection.assembler.consume()
        connection.waitingSince = now
        if fate.fault == nil, fate.delay == 0 {
            let keepsAlive = head.keepsAlive && !reply.closes
            ResponseWriter.append(
                reply, isHead: head.method == .head, minorVersion: head.minorVersion,
                keepsAlive: keepsAlive, date: date(wall), to: &connection.output)
            if !keepsAlive { end(connection) }
            return
        }
        let delivery = Delivery(reply, head: head, fault: fate.fault, date: date(wall))
        guard fate.delay > 0 else { return deliver(delivery, to: connection, now: now) }
        connection.stage = .holding
        schedule(at: now + fate.delay) { loop, now in
            if case .closed = connection.stage { return }
            connection.stage = .reading
            loop.deliver(delivery, to: connection, now: now)
            loop.resume(connection, now: now)
        }
    }

    private func deliver(_ delivery: Delivery, to connection: Connection, now: UInt64) {
        connection.waitingSince = now
        switch delivery.manner {
        case .keep: connection.output.append(contentsOf: delivery.bytes)
        case .close:
            connection.output.append(contentsOf: delivery.bytes)
            end(connection)
        case .drip(let keepsAlive):
            connection.stage = .holding
            drip(delivery.bytes, from: 0, keepsAlive: keepsAlive, to: connection, now: now)
        }
    }

    /// Sends one byte, and schedules the next one.
    private func drip(
        _ bytes: [UInt8], from offset: Int, keepsAlive: Bool, to connection: Connection, now: UInt64
    ) {
        if case .closed = connection.stage { return }
        connection.waitingSince = now
        guard offset < bytes.count else {
            if keepsAlive { connection.stage = .reading } else { end(connection) }
            return resume(connection, now: now)
        }
        connection.output.append(bytes[offset])
        settle(connection, now: now)
        schedule(at: now + core.configuration.faults.drip.nanoseconds) { loop, now in
            loop.drip(
                bytes, from: offset + 1, keepsAlive: keepsAlive, to: connection, now: now)
        }
    }

    /// Processes what arrived while an answer was delayed.
    private func resume(_ connection: Connection, now: UInt64) {
        if case .reading = connection.stage { proceed(connection, now: now) }
        settle(connection, now: now)
    }

    private func end(_ connection: Connection) {
        connection.closesAfterOutput = true
        connection.stage = .holding
    }
}
