import CPoll
import Testing

@testable import MavaSandbox

import CLibrary

/// A thread's wait for sockets, with the system's own methods and with the portable one.
@Suite struct SocketSetTests {
    /// Two sockets connected with each other; they are closed when the value is destroyed.
    final class Pair {
        private(set) var ends: [Int32] = [-1, -1]
        var near: Int32 { ends[0] }

        init() throws {
            try #require(socketpair(AF_UNIX, PlatformConstant.streamSocket, 0, &ends) == 0)
        }

        deinit { for end in ends where end >= 0 { close(end) } }

        func send() throws { try #require(write(ends[1], "x", 1) == 1) }

        func hangUp() {
            close(ends[1])
            ends[1] = -1
        }
    }

    private static let ways = [CPOLL_BEST, CPOLL_EARLIER, CPOLL_PORTABLE]
    private static let input = Int32(POLLIN)
    private static let output = Int32(POLLOUT)

    /// The sockets that are ready now, with their events.
    private func ready(_ set: SocketSet) throws -> [Int32: Int32] {
        let found = try #require(set.wait(atMost: 0))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.descriptor, Int32($0.events)) })
    }

    @Test("told are those that are ready, for what is wanted of them", arguments: ways)
    func wanted(way: CPollWay) throws {
        let set = SocketSet(way)
        let pairs = try (0..<5).map { _ in try Pair() }
        for pair in pairs { #expect(set.watch(pair.near, for: Self.input)) }
        #expect(try ready(set).isEmpty)
        try pairs[1].send()
        try pairs[3].send()
        let both = [pairs[1].near: Self.input, pairs[3].near: Self.input]
        #expect(try ready(set) == both)
        // The data is still there, because no code has read it.
        #expect(try ready(set) == both)
        #expect(set.watch(pairs[1].near, for: Self.input | Self.output))
        #expect(try ready(set)[pairs[1].near] == Self.input | Self.output)
        #expect(set.watch(pairs[1].near, for: Self.output))
        #expect(try ready(set)[pairs[1].near] == Self.output)
        #expect(set.watch(pairs[1].near, for: 0))
        #expect(try ready(set) == [pairs[3].near: Self.input])
        set.forget(pairs[3].near)
        #expect(try ready(set).isEmpty)
        set.forget(pairs[3].near)
        #expect(set.watch(pairs[3].near, for: Self.input))
        #expect(try ready(set) == [pairs[3].near: Self.input])
    }

    @Test("that the other side is gone is told whatever is wanted", arguments: ways)
    func hangUp(way: CPollWay) throws {
        let set = SocketSet(way)
        let pair = try Pair()
        #expect(set.watch(pair.near, for: 0))
        #expect(try ready(set).isEmpty)
        pair.hangUp()
        #expect(try #require(ready(set)[pair.near]) & Int32(POLLHUP) != 0)
    }

    @Test("of more sockets than are told at once, each has its turn", arguments: ways)
    func turns(way: CPollWay) throws {
        let set = SocketSet(way)
        let pairs = try (0..<300).map { _ in try Pair() }
        for pair in pairs {
            #expect(set.watch(pair.near, for: Self.input))
            try pair.send()
        }
        var told: Set<Int32> = []
        for _ in 0..<3 { told.formUnion(try ready(set).keys) }
        #expect(told == Set(pairs.map(\.near)))
        // Some of the middle ones are removed.
        for pair in pairs[50..<250] { set.forget(pair.near) }
        told = []
        for _ in 0..<3 { told.formUnion(try ready(set).keys) }
        #expect(told == Set((pairs[..<50] + pairs[250...]).map(\.near)))
    }

    @Test("a wait ends at its limit, or at once when something is ready", arguments: ways)
    func limit(way: CPollWay) throws {
        let set = SocketSet(way)
        let pair = try Pair()
        #expect(set.watch(pair.near, for: Self.input))
        let before = SandboxClock.system.monotonic()
        #expect(try #require(set.wait(atMost: 3_000_000)).isEmpty)
        #expect(SandboxClock.system.monotonic() - before >= 3_000_000)
        try pair.send()
        #expect(try #require(set.wait(atMost: .max / 2)).map(\.descriptor) == [pair.near])
    }
}
