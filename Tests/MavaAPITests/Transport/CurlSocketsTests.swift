import BulkTestSupport
import CCurl
import Testing

@testable import MavaAPI

@Suite("What the transport's thread waits for")
struct CurlSocketsTests {
    private static let input = Int32(CCURL_POLL_IN)
    private static let remove = Int32(CCURL_POLL_REMOVE)

    @Test("only sockets that are ready are told of, and none that libcurl let go")
    func ready() throws {
        let sockets = CurlSockets(pipe: try #require(WakePipe()))
        // Pipes replace sockets here, because the test only asks for readability.
        let pipes = try (0..<5).map { _ in try #require(WakePipe()) }
        for pipe in pipes { sockets.watch(pipe.descriptor, Self.input) }
        #expect(try #require(sockets.wait(until: .now)).isEmpty)
        pipes[1].wake()
        pipes[3].wake()
        func told() throws -> Set<Int32> {
            Set(try #require(sockets.wait(until: .now)).map(\.socket))
        }
        #expect(try told() == [pipes[1].descriptor, pipes[3].descriptor])
        #expect(
            try #require(sockets.wait(until: .now)).allSatisfy {
                $0.events == Int32(CCURL_SELECT_IN)
            })
        sockets.watch(pipes[1].descriptor, Self.remove)
        #expect(!sockets.isWatched(pipes[1].descriptor))
        #expect(try told() == [pipes[3].descriptor])
        sockets.watch(pipes[3].descriptor, Self.remove)
        sockets.watch(pipes[3].descriptor, Self.remove)
        #expect(try told().isEmpty)
        sockets.watch(pipes[1].descriptor, Self.input)
        #expect(try told() == [pipes[1].descriptor])
        // Wanted for writing now, which the reading end of a pipe never is.
        sockets.watch(pipes[1].descriptor, Int32(CCURL_POLL_OUT))
        #expect(try told().isEmpty)
    }

    @Test("a wake-up ends the wait, once, however often it was asked for")
    func wakeUp() throws {
        let pipe = try #require(WakePipe())
        let sockets = CurlSockets(pipe: pipe)
        for _ in 0..<100 { pipe.wake() }
        #expect(try #require(sockets.wait(until: nil)).isEmpty)
        // Drained: this one ends by its limit.
        #expect(try #require(sockets.wait(until: .now)).isEmpty)
        // Wake-ups beyond the pipe's capacity are ignored.
        for _ in 0..<70_000 { pipe.wake() }
        pipe.drain()
    }

    @Test("libcurl's timer is due once, at its time, and the last one said counts")
    func timer() throws {
        let sockets = CurlSockets(pipe: try #require(WakePipe()))
        #expect(!sockets.consumeTimer())
        sockets.setTimer(milliseconds: 0)
        #expect(try #require(sockets.wait(until: nil)).isEmpty)
        #expect(sockets.consumeTimer())
        #expect(!sockets.consumeTimer())
        sockets.setTimer(milliseconds: 1)
        #expect(try #require(sockets.wait(until: nil)).isEmpty)
        #expect(sockets.consumeTimer())
        sockets.setTimer(milliseconds: 0)
        sockets.setTimer(milliseconds: -1)
        #expect(!sockets.consumeTimer())
        sockets.setTimer(milliseconds: 60_000)
        #expect(!sockets.consumeTimer())
    }
}
