import BulkTestSupport
import MavaAPI
import Testing

@Suite("Reading listings")
struct ListingTests {
    @Test(
        "tickets are found whatever they are wrapped in, and the total under its names",
        arguments: [
            (#"{"tickets":[{"_id":"t1"}],"total":7}"#, 7),
            (#"{"totalCount":"8","tickets":[{"id":"t1"}]}"#, 8),
            (#"{"data":[{"_id":"t1"}],"count":9.0}"#, 9),
            (#"{"tickets":[{"_id":"t1","id":"x"}],"pagination":{"total":10,"page":1}}"#, 10),
            (#"{"tickets":[{"_id":"t1"}],"total":null,"count":-1}"#, nil),
            (#"{"tickets":null,"data":[{"_id":"t1"}],"total":{}}"#, nil),
            (#" [ {"_id":"t1"} ] "#, nil),
        ])
    func wrappers(body: String, total: Int?) async throws {
        let page = try await page(body)
        #expect(page.tickets.map(\.id.rawValue) == ["t1"])
        #expect(page.total == total)
        #expect(page.entryCount == 1)
        #expect(page.problems.isEmpty)
    }

    @Test("a ticket's fields are read in every form that was seen or is likely")
    func ticketForms() async throws {
        let page = try await page(
            """
            {"tickets":[
              {"_id":"t1","status":"Spam","priority":3,"category":"c1","assignedTo":"a1",
               "aiStatus":"Active","createdAt":"2026-01-01T00:00:00.000Z","updatedAt":1767225600000,
               "tags":["x"],"customer":{"name":"é"}},
              {"id":"t2","priority":"2","category":{"_id":"c2","name":"Billing"},
               "assignedTo":{"id":"a2"},"aiStatus":null},
              {"_id":"t3","status":null,"priority":1.0,"category":null,"assignedTo":"","aiStatus":true},
              {"_id":"t4","aiStatus":{"state":"on"}}
            ]}
            """)
        #expect(
            page.tickets == [
                Ticket(
                    id: TicketID("t1")!, status: "Spam", priority: 3, categoryID: "c1",
                    assignedTo: "a1", aiStatus: "Active", createdAt: "2026-01-01T00:00:00.000Z",
                    updatedAt: "1767225600000"),
                Ticket(id: TicketID("t2")!, priority: 2, categoryID: "c2", assignedTo: "a2"),
                Ticket(id: TicketID("t3")!, priority: 1, aiStatus: "true"),
                Ticket(id: TicketID("t4")!, aiStatus: "object"),
            ])
        #expect(page.tickets[3].isHandledByAI)
    }

    @Test("an entry that cannot be read is reported and the others are read")
    func problems() async throws {
        let page = try await page(
            """
            [{"_id":"t1"}, 7, null, {"status":"Open"}, {"_id":"t2","priority":"high"},
             {"_id":"t3","category":[1]}, {"_id":"t4","status":4}, {"_id":"a b"}, {"_id":"t1"},
             {"_id":"t5","assignedTo":{"name":"Ada"}}, {"_id":"t6","priority":2.5}, {"_id":"t9"}]
            """)
        #expect(page.tickets.map(\.id.rawValue) == ["t1", "t9"])
        #expect(page.entryCount == 12)
        #expect(page.problems.map(\.index) == Array(1...10))
        #expect(
            page.problems.map(\.id) == [
                nil, nil, nil, "t2", "t3", "t4", "a b", "t1", "t5", "t6",
            ])
        #expect(page.problems[3].description.hasPrefix("entry 5 of the list"))
        #expect(page.problems[3].message == "its priority is not a whole number")
        #expect(page.problems[7].message == "its id was listed before")
    }

    @Test("agents and categories are read with any of their names missing")
    func people() async throws {
        let (client, transport) = try scriptedClient { request, _ in
            request.url.hasSuffix("/api/agents")
                ? .json(
                    200,
                    """
                    {"agents":[
                      {"id":"a1","email":"ada@acme.com","username":"Ada","walletAddress":null},
                      {"_id":"a2","email":"","walletAddress":"0xAB"},{"email":"x@y"}]}
                    """)
                : .json(200, #"[{"_id":"c1","name":"Billing"},{"id":"c2"}]"#)
        }
        let agents = try await client.agents()
        #expect(
            agents.elements == [
                Agent(id: "a1", email: "ada@acme.com", username: "Ada"),
                Agent(id: "a2", walletAddress: "0xAB"),
            ])
        #expect(agents.problems == [ListingProblem(index: 2, id: nil, message: "it has no id")])
        let categories = try await client.categories()
        #expect(categories.elements == [Category(id: "c1", name: "Billing"), Category(id: "c2")])
        #expect(
            transport.requests.map(\.url) == [
                "https://app.mava.app/api/agents", "https://app.mava.app/api/categories",
            ])
    }

    @Test("JSON nested a thousand deep is refused, not followed")
    func deepNesting() async throws {
        let deep = String(repeating: "[", count: 100_000)
        let (client, _) = try scriptedClient { _, _ in .json(200, deep) }
        let error = await #expect(throws: ClientError.self) {
            try await client.tickets(TicketQuery(start: 0, end: 1))
        }
        #expect(error?.code == .unexpectedAnswer)
    }

    private func page(_ body: String) async throws -> TicketPage {
        let (client, _) = try scriptedClient { _, _ in .json(200, body) }
        return try await client.tickets(TicketQuery(start: 0, end: 1))
    }
}
