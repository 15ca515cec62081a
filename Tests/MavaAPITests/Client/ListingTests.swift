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
            (#"{"tickets":[{"_id":"t1"}],"total":null,"count":-1,"error":null}"#, nil),
            (#"{"success":true,"tickets":[{"_id":"t1"}]}"#, nil),
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
                    updatedAt: "1767225600000", tags: ["x"]),
                Ticket(id: TicketID("t2")!, priority: 2, categoryID: "c2", assignedTo: "a2"),
                Ticket(id: TicketID("t3")!, priority: 1, aiStatus: "true"),
                Ticket(id: TicketID("t4")!, aiStatus: "object"),
            ])
        #expect(page.tickets[3].isHandledByAI)
    }

    @Test("tags and origins are read in every form, and are no error in another one")
    func tags() async throws {
        let page = try await page(
            """
            [{"_id":"t1","tags":[],"sourceType":"web","origin":"x"}, {"_id":"t2","tags":null,"origin":null},
             {"_id":"t3","tags":[{"_id":"g1","name":"vip"},{"id":"g2"}],"origin":"email"}, {"_id":"t4"},
             {"_id":"t5","tags":"vip"}, {"_id":"t6","tags":[1]}, {"_id":"t7","tags":[{"name":"a"},"b"]}]
            """)
        #expect(page.tickets.map(\.tags) == [[], [], ["g1", "vip", "g2"], nil, nil, nil, nil])
        #expect(page.tickets.map(\.origin) == ["web", "", "email", nil, nil, nil, nil])
        #expect(page.problems.isEmpty)
    }

    @Test("an entry with a field that cannot be read is reported and the others are read")
    func problems() async throws {
        let page = try await page(
            """
            [{"_id":"t1"}, {"_id":"t2","priority":"high"}, {"_id":"t3","category":[1]},
             {"_id":"t4","status":4}, {"_id":"t1"}, {"_id":"t5","assignedTo":{"name":"Ada"}},
             {"_id":"t6","priority":2.5}, {"_id":"t9"}]
            """)
        #expect(page.tickets.map(\.id.rawValue) == ["t1", "t9"])
        #expect(page.entryCount == 8)
        #expect(page.problems.map(\.index) == Array(1...6))
        #expect(page.problems.map(\.id) == ["t2", "t3", "t4", "t1", "t5", "t6"])
        #expect(page.problems[0].description.hasPrefix("entry 2 of the list"))
        #expect(page.problems[0].message == "its priority is not a whole number")
        #expect(page.problems[3].message == "its id was listed before")
    }

    /// Successes that are not the API's listing, and the messages about them.
    private static let unbelievable = [
        ("{}", "it has no array under tickets"), (#"{"tickets":null}"#, "no array under tickets"),
        (#"{"tickets":"<b>"}"#, "no array under tickets"), (#""ok""#, "it has another form"),
        ("", "it is not valid JSON"), (#"{"tickets":[{"_id":"t1"}"#, "it is not valid JSON"),
        (#"{"error":"Internal"}"#, #"it says "Internal""#),
        (#"{"message":"try later"}"#, #"it says "try later""#),
        (#"{"error":"db down","tickets":[{"_id":"t1"}]}"#, #"it says "db down""#),
        (#"{"error":{"code":5},"tickets":[]}"#, "it says that it failed"),
        (#"{"success":false,"tickets":[]}"#, "it says that it failed"),
        (#"{"tickets":[],"total":3}"#, "it is empty, and says that there are 3"),
        (#"{"tickets":[{"_id":"t1"},7]}"#, "entry 2 of the list: it is not an object"),
        ("[null]", "entry 1 of the list: it is not an object"),
        (#"[{"_id":"t1"},{"status":"Open"}]"#, "entry 2 of the list: it has no id"),
        (#"[{"_id":"t1"},{"_id":"a b"}]"#, "its id is not 1 to 128 visible characters"),
        (#"[{"_id":"t1","status":5},{"_id":"t2","status":5}]"#, "(t1): its status is not text"),
    ]

    @Test("a success that is not the API's listing is not believed", arguments: unbelievable)
    func notBelieved(body: String, said: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await page(body) }
        #expect(error?.code == .unexpectedAnswer)
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test("an empty page beyond the end is a page, whatever the total")
    func beyondTheEnd() async throws {
        let (client, _) = try scriptedClient { _, _ in .json(200, #"{"tickets":[],"total":3}"#) }
        let page = try await client.tickets(TicketQuery(start: 0, end: 1, skip: 3))
        #expect(page.entryCount == 0)
        await #expect(throws: ClientError.self) {
            try await client.tickets(TicketQuery(start: 0, end: 1, skip: 2))
        }
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
                      {"_id":"a2","email":"","walletAddress":"0xAB"},
                      {"id":"a3","email":[],"username":"Ada"}]}
                    """)
                : .json(200, #"[{"_id":"c1","name":"Billing"},{"id":"c2"}]"#)
        }
        let agents = try await client.agents()
        #expect(
            agents.elements == [
                Agent(id: "a1", email: "ada@acme.com", username: "Ada"),
                Agent(id: "a2", walletAddress: "0xAB"),
                // Without it, the first agent would look like the only one of this name.
                Agent(id: "a3", username: "Ada"),
            ])
        #expect(
            agents.problems == [
                ListingProblem(index: 2, id: "a3", message: "its email is not text")
            ])
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
