import BulkPlan
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkTickets

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Pages of the listing are read whole or not at all")
struct ListedTicketTests {
    private func page(_ text: String, skip: Int = 0) throws -> ListedTicketPage {
        try ListedTicketPage(body: Array(text.utf8), skip: skip)
    }

    private static let ticket = #"""
        {"_id":"665f1c0ac2b9e4a1d8f10001","status":"Open","priority":"2",
         "category":{"_id":"c1","name":"Billing"},"assignedTo":{"id":"a1","email":"ada@acme.com"},
         "aiStatus":null,"sourceType":"email","tags":[{"_id":"g1","name":"vip"},"refund"],
         "customer":{"name":"Sam","email":"sam@x"},"csat":{"value":4},"subject":"a \"b\" \u00e9",
         "createdAt":"2024-06-04T13:52:10Z","updatedAt":"2024-06-05T13:52:10.5Z","messages":[{"a":[1,{}]}]}
        """#

    @Test(
        "The list is found in every form that it may have",
        arguments: [
            "{\"tickets\":[\(ticket)],\"total\":7}",
            "{\"pagination\":{\"total\":7},\"data\":[\(ticket)]}",
            " [\(ticket)] \n",
        ])
    func forms(text: String) throws {
        let page = try page(text)
        let ticket = try #require(page.tickets.first)
        #expect(page.total == (text.hasPrefix(" ") ? nil : 7))
        #expect(ticket.id.rawValue == "665f1c0ac2b9e4a1d8f10001")
        #expect((ticket.status, ticket.priority) == ("Open", 2))
        #expect((ticket.categoryID, ticket.categoryName) == ("c1", "Billing"))
        #expect((ticket.assignedTo, ticket.assigneeName) == ("a1", "ada@acme.com"))
        #expect((ticket.aiStatus, ticket.origin) == (nil, "email"))
        #expect((ticket.tags, ticket.tagIDs) == (["vip", "refund"], ["g1", "refund"]))
        #expect((ticket.customer, ticket.satisfaction) == ("Sam", 4))
        #expect(ticket.subject == "a \"b\" é")
        #expect(ticket.createdMicroseconds == 1_717_509_130_000_000)
        #expect(ticket.updatedMicroseconds == 1_717_595_530_500_000)
        #expect(ticket.created == Date(secondsSince1970: 1_717_509_130))
        #expect(ticket.updated == Date(millisecondsSince1970: 1_717_595_530_500))
    }

    @Test(
        "What is not a page is an error",
        arguments: [
            "", "{}", "{\"tickets\":[", "{\"tickets\":[{\"_id\":\"a\"}",
            "{\"error\":\"x\",\"tickets\":[]}",
            "{\"tickets\":[{\"status\":\"Open\"}]}", "{\"tickets\":[1]}", "{\"tickets\":[]}x",
            "{\"tickets\":[{\"_id\":\"a\",\"status\":7}]}",
            "{\"tickets\":[{\"_id\":\"a\",\"category\":{}}]}",
            "{\"tickets\":[{\"_id\":\"a\",\"priority\":\"high\"}]}", "{\"tickets\":[],\"total\":3}",
            "{\"tickets\":[],\"total\":\"3\"}", "{\"tickets\":[],\"pagination\":{\"total\":\"3\"}}",
            "{\"success\":false,\"tickets\":[]}", "{\"tickets\":[{\"_id\":\"a\"}],\"tickets\":[]}",
        ])
    func errors(text: String) {
        #expect(throws: EntryError.self) { try page(text) }
    }

    @Test(
        "Exports and plans find the same tickets and the same total in an answer",
        arguments: [
            #"{"data":[],"tickets":[{"_id":"a"}]}"#,
            #"{"tickets":[{"_id":"a"}],"data":[{"_id":"b"}]}"#,
            #"{"data":[{"_id":"b"}],"tickets":7}"#, #"{"tickets":null,"data":[{"_id":"b"}]}"#,
            #"{"total":"7","tickets":[{"_id":"a"}]}"#,
            #"{"total":-1,"count":5,"tickets":[{"_id":"a"}]}"#,
            #"{"total":2.0,"tickets":[{"_id":"a"}]}"#,
            #"{"total":"x","count":4,"tickets":[{"_id":"a"}]}"#,
            #"{"pagination":{"total":"9"},"tickets":[{"_id":"a"}]}"#,
            #"{"success":true,"tickets":[]}"#,
            #"{"success":"false","tickets":[]}"#, #"{"success": false,"tickets":[]}"#,
            #"{"error":null,"tickets":[]}"#, #"{"error":{},"tickets":[]}"#, #"{"items":[]}"#,
            #"{"data":[{"_id":"b"}],"error":"x"}"#, #"{"pagination":[],"tickets":[{"_id":"a"}]}"#,
        ])
    func sameReading(body: String) async throws {
        let client = try MavaClient(
            key: #require(APIKey("a-key")),
            transport: ScriptedTransport(replies: [.json(200, body)]))
        let planned = try? await client.tickets(TicketQuery(start: 0, end: 1))
        let listed = try? page(body)
        #expect(listed?.tickets.map(\.id) == planned?.tickets.map(\.id))
        #expect(listed?.total == planned?.total)
    }

    @Test(
        "A field that only describes a ticket may have any form, and what follows it is read",
        arguments: [
            #""customer":{}"#, #""customer":{"name":null}"#, #""customer":[1,{"a":2}]"#,
            #""tags":[{},{"name":"vip"}]"#, #""tags":{"a":[]}"#, #""csat":"good""#,
            #""csat":{"value":"x"}"#, #""csat":[]"#,
        ])
    func anyForm(field: String) throws {
        let ticket = try #require(
            try page(#"[{"_id":"a",\#(field),"status":"Open"}]"#).tickets.first)
        #expect(ticket.status == "Open")
        #expect(ticket.customer == nil)
        #expect(ticket.satisfaction == nil)
    }

    @Test("A filter is asked of the API and checked again")
    func filter() throws {
        let ticket = try #require(try page("[\(Self.ticket)]").tickets.first)
        func matches(_ change: (inout TicketFilter) -> Void) -> Bool {
            var filter = TicketFilter()
            change(&filter)
            return filter.matches(ticket)
        }
        #expect(matches { _ in })
        #expect(matches { $0.statuses = ["Open", "Spam"] })
        #expect(!matches { $0.statuses = ["Waiting"] })
        #expect(matches { $0.assignees = ["a1"] })
        #expect(!matches { $0.assignees = [TicketFilter.unassigned] })
        #expect(matches { $0.tags = ["VIP"] } && matches { $0.tags = ["g1"] })
        #expect(!matches { $0.tags = ["kyc"] })
        #expect(matches { $0.satisfactions = [4] } && !matches { $0.satisfactions = [0] })
        #expect(!matches { $0.origins = ["web"] })
        #expect(!matches { $0.categories = ["c2"] })
        let created = Date(secondsSince1970: 1_717_509_130)
        let later = created + 0.000_001
        #expect(matches { $0.createdFrom = created } && !matches { $0.createdFrom = later })
        #expect(!matches { $0.createdBefore = created } && matches { $0.createdBefore = later })
        #expect(matches { $0.unchangedSince = Date(microsecondsSince1970: 1_717_595_530_500_000) })
        #expect(!matches { $0.unchangedSince = Date(microsecondsSince1970: 1_717_595_530_499_999) })
        #expect(!matches { $0.ids = [] })
        #expect(!matches { $0.condition = { $0.subject == nil } })
        var filter = TicketFilter()
        filter.statuses = ["Open"]
        filter.tags = ["vip"]
        filter.satisfactions = [0, 5]
        var query = TicketQuery(start: 0, end: 1)
        filter.narrow(&query)
        #expect((query.statuses, query.tags) == (["Open"], []))
        #expect(query.csatValues == ["no-rating", "5"])
        filter.statuses = ["Open", "Spam"]
        query = TicketQuery(start: 0, end: 1)
        filter.narrow(&query)
        #expect(query.statuses == [], "the API cannot filter by Spam")
        filter.assignees = (0..<80).map { "a\($0)" }
        filter.categories = (0..<81).map { "c\($0)" }
        filter.narrow(&query)
        #expect(query.assignedTo.count == 80)
        #expect(query.categories == [], "so many would make the address too long")
    }

    @Test("Moments are ages or ISO 8601")
    func moments() {
        let now = Date(secondsSince1970: 1_700_000_000)
        let march = Date(secondsSince1970: 1_772_323_200)
        #expect(WrittenMoment.date("2d", now: now) == now - 172_800)
        #expect(WrittenMoment.date("2026-03-01", now: now) == march)
        #expect(WrittenMoment.date("2026-03-01T02:00:00+02:00", now: now) == march)
        for text in ["", "d", "2x", "-1d", "2026-02-30", "tomorrow", "99999999999999999999d"] {
            #expect(WrittenMoment.date(text, now: now) == nil, "\(text)")
        }
        #expect(WrittenMoment.age("90m") == .seconds(5400))
        #expect(WrittenMoment.age("2w") == .seconds(1_209_600))
        #expect(WrittenMoment.age("1.5h") == .seconds(5400))
        #expect(WrittenMoment.age("30") == nil)
        #expect(WrittenMoment.age("2026-03-01") == nil)
    }

    @Test("The set of ids tells new ones from those seen")
    func idSet() {
        var set = TicketIDSet()
        var plain: Set<TicketID> = []
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<20_000 {
            let number = generator.below(9000)
            let text =
                switch number % 10 {
                case 0: "ticket-\(number)"
                case 1: "ABCDEF0000000000" + String(10_000_000 + number)
                default: "6630a1f4c2b9e4a1" + String(10_000_000 + number)
                }
            let id = TicketID(text)!
            #expect(set.contains(id) == plain.contains(id))
            let isNew = set.insert(id)
            #expect(isNew == plain.insert(id).inserted)
        }
        #expect(set.count == plain.count)
        let zeros = TicketID(String(repeating: "0", count: 24))!
        #expect(!set.contains(zeros))
        let first = set.insert(zeros)
        #expect(set.contains(zeros))
        let second = set.insert(zeros)
        #expect(first && !second)
    }

    @Test("Look-ups are the same after they were written and read")
    func lookups() throws {
        let directory = try TemporaryDirectory()
        let lookups = Lookups(
            agents: [
                Agent(id: "a1", email: "ada@acme.com", username: "Ada \"x\"\n"), Agent(id: "a2"),
            ], categories: [MavaAPI.Category(id: "c1", name: "Billing, and more")])
        let path = directory.file("lookups.json")
        try lookups.write(
            to: path, createdAt: Date(secondsSince1970: 1_700_000_000),
            baseURL: "https://app.mava.app")
        let again = try Lookups(path: path)
        #expect(again.agents == lookups.agents)
        #expect(again.categories == lookups.categories)
        #expect(again.baseURL == "https://app.mava.app")
        #expect(again.createdAt == "2023-11-14T22:13:20Z")
        try directory.write("{\"format\":\"mava-bulk-lookups\",\"version\":2}", to: "new")
        try directory.write("{}", to: "other")
        for name in ["new", "other"] {
            #expect(throws: Lookups.Unusable.self) { try Lookups(path: directory.file(name)) }
        }
        try directory.write(String(repeating: " ", count: 64 << 20 | 1), to: "long")
        let error = #expect(throws: Lookups.Unusable.self) {
            try Lookups(path: directory.file("long"))
        }
        #expect(error?.message == "it is larger than 64 MiB, the most that is read")
    }
}
