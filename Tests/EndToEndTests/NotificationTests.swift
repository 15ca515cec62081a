import BulkExecution
import BulkPlan
import BulkSystem
import BulkTestSupport
import Foundation
import MavaAPI
import MavaBulk
import Synchronization
import Testing

@testable import mava_bulk

@Suite("Messages and pings", .timeLimit(.minutes(5)))
struct NotificationTests {
    // MARK: Addresses

    @Test(
        "An address is https, or http on loopback",
        arguments: [
            "https://hooks.example.com/services/T0/B0/x", " https://example.com/a?b=c\n",
            "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]/x",
        ])
    func accepted(text: String) throws {
        let address = try SecretAddress(text, from: "--notify")
        #expect(address.url() == text.filter { !$0.isWhitespace })
        #expect("\(address)" == "<redacted>")
    }

    @Test(
        "Any other is refused, and not repeated",
        arguments: [
            "http://example.com/hidden", "ftp://example.com/hidden", "hidden", "",
            "https://a:hidden@example.com/", "https://example.com/hidden#x",
            "https://example.com/a\nhttps://example.com/hidden",
        ])
    func refused(text: String) {
        #expect {
            try SecretAddress(text, from: "--notify")
        } throws: { error in
            let failure = error as? CommandFailure
            return failure?.code == .usage && failure?.message.contains("hidden") == false
                && failure?.message.hasPrefix("--notify holds") == true
        }
    }

    @Test(
        "What follows the path stands before a query",
        arguments: [
            ("https://a/b", "https://a/b/start"), ("https://a/b/", "https://a/b/start"),
            ("https://a/b?c=d/e", "https://a/b/start?c=d/e"), ("https://a", "https://a/start"),
        ])
    func path(text: String, expected: String) throws {
        let address = try SecretAddress(text, from: "-")
        #expect(address.url(adding: "start") == expected)
        #expect(address.url() == text)
    }

    @Test("A command line is kept without the addresses")
    func words() {
        let words = ["apply", "a.csv", "--notify", "https://x/1", "--ping=https://x/2", "--yes"]
        #expect(
            SecretAddress.removed(from: words) == [
                "apply", "a.csv", "--notify", "<redacted>", "--ping=<redacted>", "--yes",
            ])
        #expect(SecretAddress.removed(from: ["--ping-file", "x"]) == ["--ping-file", "x"])
    }

    // MARK: When

    @Test(
        "A wait is reported once, after a minute, and its end when the run has gone on for a while")
    func waits() {
        var watch = WaitWatch()
        var reports: [(Int, WaitWatch.Change)] = []
        func see(_ reason: WaitReason, _ seconds: ClosedRange<Int>) {
            for second in seconds {
                let now = Nanoseconds(Duration.seconds(second))
                if let change = watch.see(reason, at: now) { reports.append((second, change)) }
            }
        }
        see(.quota, 0...500)
        see(.outage, 501...550)
        // A probe is no end of the wait.
        see(.answers, 551...555)
        see(.backOff, 556...700)
        see(.none, 701...705)
        see(.outage, 706...720)
        see(.quota, 721...800)
        // A short wait is no news.
        see(.paused, 801...830)
        see(.none, 831...900)
        see(.others, 901...1000)
        #expect(reports.map(\.0) == [561, 731, 961])
        #expect(reports.map(\.1) == [.waits(.backOff), .goesOn, .waits(.others)])
    }

    // MARK: What

    private static var subject: RunMessage.Subject {
        var subject = RunMessage.Subject(
            command: "apply", host: "desk", profile: "acme", label: nil, input: "a <!channel>.csv",
            plan: String(repeating: "a", count: 64), updates: 1240)
        subject.groups = [
            (1200, "assignedTo Ada \u{1B}[2J→ <https://x|Grace>"), (30, "priority 2 → 3"),
        ]
        subject.otherTickets = 10
        subject.directory = "/runs/1"
        return subject
    }

    @Test("A message has a text for chats and members for programs, and neither steers anything")
    func message() throws {
        var message = RunMessage(.started, of: Self.subject, at: 0)
        #expect(
            message.text == """
                mava-bulk apply a ‹!channel›.csv (profile acme, desk): started, 1,240 updates to send
                1,200 × assignedTo Ada \\u{1B}[2J→ ‹https://x|Grace›
                30 × priority 2 → 3
                and other changes of 10 tickets
                run: /runs/1
                """)
        message = RunMessage(.waiting, of: Self.subject, at: 0)
        message.wait = "waiting for Mava to work again"
        #expect(
            message.text.hasPrefix("mava-bulk apply a ‹!channel›.csv (profile acme, desk): wait"))
        #expect(message.text.split(separator: "\n").count == 2)
        message = RunMessage(.stopped, of: Self.subject, at: 0)
        message.exitCode = .stoppedEarly
        message.reason = "outage"
        var counts = OutcomeCounts()
        for outcome in [Outcome.updated, .updated, .updated, .unsent] { counts.add(outcome) }
        message.counts = counts
        #expect(
            message.text.contains(
                "stopped before its end, exit code 5 (outage); 4 rows: 3 updated, 1 unsent\n"))
        message = RunMessage(.refused, of: Self.subject, at: 0)
        message.exitCode = .refused
        message.failure = CommandFailure(.refused, String(repeating: "x", count: 1000))
        #expect(message.text.contains("nothing was sent, exit code 7: xxx"))
        #expect(message.json.utf8.count < 2500)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(message.json.utf8)) as? [String: Any])
        #expect(object["event"] as? String == "refused" && object["exitCode"] as? Int == 7)
        #expect((object["error"] as? [String: Any])?["code"] as? String == "refused")
        #expect((object["groups"] as? [[String: Any]])?.first?["tickets"] as? Int == 1200)
        #expect(!message.json.utf8.contains(0x1B))
    }

    // MARK: How

    /// Sends requests through a queue, and returns what was warned of.
    private func warnings(_ transport: ScriptedTransport, _ count: Int = 1) async -> [String] {
        let warnings = Mutex<[String]>([])
        let queue = WebhookQueue("the message", transport: transport, pause: .zero) { line in
            warnings.withLock { $0.append(line) }
        }
        for number in 0..<count {
            queue.add(HTTPRequest(method: .post, url: "https://example.com/hidden/\(number)"))
        }
        await queue.finish()
        return warnings.withLock { $0 }
    }

    @Test(
        "A request is tried twice where that can help, and a failure is a warning without the address"
    )
    func tries() async {
        let fine = ScriptedTransport(replies: [.json(204, "")])
        #expect(await warnings(fine).isEmpty && fine.requests.count == 1)
        let second = ScriptedTransport(replies: [.json(503, ""), .json(200, "ok")])
        #expect(await warnings(second).isEmpty && second.requests.count == 2)
        for (reply, tries, said) in [
            (ScriptedTransport.Reply.json(404, "hidden"), 1, "the answer was 404"),
            (.json(302, ""), 1, "the answer was 302"), (.json(500, ""), 2, "the answer was 500"),
            (
                .failure(
                    TransportError(
                        code: .connect, message: "hidden", mayHaveReachedServer: false)), 2,
                "there was no connection"
            ),
        ] {
            let transport = ScriptedTransport(replies: [reply])
            #expect(await warnings(transport) == ["the message was not sent: \(said)"])
            #expect(transport.requests.count == tries)
        }
    }

    @Test("While one is sent, the latest two wait")
    func latest() async {
        let gate = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { _, number in
            if number == 0 { for await _ in gate.stream {} }
            return .json(200, "")
        }
        let queue = WebhookQueue("the message", transport: transport, pause: .zero) { _ in }
        queue.add(HTTPRequest(method: .post, url: "https://example.com/0"))
        while transport.requests.isEmpty { await Task.yield() }
        for number in 1...5 {
            queue.add(HTTPRequest(method: .post, url: "https://example.com/\(number)"))
        }
        gate.continuation.finish()
        await queue.finish()
        #expect(transport.requests.map { $0.url.suffix(1) } == ["0", "4", "5"])
    }
}
