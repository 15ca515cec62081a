import BulkTestSupport
import Foundation
import Testing

@testable import MavaAPI

/// A client that talks to a script.
func scriptedClient(
    baseURL: String = "https://app.mava.app",
    _ script: @escaping @Sendable (HTTPRequest, Int) async -> ScriptedTransport.Reply
) throws -> (client: MavaClient, transport: ScriptedTransport) {
    let transport = ScriptedTransport(script)
    let key = try #require(APIKey("s3cret-key"))
    return (try MavaClient(baseURL: baseURL, key: key, transport: transport), transport)
}

@Suite("The client")
struct MavaClientTests {
    static let id = TicketID("6630a1f4c2b9e4a1d8f00b21")!

    @Test(
        "an update's body holds what changes, with an explicit null for nobody",
        arguments: [
            (TicketUpdate(ticketID: id), #"{"ticketId":"6630a1f4c2b9e4a1d8f00b21"}"#),
            (
                TicketUpdate(ticketID: id, assignedTo: .unassigned),
                #"{"ticketId":"6630a1f4c2b9e4a1d8f00b21","assignedTo":null}"#
            ),
            (
                TicketUpdate(
                    ticketID: id, status: .resolved, priority: .high, categoryID: "c/\"1",
                    assignedTo: .agent("a1")),
                #"{"ticketId":"6630a1f4c2b9e4a1d8f00b21","status":"Resolved","priority":3,"#
                    + #""categoryId":"c/\"1","assignedTo":"a1"}"#
            ),
        ])
    func updateBody(update: TicketUpdate, json: String) async throws {
        let (client, transport) = try scriptedClient { _, _ in .updated }
        let answer = try await client.update(update)
        #expect(answer.meaning == .updated)
        #expect(answer.message == "Ticket updated")
        let request = try #require(transport.requests.first)
        #expect(request.method == .put)
        #expect(request.url == "https://app.mava.app/api/ticket")
        #expect(String(decoding: request.body, as: UTF8.self) == json)
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["x-auth-token"] == "s3cret-key")
        #expect(headers["content-type"] == "application/json")
    }

    @Test("whatever stands in an update's texts, another reader of JSON reads the same")
    func updateBodyTexts() async throws {
        struct Sent: Decodable, Equatable {
            var ticketId: String
            var categoryId: String?
            var assignedTo: String?
        }
        var texts = ["", "\"", "\\", "\\\"\u{2028}\u{2029}", "é🙂e\u{301}", "null", "}\u{7F}"]
        texts += (0..<0x20).map { "a\(Unicode.Scalar(UInt8($0)))b" }
        let id = try #require(TicketID("🙂\"\\/é"))
        for text in texts {
            let (client, transport) = try scriptedClient { _, _ in .updated }
            _ = try await client.update(
                TicketUpdate(ticketID: id, categoryID: text, assignedTo: .agent(text)))
            let body = try #require(transport.requests.first).body
            #expect(body.allSatisfy { $0 >= 0x20 })
            #expect(
                try JSONDecoder().decode(Sent.self, from: Data(body))
                    == Sent(ticketId: id.rawValue, categoryId: text, assignedTo: text))
        }
    }

    @Test(
        "an update's answer is told by its status and its documented text",
        arguments: [
            (200, #"{"message":"Ticket updated"}"#, UpdateAnswer.Meaning.updated),
            (200, #" { "message" : "Ticket updated", "x": 1 } "#, .updated),
            (200, #"{"message":" ticket UPDATED "}"#, .updated), (204, "", .updated),
            (200, #"{"message":"Ticket updated","error":"no"}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","error":{"code":1}}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","error":null}"#, .updated),
            (200, #"{"message":"Ticket updated","success":false}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","success":true}"#, .updated),
            (200, #"{"message":"Ticket updated","success":"false"}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","errors":["no"]}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","errors":{"status":"no"}}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","errors":[]}"#, .updated),
            (200, #"{"message":"Ticket updated","errors":{}}"#, .updated),
            (200, #"{"message":"Ticket updated","errors":null}"#, .updated),
            (200, #"{"message":"Ticket updated","statusCode":500}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","status":"error"}"#, .unconfirmed),
            (200, #"{"message":"Ticket updated","status":"ok","statusCode":200}"#, .updated),
            (200, #"{"message":"Queued"}"#, .unconfirmed), (200, "{}", .unconfirmed),
            (200, "", .unconfirmed), (201, "", .unconfirmed), (202, "{}", .unconfirmed),
            (202, "<html>", .unexpected), (206, "xx", .unexpected),
            (200, "<html>", .unexpected), (200, "[]", .unexpected), (200, "\u{0}", .unexpected),
            (302, "", .unexpected), (101, "", .unexpected), (307, "{}", .unexpected),
            (408, "", .lost), (408, #"{"error":"x"}"#, .lost), (421, "<html>", .lost),
            (425, "", .lost),
            (400, #"{"error":"Ticket not found"}"#, .refused(.ticketNotFound)),
            (400, #"{"error":"Category not found"}"#, .refused(.categoryNotFound)),
            (400, #"{"error":"Assignee not found"}"#, .refused(.assigneeNotFound)),
            (400, #"{"error":"Invalid status or priority"}"#, .refused(.invalidStatusOrPriority)),
            (400, #"{"error":"invalid status or priority."}"#, .refused(.invalidStatusOrPriority)),
            (400, #"{"error":"Bad"}"#, .refused(.other)), (400, "", .unexpected),
            (404, "nope", .unexpected), (422, #"{"error":""}"#, .unexpected),
            (404, #"{"error":"Not here"}"#, .refused(.other)),
            (400, "<html>", .unexpected), (413, "<h1>", .unexpected), (400, "[]", .unexpected),
            (400, #"{"message":"x"}"#, .unexpected),
            (401, #"{"error":"Unauthorized"}"#, .unauthorized), (403, "", .unexpected),
            (403, #"{"error":"Forbidden"}"#, .forbidden), (403, "<html>", .unexpected),
            (429, "slow", .rateLimited), (503, "", .unavailable), (500, "", .serverError),
            (599, "", .serverError),
        ])
    func meanings(status: Int, body: String, meaning: UpdateAnswer.Meaning) {
        let answer = UpdateAnswer(HTTPResponse(status: status, body: Array(body.utf8)))
        #expect(answer.meaning == meaning)
        #expect(!answer.message.isEmpty)
    }

    @Test("what a server says is cut, and cannot act on a terminal")
    func hostileText() throws {
        let said = "\u{1B}[2Jx\r\n\u{202E}" + String(repeating: "y", count: 5000)
        let body =
            #"{"error":"# + String(decoding: try JSONEncoder().encode(said), as: UTF8.self) + "}"
        let message = UpdateAnswer(HTTPResponse(status: 400, body: Array(body.utf8))).message
        #expect(message.hasPrefix(#"\u{1B}[2Jx\u{D}\u{A}\u{202E}yyy"#))
        #expect(message.count < 300)
        #expect(message.hasSuffix("y…"))
        let moved = UpdateAnswer(
            HTTPResponse(status: 302, headers: [("Location", "https://a:b@evil\u{7}/?token=x")]))
        #expect(moved.message == #"HTTP 302: a redirect to evil\u{7}, not followed"#)
    }

    @Test(
        "where something else answers, the title is named and the other address suggested",
        arguments: [
            ("https://app.mava.app", "https://gateway.mava.app"),
            ("https://gateway.mava.app", "https://app.mava.app"),
            ("https://gateway.mava.app/api/", "leave /api out"),
            ("https://desk.example", "the base URL"),
        ])
    func otherAddress(baseURL: String, advice: String) async throws {
        for (status, page) in [
            (404, "<title>x</title>"), (403, "<html>"), (200, "<!DOCTYPE html>"),
        ] {
            let body = page + "<TITLE lang=en> Access\n \u{1B}denied </TITLE>"
            let (client, _) = try scriptedClient(baseURL: baseURL) { _, _ in .json(status, body) }
            let error = await #expect(throws: ClientError.self) { try await client.agents() }
            let message = try #require(error?.message)
            #expect(message.contains(advice), "\(message)")
            #expect(!message.contains("\u{1B}"))
            if status != 404 {
                #expect(message.contains("a firewall or a proxy may be answering"))
                #expect(message.contains("\"Access \\u{1B}denied\""), "\(message)")
            }
        }
    }

    @Test("a key that the server says again is left out, also where the text is cut")
    func echoedKey() async throws {
        let key = "a-secret-key-of-some-length"
        let padding = String(repeating: "y", count: 190)
        for (reply, said) in [
            (
                ScriptedTransport.Reply.json(400, #"{"error":"bad key \#(key), bad \#(key)"}"#),
                "bad key <redacted>, bad <redacted>"
            ),
            (.json(400, #"{"error":"\#(padding)\#(key)"}"#), padding + "<redacted>"),
            (
                .json(307, "{}", headers: [("location", "https://\(key).x/\(key)")]),
                "HTTP 307: a redirect to <redacted>.x, not followed"
            ),
        ] {
            let transport = ScriptedTransport(replies: [reply])
            let client = try MavaClient(key: #require(APIKey(key)), transport: transport)
            let update = TicketUpdate(
                ticketID: try #require(TicketID("65f1a0b2c3d4e5f601234567")), status: .open)
            #expect(try await client.update(update).message == said)
            let error = await #expect(throws: ClientError.self) { try await client.agents() }
            #expect(error?.message.contains(key) == false)
            #expect(error?.message.contains("<redacted>") == true)
        }
    }

    @Test("a query is percent-encoded, with every filter repeated")
    func query() async throws {
        let (client, transport) = try scriptedClient { _, _ in .json(200, #"{"tickets":[]}"#) }
        _ = try await client.tickets(
            TicketQuery(
                start: 1_767_225_600, end: 1_769_904_000, limit: 25, skip: 50,
                statuses: ["Open", "Waiting"], assignedTo: ["Unassigned"],
                categories: ["a&b=c/d +é"], tags: ["x"], csatValues: ["5"], origins: ["web"]))
        #expect(
            transport.requests.first?.url
                == "https://app.mava.app/api/tickets?startDate=2026-01-01T00%3A00%3A00Z"
                + "&endDate=2026-02-01T00%3A00%3A00Z&limit=25&skip=50&status=Open&status=Waiting"
                + "&assignedTo=Unassigned&category=a%26b%3Dc%2Fd%20%2B%C3%A9&tags=x&csatValues=5"
                + "&origin=web")
        #expect(transport.requests.first?.body == [])
    }

    @Test("a wait until a point in time is named, also where the answer has no date")
    func waitUntil() async throws {
        let (client, _) = try scriptedClient { _, _ in
            .json(429, "", headers: [("retry-after", "Mon, 01 Jan 2120 00:00:00 GMT")])
        }
        let error = await #expect(throws: ClientError.self) { try await client.agents() }
        #expect(error?.message.hasSuffix("; it asks to wait for more than a year") == true)
    }

    @Test("a listing that did not come says why, in a closed code")
    func listingErrors() async throws {
        let replies: [(ScriptedTransport.Reply, ClientError.Code)] = [
            (.error(401, "Unauthorized"), .unauthorized),
            (.error(403, "No"), .forbidden),
            (.error(400, "startDate is required"), .refused),
            (
                .json(429, "", headers: [("retry-after", "7")]),
                .rateLimited(RateLimitHints(retryAfter: .seconds(7)))
            ),
            (.error(500, "Internal server error"), .serverError(RateLimitHints())),
            (.error(408, "x"), .serverError(RateLimitHints())),
            (.json(302, "", headers: [("location", "https://login/")]), .foreign),
            (.json(200, "<html>"), .foreign), (.json(403, "<html><title>No</title>"), .foreign),
            (.json(403, "no"), .foreign), (.json(403, ""), .foreign), (.json(403, "[]"), .foreign),
            (.error(407, "x"), .foreign), (.json(451, ""), .foreign), (.json(400, ""), .foreign),
            (.json(404, "<html>"), .noSuchPath),
            (.error(404, "Not found"), .noSuchPath),
            (.json(200, #"{"agents":7}"#), .unexpectedAnswer),
            (.json(200, #""agents""#), .unexpectedAnswer),
        ]
        for (reply, code) in replies {
            let (client, _) = try scriptedClient { _, _ in reply }
            let error = await #expect(throws: ClientError.self) { try await client.agents() }
            #expect(error?.code == code)
        }
        let failure = TransportError(
            code: .connect, message: "No connection to h:1.", mayHaveReachedServer: false)
        let (client, _) = try scriptedClient { _, _ in .failure(failure) }
        let error = await #expect(throws: ClientError.self) { try await client.categories() }
        #expect(error?.code == .transport(failure))
    }

    @Test("an address at which the API has answered is not suspected of being wrong")
    func provenAddress() async throws {
        let (client, _) = try scriptedClient { _, number in
            number == 0 ? .json(200, #"{"agents":[]}"#) : .json(200, "<html>")
        }
        _ = try await client.agents()
        let error = await #expect(throws: ClientError.self) { try await client.categories() }
        #expect(
            error?.message.hasSuffix("a firewall or a proxy may be answering in Mava's place")
                == true)
    }

    @Test("the key is in no description, dump or error")
    func redaction() async throws {
        let key = try #require(APIKey(" s3cret-key\n"))
        var shown = "\(key) \(String(reflecting: key)) \(key.debugDescription)"
        dump(key, to: &shown)
        let (client, _) = try scriptedClient { _, number in
            number == 0 ? .error(400, "echo") : .silence
        }
        let request = client.request(for: TicketUpdate(ticketID: Self.id))
        #expect(request.headers.contains { $0.value == "s3cret-key" })
        dump(client, to: &shown)
        dump(request, to: &shown)
        dump([request], to: &shown)
        shown += "\(client) \(request) \(String(reflecting: request)) \([request])"
        dump(try await client.update(TicketUpdate(ticketID: Self.id)), to: &shown)
        let transport = CurlTransport()
        for url in ["http://127.0.0.1:\(try RawServer.unusedPort())/", "nonsense"] {
            var bad = request
            bad.url = url
            do {
                _ = try await transport.send(bad)
                Issue.record("nobody listens there")
            } catch {
                dump(error, to: &shown)
                shown += "\(error) \(String(reflecting: error)) \(error.localizedDescription)"
            }
            bad.headers.append(("x\n", "s3cret-key"))
            do {
                _ = try await transport.send(bad)
                Issue.record("such a header cannot be sent")
            } catch {
                dump(error, to: &shown)
            }
        }
        #expect(!shown.contains("s3cret"))
        #expect(shown.contains("<redacted>"))
    }
}
