import BulkPlan
import BulkTickets
import MavaAPI
import Testing

@Suite("Conditions on listed tickets")
struct TicketConditionTests {
    private static let ada = "6630a1f4c2b9e4a1d8f00b21"

    private func lookups() throws -> Lookups {
        Lookups(
            agents: [Agent(id: Self.ada, email: "ada@acme.com", username: "Ada")],
            categories: [Category(id: "65f000000000000000000001", name: "Billing")])
    }

    private func ticket() throws -> ListedTicket {
        var ticket = ListedTicket(id: try #require(TicketID("665f1c0ac2b9e4a1d8f10001")))
        ticket.status = "Spam"
        ticket.priority = 3
        ticket.assignedTo = Self.ada
        ticket.categoryID = "65f000000000000000000001"
        ticket.updatedAt = "2026-01-01T00:00:00Z"
        ticket.tags = ["VIP", "late"]
        ticket.tagIDs = ["65f0000000000000000000aa", "65f0000000000000000000ab"]
        ticket.subject = "Where is my order?"
        ticket.satisfaction = 4
        return ticket
    }

    @Test(
        "Every column can be asked, with and without old.",
        arguments: [
            ("status = spam", true), ("old.status = Open", false), ("priority = high", true),
            ("assignee = Ada", true), ("assignedTo = ada@acme.com", true),
            ("assignee = unassigned", false), ("category = billing", true),
            ("tags contains vi", true), ("tags = late", true),
            ("tags = 65f0000000000000000000ab", true),
            ("subject contains ORDER", true), ("csat >= 4", true), ("csat = ''", false),
            ("updatedAt < 14d ago", true), ("createdAt > 2024-06-01", true), ("origin = ''", true),
            ("ticketId = 665f1c0ac2b9e4a1d8f10001", true), ("link contains dashboard", true),
            ("customer != ''", false), ("aiStatus = ''", true),
            ("old.ticketId = 665f1c0ac2b9e4a1d8f10001", true), ("old.csat >= 4", true),
            ("old.link contains dashboard", true), ("old.currentStatus = spam", true),
            // A status that is not documented can only be asked for there.
            ("currentStatus = Snoozed", false), ("currentStatus != Snoozed", true),
            // The words of priorities have the order of their numbers.
            ("priority > low", true), ("priority >= medium", true), ("priority < HIGH", false),
            ("priority >= 'high'", true), ("priority = 3.0", true),
            // Parts and the order are those of names.
            ("tags contains 65f", false), ("tags < a", false), ("tags > z", false),
            ("assignee contains 6630", false),
            ("assignedTo contains 6630", true), ("categoryId contains 65f", true),
            (
                "ticketId = 'https://dashboard.mava.app/dashboard/ticket?x=1&id=665f1c0ac2b9e4a1d8f10001'",
                true
            ),
            ("origin != telegram-dm", true), ("aiStatus = Unresolved", false),
            ("category contains 65F000000000000000000001", true),
            ("tags contains 65f0000000000000000000ab", true), ("assignee contains acme", true),
            ("category contains 65f", false), ("category < c", true), ("assignee < b", true),
            ("assignee > b", false), ("ticketId contains 665F", true),
            // Others than the known ones are possible.
            ("origin != facebook", true), ("aiStatus contains Handed", false),
            ("csat in (4.0, '')", true), ("createdAt contains 2024", true),
        ])
    func holds(text: String, expected: Bool) throws {
        let condition = try TicketCondition(RowCondition(text, now: 1_798_761_600))
        let lookups = try lookups()
        try condition.check(lookups)
        #expect(try condition.filter(lookups)(ticket()) == expected)
    }

    @Test(
        "A name in exactly this spelling means its agent alone, and another one must be unambiguous"
    )
    func similarNames() throws {
        let lookups = Lookups(
            agents: [
                Agent(id: "a1", username: "Max"), Agent(id: "a2", username: "MAX"),
                Agent(id: "a3", username: "Ada"),
            ],
            categories: [
                Category(id: "c1", name: "Billing"), Category(id: "c2", name: "billing"),
            ])
        func holders(_ text: String) throws -> [String] {
            let condition = try TicketCondition(RowCondition(text, now: 0))
            try condition.check(lookups)
            let filter = condition.filter(lookups)
            return try ["a1", "a2", "a3", "left"].filter { id in
                var ticket = try ticket()
                ticket.assignedTo = id
                ticket.assigneeName = id == "left" ? "ADA" : nil
                ticket.categoryID = id == "a1" ? "c1" : "c2"
                ticket.categoryName = id == "a1" ? "Billing" : "billing"
                return filter(ticket)
            }
        }
        #expect(try holders("assignee = Max") == ["a1"])
        #expect(try holders("assignee != MAX") == ["a1", "a3", "left"])
        #expect(try holders("assignee = ada") == ["a3", "left"])
        #expect(try holders("assignee contains max") == ["a1", "a2"])
        #expect(try holders("category in (Billing)") == ["a1"])
        let error = #expect(throws: ConditionError.self) { try holders("assignee = max") }
        #expect(error?.message.contains("can be MAX") == true)
    }

    @Test(
        "What a ticket does not say, and names that there are not, are refused",
        arguments: [
            "new.status = Open", "stauts = Open", "assignee = Adda", "category in (Biling)",
            "updatedAt < 14d", "updatedAt < '14d ago'", "not (updatedAt > yesterday)",
            "createdAt != 1772323200", "old.createdAt in (2026-01-01, 2026-02)", "priority > lo",
            "csat = no-rating", "csat != five", "csat < x", "origin = wbe",
            "origin in (web, emial)",
            "aiStatus = HandedOf", "aiStatus != 'handed off'",
        ])
    func refused(text: String) {
        #expect(throws: ConditionError.self) {
            try TicketCondition(RowCondition(text, now: 0)).check(lookups())
        }
    }
}
