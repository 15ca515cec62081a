import Testing

@testable import MavaAPI

@Suite("The inbox of the transport's thread")
struct CurlInboxTests {
    private func transfer() throws -> CurlTransfer {
        let endpoint = try #require(HTTPEndpoint(url: "http://127.0.0.1:1/"))
        return CurlTransfer(
            request: HTTPRequest(method: .get, url: "http://127.0.0.1:1/"),
            target: CurlTarget(endpoint: endpoint, isLoopback: true), deadline: .now)
    }

    /// Whether the thread would be woken now.
    private func isWoken(_ inbox: CurlInbox) throws -> Bool {
        let sockets = CurlSockets(pipe: inbox.pipe)
        sockets.watch(inbox.pipe.descriptor, 1)
        return try #require(sockets.wait(until: .now)).contains {
            $0.socket == inbox.pipe.descriptor
        }
    }

    @Test("the thread is woken when it waits, once, and not while it works")
    func wakeUps() throws {
        let inbox = CurlInbox(pipe: try #require(WakePipe()))
        #expect(inbox.submit(try transfer()))
        #expect(try !isWoken(inbox))
        #expect(!inbox.beginWaiting())
        #expect(inbox.consume().submitted.count == 1)
        #expect(inbox.beginWaiting())
        #expect(try !isWoken(inbox))
        #expect(inbox.submit(try transfer()))
        #expect(try isWoken(inbox))
        inbox.cancel(try transfer())
        #expect(try !isWoken(inbox))
        let mail = inbox.consume()
        #expect(mail.submitted.count == 1)
        #expect(mail.cancelled.count == 1)
        #expect(inbox.beginWaiting())
        inbox.endWaiting()
        inbox.cancel(try transfer())
        #expect(try !isWoken(inbox))
        #expect(!inbox.beginWaiting())
    }

    @Test("closed, it takes nothing more, and its closing is not forgotten")
    func closing() throws {
        let inbox = CurlInbox(pipe: try #require(WakePipe()))
        #expect(inbox.beginWaiting())
        inbox.close()
        #expect(try isWoken(inbox))
        #expect(!inbox.submit(try transfer()))
        for _ in 1...2 {
            #expect(!inbox.beginWaiting())
            #expect(inbox.consume().isClosing)
        }
        #expect(inbox.detach().isEmpty)
    }
}
