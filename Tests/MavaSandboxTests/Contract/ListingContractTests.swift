import Foundation
import MavaSandbox
import Testing

/// The three listings, requested with curl.
@Suite struct ListingContractTests {
    typealias W = ContractWorkspace

    static let year = "startDate=2026-01-01&endDate=2027-01-01"

    /// The ids that a query lists, or the error.
    private func ask(_ query: String, _ sandbox: Sandbox, key: String = W.key) async throws
        -> String
    {
        let response = try await Curl.send("\(sandbox.address)/api/tickets?\(query)", key: key)
        let json = try JSONSerialization.jsonObject(with: Data(response.body.utf8))
        let object = try #require(json as? [String: Any])
        if let error = object["error"] as? String { return "\(response.status) \(error)" }
        #expect(response.status == 200)
        let tickets = try #require(object["tickets"] as? [[String: Any]])
        let ids = tickets.compactMap { $0["_id"] as? String }
        let total = try #require(object["total"] as? Int)
        return "\(ids.map { Self.names[$0] ?? $0 }.joined(separator: " ")) of \(total)"
    }

    static let names = [
        W.ticket: "first", W.aiTicket: "ai", W.spam: "spam", W.plainID: "plain",
        W.foreignTicket: "foreign",
    ]

    @Test(
        "filters, pages and ranges list what they should",
        arguments: [
            (year, "first ai spam plain of 4"),
            ("\(year)&limit=2", "first ai of 4"),
            ("\(year)&limit=2&skip=2", "spam plain of 4"),
            ("\(year)&limit=2&skip=3", "plain of 4"),
            ("\(year)&skip=4", " of 4"),
            ("startDate=2026-01-10T08:00:00Z&endDate=2026-01-11T08:00:00Z", "first of 1"),
            ("startDate=2026-01-10T08:00:00.001Z&endDate=2026-01-11T08:00:01Z", "ai of 1"),
            ("startDate=2026-01-11T09:00:00%2B01:00&endDate=2026-01-12", "ai of 1"),
            ("startDate=2026-02-01&endDate=2026-02-02", "spam of 1"),
            ("startDate=2025-02-01&endDate=2025-02-02", " of 0"),
            ("\(year)&status=Open", "first of 1"),
            ("\(year)&status=Open&status=Waiting", "first ai of 2"),
            ("\(year)&status=Open,Waiting&status=Pending", "first ai plain of 3"),
            ("\(year)&status=Open%2CWaiting", "first ai of 2"),
            ("\(year)&assignedTo=\(W.ada)", "first of 1"),
            ("\(year)&assignedTo=Unassigned", "ai of 1"),
            ("\(year)&assignedTo=Unassigned,\(W.departed)", "ai spam of 2"),
            ("\(year)&assignedTo=nobody", " of 0"),
            ("\(year)&category=\(W.billing)", "first of 1"),
            ("\(year)&category=\(W.billing)&category=\(W.login)", "first spam of 2"),
            ("\(year)&tags=vip", "first spam of 2"),
            ("\(year)&tags=refund,nothing", "first of 1"),
            ("\(year)&tags=cbd4c41d1e3a433f08a8c547", "first of 1"),
            ("\(year)&tags=68e906194eba76f01f7b9f2d,nothing", "first spam of 2"),
            ("\(year)&csatValues=1", "plain of 1"),
            ("\(year)&csatValues=1,4", "first plain of 2"),
            ("\(year)&csatValues=5", " of 0"),
            ("\(year)&csatValues=no-rating,1", "ai spam plain of 3"),
            ("\(year)&origin=discord&origin=web", "ai spam of 2"),
            ("\(year)&status=Open&tags=vip&origin=email", "first of 1"),
            ("\(year)&status=Waiting&tags=vip", " of 0"),
            ("\(year)&tags=vip&limit=1&skip=1", "spam of 2"),
            ("\(year)&unknown=1&&x", "first ai spam plain of 4"),
            ("%73tartDate=2026-01-01&endDate=2026-02-01", "first ai of 2"),
        ])
    func lists(_ query: String, _ expected: String) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let listed = try await ask(query, sandbox)
            #expect(listed == expected)
        }
    }

    static let dateError = "must be an ISO 8601 date or date-time"

    @Test(
        "what the documentation forbids is refused with 400 and a text that says what",
        arguments: [
            ("", "startDate is required"),
            ("startDate=2026-01-01", "endDate is required"),
            ("endDate=2026-01-01", "startDate is required"),
            ("startDate=yesterday&endDate=2026-01-01", "startDate \(dateError)"),
            ("startDate=2026-02-30&endDate=2026-03-01", "startDate \(dateError)"),
            ("startDate=2026-01-01&endDate=1770000000", "endDate \(dateError)"),
            ("startDate=2026-01-01&endDate=2026-01-02T25:00", "endDate \(dateError)"),
            (
                "startDate=2026-01-01T00:00:00+01:00&endDate=2026-01-02", "startDate \(dateError)"
            ),
            ("startDate=2026-01-01&endDate=2026-01-01", "endDate must be after startDate"),
            ("startDate=2026-01-02&endDate=2026-01-01", "endDate must be after startDate"),
            (
                "startDate=2026-01-01&endDate=2027-01-01T00:00:00.001Z",
                "endDate must be at most 1 year after startDate"
            ),
            ("\(year)&limit=0", "limit must be a whole number from 1 to 100"),
            ("\(year)&limit=101", "limit must be a whole number from 1 to 100"),
            ("\(year)&limit=ten", "limit must be a whole number from 1 to 100"),
            ("\(year)&limit=", "limit must be a whole number from 1 to 100"),
            ("\(year)&limit=1&limit=2", "limit must be given once"),
            ("\(year)&skip=-1", "skip must be a whole number, 0 or more"),
            (
                "\(year)&status=open",
                "status must be one or more of Open, Resolved, Pending, Waiting"
            ),
            (
                "\(year)&status=Spam",
                "status must be one or more of Open, Resolved, Pending, Waiting"
            ),
            ("\(year)&status=", "status is empty"),
            ("\(year)&tags=vip,", "tags is empty"),
            ("\(year)&csatValues=6", "csatValues must be numbers from 1 to 5, or no-rating"),
            ("\(year)&includeMessages=maybe", "includeMessages must be true or false"),
            ("\(year)&tags=%zz", "The query holds a broken percent escape"),
        ])
    func refuses(_ query: String, _ error: String) async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let listed = try await ask(query, sandbox)
            #expect(listed == "400 \(error)")
        }
    }

    @Test("a leap day's year ends on 1 March")
    func leapYear() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let allowed = try await ask("startDate=2024-02-29&endDate=2025-03-01", sandbox)
            #expect(allowed == " of 0")
            let refused = try await ask("startDate=2024-02-29&endDate=2025-03-02", sandbox)
            #expect(refused.hasPrefix("400"))
        }
    }

    @Test("an organisation lists its own tickets, agents and categories only")
    func organisations() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let listed = try await ask(Self.year, sandbox, key: W.otherKey)
            #expect(listed == "foreign of 1")
            let agents = try await Curl.send(sandbox.address + "/api/agents", key: W.otherKey)
            #expect(
                agents.body == "{\"agents\":[{\"id\":\"\(W.foreignAgent)\","
                    + "\"email\":\"kim@globex.example\",\"username\":null,\"walletAddress\":null}]}"
            )
            let categories = try await Curl.send(
                sandbox.address + "/api/categories", key: W.otherKey)
            #expect(
                categories.body
                    == "{\"categories\":[{\"id\":\"\(W.foreignCategory)\",\"name\":\"Support\"}]}")
        }
    }

    @Test("the archived are not listed")
    func archived() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let agents = try await Curl.send(sandbox.address + "/api/agents", key: W.key)
            #expect(agents.body.contains(W.ada) && agents.body.contains(W.grace))
            #expect(!agents.body.contains(W.departed))
            let categories = try await Curl.send(sandbox.address + "/api/categories", key: W.key)
            #expect(categories.body.contains(W.login))
            #expect(!categories.body.contains(W.archivedCategory))
        }
    }

    @Test("a ticket has its tags with ids and its satisfaction as an object, as the API lists them")
    func forms() async throws {
        try await withSandbox(try W.configuration()) { sandbox in
            let listed = try await Curl.send(
                "\(sandbox.address)/api/tickets?startDate=2026-01-10&endDate=2026-01-11", key: W.key
            )
            #expect(
                listed.body.contains(
                    #""tags":[{"_id":"68e906194eba76f01f7b9f2d","name":"vip"},"#
                        + #"{"_id":"cbd4c41d1e3a433f08a8c547","name":"refund"}],"#),
                "\(listed.body)")
            #expect(listed.body.contains(#""csat":{"value":4},"#), "\(listed.body)")
        }
    }

    @Test("messages come on request, the brought ones first and then what updates wrote")
    func messages() async throws {
        var configuration = try W.configuration()
        configuration.clock.wall = { 1_800_000_000_000 }
        try await withSandbox(configuration) { sandbox in
            _ = try await Curl.send(
                sandbox.address + "/api/ticket", method: "PUT", key: W.key,
                body: "{\"ticketId\":\"\(W.aiTicket)\",\"priority\":3,\"assignedTo\":\"\(W.ada)\"}")
            let query = "startDate=2026-01-11&endDate=2026-01-12"
            let without = try await Curl.send(
                "\(sandbox.address)/api/tickets?\(query)", key: W.key)
            #expect(!without.body.contains("messages"))
            let with = try await Curl.send(
                "\(sandbox.address)/api/tickets?\(query)&includeMessages=true", key: W.key)
            #expect(
                with.body == """
                    {"tickets":[{"_id":"\(W.aiTicket)","status":"Waiting","priority":3,\
                    "category":null,"assignedTo":"\(W.ada)","aiStatus":"HandedOff",\
                    "sourceType":"web","tags":[],"customer":null,\
                    "createdAt":"2026-01-11T08:00:00.000Z","updatedAt":"2027-01-15T08:00:00.000Z",\
                    "messages":[{"messageType": "Text", "content": "Hello"},\
                    {"messageType":"PriorityChanged","actionLogFrom":2,"actionLogTo":3,\
                    "createdAt":"2027-01-15T08:00:00.000Z"},\
                    {"messageType":"AssigneeChanged","actionLogFrom":null,\
                    "actionLogTo":"\(W.ada)","createdAt":"2027-01-15T08:00:00.000Z"}]}],"total":1}
                    """)
        }
    }
}
