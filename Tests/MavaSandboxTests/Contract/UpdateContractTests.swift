import MavaSandbox
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `PUT /api/ticket`, one row per case: the request, the answer and the changes.
@Suite struct UpdateContractTests {
    typealias W = ContractWorkspace

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var body: String
        var status: Int
        var answer: String
        /// The audit log's contents afterwards: `field from>to`.
        var audit: [String] = []
        var key = ContractWorkspace.key
        var arguments: [String] = []

        var testDescription: String { name }
    }

    static let updated = #"{"message":"Ticket updated"}"#
    static let ticketNotFound = #"{"error":"Ticket not found"}"#
    static let categoryNotFound = #"{"error":"Category not found"}"#
    static let invalid = #"{"error":"Invalid status or priority"}"#
    static let assigneeNotFound = #"{"error":"Assignee not found"}"#
    static let internalError = #"{"error":"Internal server error"}"#
    static let unauthorized = #"{"error":"Unauthorized"}"#

    /// A body for the first ticket with these members.
    static func body(_ members: String, ticket: String = W.ticket) -> String {
        "{\"ticketId\":\"\(ticket)\"\(members.isEmpty ? "" : ",")\(members)}"
    }

    static func refused(_ name: String, _ members: String, _ answer: String) -> Case {
        Case(name: name, body: body(members), status: 400, answer: answer)
    }

    static func changed(_ name: String, _ members: String, _ audit: String...) -> Case {
        Case(name: name, body: body(members), status: 200, answer: updated, audit: audit)
    }

    static let changes = [
        changed("one field", #""status":"Resolved""#, "status Open>Resolved"),
        changed("status Pending", #""status":"Pending""#, "status Open>Pending"),
        changed("status Waiting", #""status":"Waiting""#, "status Open>Waiting"),
        changed("an equal field writes nothing", #""status":"Open""#),
        changed("nothing asked for", ""),
        changed("priority", #""priority":3"#, "priority 1>3"),
        changed("priority 2.0 is 2", #""priority":2.0"#, "priority 1>2"),
        changed("priority 2e0 is 2", #""priority":2e0"#, "priority 1>2"),
        changed("category", "\"categoryId\":\"\(W.login)\"", "category \(W.billing)>\(W.login)"),
        changed("assignee", "\"assignedTo\":\"\(W.grace)\"", "assignedTo \(W.ada)>\(W.grace)"),
        changed("null unassigns", #""assignedTo":null"#, "assignedTo \(W.ada)>nil"),
        changed(
            "all fields, an audit message each",
            "\"status\":\"Waiting\",\"priority\":2,\"categoryId\":\"\(W.login)\","
                + "\"assignedTo\":\"\(W.grace)\"",
            "status Open>Waiting", "priority 1>2", "category \(W.billing)>\(W.login)",
            "assignedTo \(W.ada)>\(W.grace)"),
        changed(
            "of several, only those that differ", #""status":"Open","priority":3"#, "priority 1>3"),
        changed(
            "unknown fields are passed over", #""spam":{"a":[1]},"priority":2"#, "priority 1>2"),
        changed(
            "escapes in names and values", #""st\u0061tus":"\u0052esolved""#, "status Open>Resolved"
        ),
        changed("the last of two counts", #""priority":7,"priority":2"#, "priority 1>2"),
        Case(
            name: "an id that is no ObjectId", body: body(#""priority":1"#, ticket: W.plainID),
            status: 200, answer: updated, audit: ["priority 3>1"]),
        Case(
            name: "from a status that updates do not take",
            body: body(#""status":"Open","priority":1"#, ticket: W.spam), status: 200,
            answer: updated, audit: ["status Spam>Open", "priority nil>1"]),
        Case(
            name: "white space around everything",
            body: " \n{ \"ticketId\" : \"\(W.ticket)\" ,\t\"priority\" : 2 }\r\n", status: 200,
            answer: updated, audit: ["priority 1>2"]),
        Case(
            name: "media type with a parameter, in capitals", body: body(#""priority":2"#),
            status: 200, answer: updated, audit: ["priority 1>2"],
            arguments: ["-H", "Content-Type: Application/JSON; charset=utf-8"]),
    ]

    static let tickets = [
        Case(name: "no ticketId", body: "{}", status: 400, answer: ticketNotFound),
        Case(
            name: "ticketId null", body: #"{"ticketId":null}"#, status: 400, answer: ticketNotFound),
        Case(name: "ticketId 7", body: #"{"ticketId":7}"#, status: 400, answer: ticketNotFound),
        Case(name: "ticketId []", body: #"{"ticketId":[]}"#, status: 400, answer: ticketNotFound),
        Case(
            name: "ticketId empty", body: #"{"ticketId":""}"#, status: 400, answer: ticketNotFound),
        Case(
            name: "unknown ticket", body: body("", ticket: "665f1c0ac2b9e4a1d8f1ffff"),
            status: 400, answer: ticketNotFound),
        Case(
            name: "capitals make another id", body: body("", ticket: W.ticket.uppercased()),
            status: 400, answer: ticketNotFound),
        Case(
            name: "another organisation's ticket", body: body("", ticket: W.foreignTicket),
            status: 400, answer: ticketNotFound),
        Case(
            name: "own ticket by another organisation's key", body: body(""), status: 400,
            answer: ticketNotFound, key: W.otherKey),
    ]

    static let values = [
        refused("status 7", #""status":7"#, invalid),
        refused("status null", #""status":null"#, invalid),
        refused("status empty", #""status":"""#, invalid),
        refused("status in lower case", #""status":"open""#, invalid),
        refused("status Spam", #""status":"Spam""#, invalid),
        refused("priority as text", #""priority":"2""#, invalid),
        refused("priority true", #""priority":true"#, invalid),
        refused("priority 2.5", #""priority":2.5"#, invalid),
        refused("priority 0", #""priority":0"#, invalid),
        refused("priority 4", #""priority":4"#, invalid),
        refused("priority -1", #""priority":-1"#, invalid),
        refused("priority 1e400", #""priority":1e400"#, invalid),
        refused("priority null", #""priority":null"#, invalid),
        refused("category unknown", #""categoryId":"nothing""#, categoryNotFound),
        refused("category by name", #""categoryId":"Login""#, categoryNotFound),
        refused("category null", #""categoryId":null"#, categoryNotFound),
        refused("category 7", #""categoryId":7"#, categoryNotFound),
        refused("category archived", "\"categoryId\":\"\(W.archivedCategory)\"", categoryNotFound),
        refused("category foreign", "\"categoryId\":\"\(W.foreignCategory)\"", categoryNotFound),
        refused("category is an agent", "\"categoryId\":\"\(W.ada)\"", categoryNotFound),
        refused("assignee empty", #""assignedTo":"""#, assigneeNotFound),
        refused("assignee e-mail", #""assignedTo":"ada@acme.example""#, assigneeNotFound),
        refused("assignee username", #""assignedTo":"Ada""#, assigneeNotFound),
        refused("assignee 7", #""assignedTo":7"#, assigneeNotFound),
        refused("assignee false", #""assignedTo":false"#, assigneeNotFound),
        refused("assignee archived", "\"assignedTo\":\"\(W.departed)\"", assigneeNotFound),
        refused("assignee foreign", "\"assignedTo\":\"\(W.foreignAgent)\"", assigneeNotFound),
        refused("assignee is a category", "\"assignedTo\":\"\(W.login)\"", assigneeNotFound),
    ]

    static let order = [
        Case(
            name: "the ticket comes first",
            body: #"{"ticketId":"x","categoryId":"x","status":"x","assignedTo":"x"}"#,
            status: 400, answer: ticketNotFound),
        refused(
            "then the category", #""assignedTo":"x","status":"x","categoryId":"x""#,
            categoryNotFound),
        refused("then status and priority", #""assignedTo":"x","priority":9"#, invalid),
        refused(
            "then the assignee, and nothing is written", #""status":"Resolved","assignedTo":"x""#,
            assigneeNotFound),
        Case(
            name: "the key comes before the body", body: "nonsense", status: 401,
            answer: unauthorized, key: "wrong"),
    ]

    static let bodies = [
        ("empty", ""), ("not JSON", "nonsense"), ("an array", "[]"), ("a text", "\"x\""),
        ("a number", "7"), ("null", "null"), ("cut off", #"{"ticketId":"x""#),
        ("two objects", "{}{}"), ("a comma too many", #"{"ticketId":"x",}"#),
        ("single quotes", "{'ticketId':'x'}"), ("a raw newline in a text", "{\"ticketId\":\"\n\"}"),
        ("NaN", #"{"priority":NaN}"#), ("a leading zero", #"{"priority":02}"#),
        ("nested too deep", String(repeating: "[", count: 100_000)),
        ("1 MiB of nothing, the longest body that is read", String(repeating: " ", count: 1 << 20)),
    ].map { Case(name: "body \($0.0)", body: $0.1, status: 500, answer: internalError) }

    static let media = [
        Case(
            name: "media type text", body: body(#""priority":2"#), status: 500,
            answer: internalError, arguments: ["-H", "Content-Type: text/plain"]),
        Case(
            name: "no media type", body: body(#""priority":2"#), status: 500,
            answer: internalError, arguments: ["-H", "Content-Type:"]),
        Case(
            name: "a body of 2 MB",
            body: body("\"x\":\"\(String(repeating: "x", count: 2 << 20))\""),
            status: 413, answer: #"{"error":"the body is longer than 1048576 bytes"}"#),
        Case(
            name: "a chunked body of 2 MB",
            body: body("\"x\":\"\(String(repeating: "x", count: 2 << 20))\""), status: 413,
            answer: #"{"error":"the body is too long"}"#,
            arguments: ["-H", "Transfer-Encoding: chunked"]),
    ]

    @Test(
        "every documented answer, and a decided one for everything else",
        arguments: changes + tickets + values + order + bodies + media)
    func answers(_ row: Case) async throws {
        var configuration = try W.configuration()
        let written: Int64 = 1_800_000_000_000
        configuration.clock.wall = { written }
        try await withSandbox(configuration) { sandbox in
            let before = sandbox.workspace.encoded()
            // curl uses the last of two equal -H, so a row's own media type comes last.
            let response = try await Curl.send(
                sandbox.address + "/api/ticket", method: "PUT", key: row.key,
                body: row.arguments.contains { $0.hasPrefix("Content-Type") } ? nil : row.body,
                arguments: row.arguments.contains { $0.hasPrefix("Content-Type") }
                    ? row.arguments + ["--data-binary", row.body] : row.arguments)
            #expect(response.status == row.status)
            #expect(response.body == row.answer)
            #expect(response.field("Content-Type") == "application/json; charset=utf-8")
            let audit = sandbox.audit().map { message in
                "\(message.field) \(message.from ?? "nil")>\(message.to ?? "nil")"
            }
            #expect(audit == row.audit)
            #expect(sandbox.stats.auditMessages == row.audit.count)
            #expect(sandbox.stats.ticketsChanged == (row.audit.isEmpty ? 0 : 1))
            if row.audit.isEmpty {
                #expect(sandbox.workspace.encoded() == before, "nothing may be written")
            } else {
                let id = try #require(sandbox.audit().first?.ticketID)
                #expect(sandbox.ticket(id)?.updatedAt == Date(timeIntervalSince1970: 1_800_000_000))
            }
        }
    }

    @Test("a repeated update changes nothing more, and updatedAt stays")
    func repeated() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let url = sandbox.address + "/api/ticket"
            let body = Self.body(#""status":"Resolved","priority":3"#)
            _ = try await Curl.send(url, method: "PUT", key: W.key, body: body)
            let once = sandbox.ticket(W.ticket)
            let response = try await Curl.send(url, method: "PUT", key: W.key, body: body)
            #expect(response.body == Self.updated)
            let twice = sandbox.ticket(W.ticket)
            #expect(twice?.updatedAt == once?.updatedAt)
            #expect(twice?.requests == 2)
            #expect(sandbox.stats.auditMessages == 2)
            #expect(sandbox.stats.requestsPerTicket == [2: 1])
        }
    }

    @Test(
        "assigning a ticket that the AI handles hands it over; nothing else does",
        arguments: [
            ("\"assignedTo\":\"\(W.grace)\"", "HandedOff"), (#""assignedTo":null"#, "Active"),
            (#""status":"Open""#, "Active"), (#""assignedTo":"nobody""#, "Active"),
        ])
    func handOff(_ members: String, _ expected: String) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            _ = try await Curl.send(
                sandbox.address + "/api/ticket", method: "PUT", key: W.key,
                body: Self.body(members, ticket: W.aiTicket))
            #expect(sandbox.ticket(W.aiTicket)?.aiStatus == expected)
        }
    }
}
