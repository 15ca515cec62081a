import BulkSystem
import BulkTestSupport
import MavaAPI
import Synchronization
import Testing

@testable import BulkExecution

@Suite("Quota gate and paced transport")
struct QuotaGateTests {
    private final class Order: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    let clock = ManualClock()

    func gate(_ requests: Int) -> QuotaGate<ManualClock> {
        QuotaGate(Quota(requests: requests, window: .seconds(10)), clock: clock)
    }

    @Test("permits are given in the order in which they were asked for")
    func firstComeFirstServed() async throws {
        let gate = gate(1)
        try await gate.acquire()
        gate.complete(nil)
        let order = Order()
        let entered = ObservedCount()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...3 {
                let started = ObservedCount()
                group.addTask {
                    started.add()
                    // This wait is never cancelled, so the clock always reaches its end.
                    try? await gate.acquire()
                    order.numbers.withLock { $0.append(number) }
                    gate.complete(nil)
                    entered.add()
                }
                // The next task asks only when this one is in the queue.
                try? await started.wait(forAtLeast: 1)
                while gate.waiting < number { await Task.yield() }
            }
            for number in 1...3 {
                try? await clock.waitForSleepers()
                clock.advanceToNextDeadline()
                try? await entered.wait(forAtLeast: number)
            }
        }
        #expect(order.numbers.withLock { $0 } == [1, 2, 3])
        #expect(gate.granted == 4)
    }

    @Test("one who is cancelled while waiting takes no permit and lets the next one go on")
    func cancellation() async throws {
        let gate = gate(1)
        try await gate.acquire()
        let first = Task { try await gate.acquire() }
        while gate.waiting < 1 { await Task.yield() }
        let second = Task { try await gate.acquire() }
        while gate.waiting < 2 { await Task.yield() }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.complete(nil)
        try await clock.waitForSleepers()
        clock.advanceToNextDeadline()
        try await second.value
        #expect(gate.granted == 2)
        #expect(gate.waiting == 0)
    }

    @Test("a cancelled sleeper leaves promptly")
    func cancelledSleeper() async throws {
        let gate = gate(1)
        try await gate.acquire()
        gate.complete(nil)
        let waiter = Task { try await gate.acquire() }
        try await clock.waitForSleepers()
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        #expect(gate.waiting == 0)
    }

    @Test("what is waited for is known, and how long yet, and no more when nobody waits")
    func waitIsTold() async throws {
        let gate = gate(1)
        try await gate.acquire()
        #expect(gate.wait == nil)
        gate.complete(nil)
        let waiter = Task { try await gate.acquire() }
        try await clock.waitForSleepers()
        #expect(gate.wait?.reason == .quota)
        let remaining = try #require(gate.wait?.remaining)
        clock.advance(by: .seconds(4))
        #expect(gate.wait?.remaining == remaining - .seconds(4))
        clock.advanceToNextDeadline()
        try await waiter.value
        #expect(gate.wait == nil)

        gate.complete(
            QuotaReading(HTTPResponse(status: 429, headers: [("retry-after", "60")], body: [])))
        let cancelled = Task { try await gate.acquire() }
        try await clock.waitForSleepers()
        #expect(gate.wait?.reason == .paused)
        #expect(try #require(gate.wait?.remaining) >= .seconds(60))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(gate.wait == nil)
    }

    @Test("a pause that is longer than one's patience is not waited for")
    func patienceWithPauses() async throws {
        let gate = gate(5)
        try await gate.acquire()
        gate.complete(
            QuotaReading(HTTPResponse(status: 429, headers: [("retry-after", "600")], body: [])))
        let error = await #expect(throws: QuotaPause.self) {
            try await gate.acquire(patience: 300 * .second)
        }
        #expect(error?.seconds ?? 0 >= 600)
        #expect(gate.wait == nil)
        #expect(gate.waiting == 0)
        let transport = ScriptedTransport(replies: [.json(200, "[]")])
        let result = await send(get, paced(transport, gate))
        guard case .failure(let failure) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(failure.code == .unavailable)
        #expect(failure.message.contains("refused requests with this key, so none is sent for"))
        #expect(transport.requestCount == 0)
    }

    // MARK: The transport

    let get = HTTPRequest(method: .get, url: "http://127.0.0.1/api/agents")
    let put = HTTPRequest(method: .put, url: "http://127.0.0.1/api/ticket")
    let refused = TransportError(
        code: .connect, message: "refused", mayHaveReachedServer: false)

    func paced(_ transport: ScriptedTransport, _ gate: QuotaGate<ManualClock>) -> PacedTransport<
        ManualClock
    > {
        PacedTransport(transport, gate: gate, clock: clock, random: { 0.5 })
    }

    /// Advances the clock whenever a task sleeps, until it is cancelled.
    func drive() -> Task<Void, Never> {
        let clock = clock
        return Task {
            while !Task.isCancelled {
                clock.advanceToNextDeadline()
                await Task.yield()
            }
        }
    }

    /// Sends a request and advances the clock whenever a task sleeps.
    func send(
        _ request: HTTPRequest, _ transport: PacedTransport<ManualClock>
    ) async -> Result<HTTPResponse, TransportError> {
        let driver = drive()
        defer { driver.cancel() }
        do throws(TransportError) {
            return .success(try await transport.send(request))
        } catch {
            return .failure(error)
        }
    }

    @Test("a read that fails for a while is sent again", arguments: [500, 502, 503, 504])
    func repeatsReads(status: Int) async throws {
        let transport = ScriptedTransport(replies: [
            .error(status, "no"), .failure(refused), .json(200, "[]"),
        ])
        let gate = gate(100)
        let result = await send(get, paced(transport, gate))
        #expect(try result.get().status == 200)
        #expect(transport.requestCount == 3)
        #expect(gate.granted == 3)
    }

    @Test("five attempts are made for a read, and then its failure is told")
    func givesUp() async {
        let transport = ScriptedTransport(replies: [.failure(refused)])
        let result = await send(get, paced(transport, gate(100)))
        #expect(throws: refused) { try result.get() }
        #expect(transport.requestCount == 5)
    }

    @Test(
        "an outage is waited for once the server has answered, but not for longer than the patience",
        arguments: [502, 503, 504, nil])
    func waitsForOutage(status: Int?) async throws {
        let trouble: ScriptedTransport.Reply =
            status.map { .error($0, "no") } ?? .failure(refused)
        let short = ScriptedTransport { _, number in
            1...20 ~= number ? trouble : .json(200, "[]")
        }
        let transport = paced(short, gate(100))
        #expect(try await send(get, transport).get().status == 200)
        #expect(try await send(get, transport).get().status == 200)
        #expect(short.requestCount == 22)

        let start = clock.now.offset
        let endless = ScriptedTransport { _, number in number < 1 ? .json(200, "[]") : trouble }
        let other = paced(endless, gate(100))
        #expect(try await send(get, other).get().status == 200)
        #expect((try? await send(get, other).get().status) == status)
        let passed = clock.now.offset - start
        #expect(.seconds(300) <= passed && passed <= .seconds(330))
    }

    @Test("an error that is no outage costs an attempt, also once the server has answered")
    func countsOtherErrors() async throws {
        let transport = ScriptedTransport { _, number in
            number < 1 ? .json(200, "[]") : .error(500, "no")
        }
        let paced = paced(transport, gate(100))
        #expect(try await send(get, paced).get().status == 200)
        #expect(try await send(get, paced).get().status == 500)
        #expect(transport.requestCount == 6)
    }

    @Test("a write is never sent again here")
    func neverRepeatsWrites() async throws {
        let transport = ScriptedTransport(replies: [.error(500, "no"), .updated])
        #expect(try await send(put, paced(transport, gate(100))).get().status == 500)
        #expect(transport.requestCount == 1)
    }

    @Test("a listing that cannot be believed is asked for again, a rejected key is not")
    func asksForUsableListing() async throws {
        let odd: [ScriptedTransport.Reply] = [
            .json(200, #"{"agents":[1]}"#), .json(302, ""), .json(403, "no"), .json(200, "<html>"),
        ]
        for (replies, requests) in [
            (odd + [.json(200, #"{"agents":[{"id":"a"}]}"#)], 5), ([.json(200, "{}")], 5),
            ([.error(403, "No")], 1), ([.json(404, "<html>")], 1),
        ] {
            let transport = ScriptedTransport(replies: replies)
            let client = try MavaClient(
                key: #require(APIKey("a-key")), transport: paced(transport, gate(100)))
            let driver = drive()
            defer { driver.cancel() }
            let agents = try? await client.agents().elements.map(\.id)
            #expect(agents == (replies.count == 5 ? ["a"] : nil))
            #expect(transport.requestCount == requests)
        }
    }

    @Test("a 401 is told at once")
    func unauthorized() async throws {
        let transport = ScriptedTransport(replies: [.error(401, "Unauthorized")])
        #expect(try await send(get, paced(transport, gate(100))).get().status == 401)
        #expect(transport.requestCount == 1)
    }

    @Test("being told to wait pauses for as long and costs no attempt")
    func waits() async throws {
        let transport = ScriptedTransport { _, number in
            number < 8
                ? .json(429, "{}", headers: [("retry-after", "3")]) : .json(200, "[]")
        }
        let gate = gate(100)
        #expect(try await send(get, paced(transport, gate)).get().status == 200)
        #expect(clock.now.offset >= .seconds(24))
        #expect(gate.pauses == 8)
    }

    @Test("patience with a server that only asks to wait ends")
    func patience() async throws {
        let transport = ScriptedTransport(replies: [
            .json(429, "{}", headers: [("retry-after", "60")])
        ])
        #expect(try await send(get, paced(transport, gate(100))).get().status == 429)
        #expect(clock.now.offset <= .seconds(300))
        #expect(transport.requestCount < 10)
    }

    @Test("patience with a server that does not work ends, and what is waited for can be asked")
    func patienceWithFailures() async throws {
        let gate = gate(100)
        let transport = ScriptedTransport(replies: [.failure(refused)])
        let paced = PacedTransport(
            transport, gate: gate, clock: clock, patience: .milliseconds(400), random: { 0.99 })
        #expect(paced.wait == nil)
        let sending = Task { () async -> Void in _ = await self.sendAlone(get, paced) }
        try await clock.waitForSleepers()
        #expect(paced.wait?.reason == .backOff)
        while paced.wait != nil {
            clock.advanceToNextDeadline()
            await Task.yield()
        }
        await sending.value
        #expect(transport.requestCount == 2)
        #expect(paced.wait == nil)
    }

    /// Sends a request and leaves the clock alone.
    private func sendAlone(
        _ request: HTTPRequest, _ transport: PacedTransport<ManualClock>
    ) async -> TransportError? {
        do throws(TransportError) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("reads and writes share one quota")
    func oneBudget() async throws {
        let transport = ScriptedTransport(replies: [.json(200, "[]")])
        let gate = gate(2)
        let paced = paced(transport, gate)
        for request in [get, put, get] { _ = try await send(request, paced).get() }
        #expect(clock.now.offset >= .seconds(10))
        #expect(gate.granted == 3)
    }

    @Test("cancelling one who waits for a permit ends it without a request")
    func cancelledBeforeSending() async throws {
        let transport = ScriptedTransport(replies: [.json(200, "[]")])
        let gate = gate(1)
        try await gate.acquire()
        let paced = paced(transport, gate)
        let get = get
        let task = Task { try await paced.send(get) }
        while gate.waiting < 1 { await Task.yield() }
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(transport.requestCount == 0)
    }
}
