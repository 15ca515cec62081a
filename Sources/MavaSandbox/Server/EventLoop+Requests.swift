import Synchronization

extension EventLoop {
    /// Answers every request that has arrived whole.
    func proceed(_ connection: Connection, now: UInt64) {
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

    /// Answers without regard to what was asked, and closes.
    func refuse(_ connection: Connection, _ reply: Reply) {
        ResponseWriter.append(
            reply, isHead: false, minorVersion: 1, keepsAlive: false,
            date: date(core.configuration.clock.wall()), to: &connection.output)
        connection.closesAfterOutput = true
        connection.stage = .holding
    }

    private func headArrived(_ connection: Connection, now: UInt64) {
        connection.waitingSince = now
        guard let head = connection.assembler.head, head.expectsContinue, head.hasBody,
            !connection.assembler.hasBody
        else { return }
        connection.output.append(contentsOf: "HTTP/1.1 100 Continue\r\n\r\n".utf8)
    }

    private func answer(_ connection: Connection, now: UInt64) {
        guard let head = connection.assembler.head else { return }
        let clock = core.configuration.clock
        let wall = clock.wall()
        let reply = connection.assembler.withRequest(isFromLoopback: connection.isFromLoopback) {
            request in
            let route = Route.of(request.text(request.head.path))
            return core.state.withLock { state in
                let reply = state.answer(
                    request, route: route, now: clock.monotonic(), wall: wall)
                state.count(route, head.method, status: reply.status)
                return reply
            }
        }
        guard let reply else { return }
        let keepsAlive = head.keepsAlive && !reply.closes
        ResponseWriter.append(
            reply, isHead: head.method == .head, minorVersion: head.minorVersion,
            keepsAlive: keepsAlive, date: date(wall), to: &connection.output)
        connection.assembler.consume()
        connection.waitingSince = now
        if !keepsAlive {
            connection.closesAfterOutput = true
            connection.stage = .holding
        }
    }
}
