import BulkTestSupport
import Foundation
import MavaAPI
import Testing

@Suite("The other fakes")
struct SupportTests {
    @Test("the seeded generator gives the published SplitMix64 numbers")
    func splitMix() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
            ])
    }

    @Test("a temporary directory is removed with what it holds")
    func temporaryDirectory() throws {
        let path: String
        do {
            let directory = try TemporaryDirectory()
            path = directory.path
            try directory.write("hello", to: "a.txt")
            #expect(try directory.readText("a.txt") == "hello")
            #expect(try directory.names() == ["a.txt"])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a scripted transport answers, remembers, and falls silent until cancelled")
    func scripted() async throws {
        let transport = ScriptedTransport(replies: [.updated, .silence])
        let first = try await transport.send(HTTPRequest(method: .put, url: "http://one/"))
        #expect(first.status == 200)
        let task = Task { try await transport.send(HTTPRequest(method: .get, url: "http://two/")) }
        try await transport.waitForRequests(2)
        task.cancel()
        let error = await #expect(throws: TransportError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(transport.requests.map(\.url) == ["http://one/", "http://two/"])
        #expect(transport.peakInFlight == 1)
        #expect(transport.inFlight == 0)
    }
}
