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

@Suite("Messages and pings", .timeLimit(.minutes(20)))
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

    @Test("A command line is kept without addresses and without the commands of hooks")
    func words() {
        let words = [
            "apply", "a.csv", "--notify", "https://x/1", "--ping=https://x/2", "--on",
            "finished=true https://x/3", "--on=started=x=y", "--on", "https://x/4", "--yes",
        ]
        #expect(
            SecretOptions.removed(from: words) == [
                "apply", "a.csv", "--notify", "<redacted>", "--ping=<redacted>", "--on",
                "finished=<redacted>", "--on=started=<redacted>", "--on", "<redacted>", "--yes",
            ])
        #expect(SecretOptions.removed(from: ["--ping-file", "x"]) == ["--ping-file", "x"])
        #expect(SecretOptions.placeholder(for: "finished=x", of: .on) == "finished=COMMAND")
        #expect(SecretOptions.placeholder(for: "https://x/1", of: .ping) == "URL")
        #expect(SecretOptions.placeholder(for: "x", of: .pingFile) == nil)
    }

    @Test("An address in place of a file's name is seen, with and without its scheme")
    func likeAddress() {
        for text in [
            "https://a/b", "HTTP://a", "https:a", "slack://a", "hooks.example.com/services/x",
            "example.com:8080/x",
        ] {
            #expect(SecretAddress.isLikeAddress(text), "\(text)")
        }
        for text in ["webhook", "conf/webhook", "/etc/webhook.txt", "./a.b/c", "../a", "a.txt"] {
            #expect(!SecretAddress.isLikeAddress(text), "\(text)")
        }
    }

    // MARK: When

    /// What a watch reports, and in which second, of waits that each last for some seconds.
    ///
    /// - Parameters:
    ///   - watch: The watch.
    ///   - parts: What the run waits for, for how long, and how many rows end and fail in each second.
    /// - Returns: The reports.
    private func reports(
        _ watch: WaitWatch, _ parts: [(WaitReason, Int, Int, Int)]
    ) -> [String] {
        var watch = watch
        var place = WaitWatch.Place(done: 0)
        var (second, reports) = (0, [String]())
        for (reason, seconds, done, failed) in parts {
            for _ in 0..<seconds {
                place.done += done
                place.failed += failed
                switch watch.see(reason, at: place, at: .seconds(second)) {
                case .waits(let reason): reports.append("\(second) \(reason)")
                case .goesOn: reports.append("\(second) goes on")
                case nil: break
                }
                second += 1
            }
        }
        return reports
    }

    @Test(
        "A wait is reported once, after a minute, and its end when the run has gone on for a while")
    func waits() {
        let watch = WaitWatch(shortest: WaitWatch.shortest)
        let found = reports(
            watch,
            [
                (.quota, 501, 0, 0), (.outage, 50, 0, 0),
                // A probe is no end of the wait, nor is a row that fails.
                (.answers, 5, 0, 0), (.backOff, 145, 1, 1), (.none, 5, 0, 0), (.outage, 15, 0, 0),
                (.quota, 80, 0, 0),
                // A short wait is no news.
                (.paused, 30, 0, 0), (.none, 70, 0, 0), (.others, 100, 0, 0),
            ])
        #expect(found == ["561 backOff", "731 goes on", "961 others"])
    }

    @Test("A run that shares its key goes on, however often it waits for the others")
    func sharing() {
        let watch = WaitWatch(shortest: WaitWatch.shortest)
        #expect(reports(watch, [(.others, 600, 1, 0)]).isEmpty)
        #expect(reports(watch, [(.others, 600, 1, 1)]).isEmpty)
        let bursts = Array(
            repeating: [(.answers, 1, 20, 0), (.others, 29, 0, 0)] as [(WaitReason, Int, Int, Int)],
            count: 20)
        #expect(reports(watch, bursts.flatMap { $0 }).isEmpty)
        // Another wait counts from its own beginning.
        let found = reports(
            watch, [(.others, 300, 1, 0), (.window, 100, 0, 0), (.others, 100, 1, 0)])
        #expect(found == ["359 window", "410 goes on"])
    }

    @Test("Hooks run for waits of a second, and once until the run has gone on")
    func hookWaits() {
        var watch = WaitWatch(shortest: WaitWatch.shortestForHooks)
        var place = WaitWatch.Place(done: 0)
        // Forty waits of 200 ms, between which rows are sent.
        for turn in 0..<200 {
            let isWait = turn % 5 == 0
            if !isWait { place.done += 1 }
            let now = Nanoseconds.milliseconds(200 * turn)
            #expect(watch.see(isWait ? .backOff : .answers, at: place, at: now) == nil)
        }
        let found = reports(
            WaitWatch(shortest: WaitWatch.shortestForHooks),
            [
                (.paused, 5, 0, 0), (.answers, 5, 1, 0), (.paused, 5, 0, 0), (.answers, 15, 1, 0),
                (.others, 59, 0, 0), (.answers, 1, 1, 0), (.outage, 9, 0, 0),
            ])
        #expect(found == ["1 paused", "15 goes on", "91 outage"])
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
        #expect(message.json(as: .plain).utf8.count < 2500)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(message.json(as: .plain).utf8))
                as? [String: Any])
        #expect(object["event"] as? String == "refused" && object["exitCode"] as? Int == 7)
        #expect((object["error"] as? [String: Any])?["code"] as? String == "refused")
        #expect((object["groups"] as? [[String: Any]])?.first?["tickets"] as? Int == 1200)
        #expect(!message.json(as: .plain).utf8.contains(0x1B))
    }

    @Test("Teams gets a card with the same lines, in which a name is no link")
    func card() throws {
        let hosts = [
            "prod-1.westeurope.logic.azure.com", "default1.environment.api.powerplatform.com",
            "ACME.webhook.office.com",
        ]
        for host in hosts {
            #expect(try SecretAddress("https://\(host)/x?sig=y", from: "-").form == .teams)
        }
        for host in ["hooks.slack.com", "logic.azure.com.example.com", "mylogic.azure.com.de"] {
            #expect(try SecretAddress("https://\(host)/x", from: "-").form == .plain)
        }
        let message = RunMessage(.started, of: Self.subject, at: 0)
        let json = message.json(as: .teams)
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["type"] as? String == "message")
        let attachment = try #require((object["attachments"] as? [[String: Any]])?.first)
        #expect(
            attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        let content = try #require(attachment["content"] as? [String: Any])
        #expect(content["type"] as? String == "AdaptiveCard")
        let body = try #require(content["body"] as? [[String: Any]])
        #expect(body.allSatisfy { $0["type"] as? String == "RichTextBlock" })
        let runs = body.compactMap { ($0["inlines"] as? [[String: Any]])?.first }
        #expect(runs.allSatisfy { $0["type"] as? String == "TextRun" })
        #expect(runs.compactMap { $0["text"] as? String } == message.lines)
        #expect(message.lines.joined(separator: "\n") == message.text)
    }

    // MARK: How

    /// Sends requests through a queue, and returns what was warned of.
    private func warnings(_ transport: ScriptedTransport, _ count: Int = 1) async -> [String] {
        let warnings = Mutex<[String]>([])
        let queue = WebhookQueue(transport: transport, pause: .zero) { line in
            warnings.withLock { $0.append(line) }
        }
        for number in 0..<count {
            queue.add(
                HTTPRequest(method: .post, url: "https://example.com/hidden/\(number)"),
                named: "message \(number)")
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
            #expect(await warnings(transport) == ["message 0 was not sent: \(said)"])
            #expect(transport.requests.count == tries)
        }
    }

    @Test("While one is sent, the latest two wait, and each one left out is named")
    func latest() async {
        let gate = AsyncStream<Void>.makeStream()
        let transport = ScriptedTransport { _, number in
            if number == 0 { for await _ in gate.stream {} }
            return .json(200, "")
        }
        let warnings = Mutex<[String]>([])
        let queue = WebhookQueue(transport: transport, pause: .zero) { line in
            warnings.withLock { $0.append(line) }
        }
        queue.add(HTTPRequest(method: .post, url: "https://example.com/0"), named: "message 0")
        while transport.requests.isEmpty { await Task.yield() }
        for number in 1...5 {
            queue.add(
                HTTPRequest(method: .post, url: "https://example.com/\(number)"),
                named: "message \(number)")
        }
        gate.continuation.finish()
        await queue.finish()
        #expect(transport.requests.map { $0.url.suffix(1) } == ["0", "4", "5"])
        #expect(
            warnings.withLock { $0 }
                == (1...3).map { "message \($0) was not sent: newer ones were waiting" })
    }
}
