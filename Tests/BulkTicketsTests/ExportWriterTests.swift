import BulkSystem
import MavaAPI
import Testing

@testable import BulkTickets

@Suite("An export is a file that can be applied as it stands")
struct ExportWriterTests {
    private static let lookups = Lookups(
        agents: [
            Agent(id: "6630a1f4c2b9e4a1d8f00b21", email: "ada@acme.com", username: "Ada"),
            Agent(id: "6630a1f4c2b9e4a1d8f00b22", email: "ada2@acme.com", username: "Ada"),
            Agent(id: "6630a1f4c2b9e4a1d8f00b23", username: "=Eve, \"the\" agent"),
        ],
        categories: [MavaAPI.Category(id: "6630a2b8c2b9e4a1d8f00c01", name: "Billing")])

    private static var ticket: ListedTicket {
        var ticket = ListedTicket(id: TicketID("665f1c0ac2b9e4a1d8f10001")!)
        ticket.status = "Waiting"
        ticket.priority = 2
        ticket.categoryID = "6630a2b8c2b9e4a1d8f00c01"
        ticket.assignedTo = "6630a1f4c2b9e4a1d8f00b21"
        ticket.updatedAt = "2026-03-01T09:30:00.250Z"
        ticket.tags = ["vip", "a,b"]
        ticket.subject = "-1, \"really\""
        return ticket
    }

    private func written(_ ticket: ListedTicket, _ change: (inout ExportOptions) -> Void) -> String
    {
        var options = ExportOptions()
        change(&options)
        var writer = ExportWriter(options, Self.lookups)
        writer.append(ticket)
        var text = ""
        writer.drain { text = String(decoding: $0, as: UTF8.self) }
        return text
    }

    @Test(
        "A status or priority that no plan takes is blank, and its own column has the status",
        arguments: [
            ("Snoozed", 7, "", "", "Snoozed"), ("Spam", 4, "Spam", "4", "Spam"),
            ("open", 1, "open", "1", "open"), ("Opened", 0, "", "", "Opened"),
        ])
    func unknownValues(
        status: String, priority: Int, statusCell: String, priorityCell: String, current: String
    ) {
        var ticket = Self.ticket
        ticket.status = status
        ticket.priority = priority
        let text = written(ticket) {
            $0.columns = [.ticketID, .status, .priority, .currentStatus]
        }
        #expect(
            text == """
                ticketId,status,priority,currentStatus
                665f1c0ac2b9e4a1d8f10001,\(statusCell),\(priorityCell),\(current)

                """)
    }

    @Test("A name keeps its column beside the id")
    func besides() {
        let text = written(Self.ticket) {
            $0.columns = [.ticketID, .categoryID, .category, .assignedTo, .assignee]
        }
        #expect(
            text == """
                ticketId,categoryId,category,assignedTo,assignee
                665f1c0ac2b9e4a1d8f10001,6630a2b8c2b9e4a1d8f00c01,Billing,6630a1f4c2b9e4a1d8f00b21,Ada

                """)
    }

    @Test(
        "A name that would clear the field is not written alone", arguments: ["unassigned", "NULL"])
    func clearingName(name: String) {
        let id = "6630a1f4c2b9e4a1d8f00b21"
        let lookups = Lookups(
            agents: [Agent(id: id, username: name)],
            categories: [MavaAPI.Category(id: "6630a2b8c2b9e4a1d8f00c01", name: name)])
        var options = ExportOptions()
        options.columns = [.ticketID, .assignee, .category]
        var writer = ExportWriter(options, lookups)
        writer.append(Self.ticket)
        var text = ""
        writer.drain { text = String(decoding: $0, as: UTF8.self) }
        #expect(text.hasSuffix("f10001,\(id),6630a2b8c2b9e4a1d8f00c01\n"))
    }

    @Test("A name without an id is one that the planner finds again")
    func references() {
        var ticket = Self.ticket
        // Two agents are called Ada.
        #expect(
            written(ticket) { $0.columns = [.ticketID, .assignee, .category] }
                .hasSuffix("f10001,ada@acme.com,Billing\n"))
        ticket.assignedTo = "6630a1f4c2b9e4a1d8f00b23"
        #expect(
            written(ticket) { $0.columns = [.ticketID, .assignee] }
                .hasSuffix(",\"'=Eve, \"\"the\"\" agent\"\n"))
        ticket.assignedTo = "6630a1f4c2b9e4a1d8f00fff"
        #expect(
            written(ticket) { $0.columns = [.ticketID, .assignee] }
                .hasSuffix(",6630a1f4c2b9e4a1d8f00fff\n"))
    }

    @Test("A name that would be read as another agent's is not written without an id")
    func blanks() {
        var agents = [
            Agent(id: "a1", email: "ada@acme.com", username: "Ada"),
            Agent(id: "a2", email: "ada2@acme.com", username: "Ada "),
            Agent(id: "a3", username: "=\"Ada\""), Agent(id: "a4", username: "@mei"),
            Agent(id: "a5", username: "'@mei"), Agent(id: "a6", username: " Ben "),
        ]
        agents.append(Agent(id: "a7", username: "Jos\u{E9}"))
        agents.append(Agent(id: "a8", username: "Jose\u{301}"))
        let lookups = Lookups(
            agents: agents,
            categories: [
                MavaAPI.Category(id: "c1", name: "Billing"),
                MavaAPI.Category(id: "c2", name: "Billing\u{A0}"),
            ])
        for (agent, category, csv, json) in [
            ("a1", "c1", "Ada,Billing", "Ada"), ("a2", "c2", "ada2@acme.com,c2", "ada2@acme.com"),
            ("a3", "c1", "a3,Billing", "a3"), ("a4", "c1", "\"'@mei\",Billing", "@mei"),
            ("a5", "c1", "\"''@mei\",Billing", "'@mei"), ("a6", "c1", "\" Ben \",Billing", " Ben "),
            ("a7", "c1", "Jos\u{E9},Billing", "Jos\u{E9}"),
            ("a8", "c1", "Jose\u{301},Billing", "Jose\u{301}"),
        ] {
            var ticket = Self.ticket
            ticket.assignedTo = agent
            ticket.categoryID = category
            for format in ExportFormat.allCases {
                var options = ExportOptions()
                options.columns = [.assignee, .category]
                options.format = format
                var writer = ExportWriter(options, lookups)
                writer.append(ticket)
                var text = ""
                writer.drain { text = String(decoding: $0, as: UTF8.self) }
                let expected = format == .csv ? "\n\(csv)\n" : "{\"assignee\":\"\(json)\","
                #expect(text.contains(expected), "\(text)")
            }
        }
    }

    @Test("Cells that a spreadsheet would run are harmless, and lists are joined")
    func cells() {
        let text = written(Self.ticket) {
            $0.columns = [.ticketID, .tags, .subject]
            $0.delimiter = UInt8(ascii: ";")
            $0.hasMark = true
        }
        #expect(
            text
                == "\u{FEFF}ticketId;tags;subject\n665f1c0ac2b9e4a1d8f10001;\"vip; a,b\";\"'-1, \"\"really\"\"\"\n"
        )
    }

    @Test("JSON Lines leaves out what a ticket does not have: null would ask for something")
    func json() {
        var ticket = Self.ticket
        ticket.assignedTo = nil
        let text = written(ticket) {
            $0.format = .jsonLines
            $0.columns = [.ticketID, .priority, .assignedTo, .tags, .subject]
        }
        #expect(
            text
                == #"{"ticketId":"665f1c0ac2b9e4a1d8f10001","priority":2,"tags":["vip","a,b"],"subject":"-1, \"really\""}"#
                + "\n")
    }

    @Test("Wanted values come with what the ticket must still hold")
    func wanted() {
        var ticket = Self.ticket
        ticket.assignedTo = nil
        ticket.categoryID = nil
        let text = written(ticket) {
            var wanted = WantedValues()
            wanted.status = .resolved
            wanted.categoryID = "6630a2b8c2b9e4a1d8f00c01"
            wanted.assignee = .agent("6630a1f4c2b9e4a1d8f00b21")
            $0.wanted = wanted
            $0.columns = [.ticketID, .status, .priority, .assignee]
        }
        #expect(
            text == """
                ticketId,status,categoryId,assignedTo,expectStatus,expectCategoryId,expectAssignedTo,\
                expectUpdatedAt,expectPriority,currentAssignee
                665f1c0ac2b9e4a1d8f10001,Resolved,6630a2b8c2b9e4a1d8f00c01,6630a1f4c2b9e4a1d8f00b21,Waiting,\
                null,unassigned,2026-03-01T09:30:00.250Z,2,

                """)
    }

    @Test("A ticket holds wanted values when all of them are its own")
    func held() {
        var wanted = WantedValues()
        #expect(wanted.isEmpty)
        wanted.status = .waiting
        wanted.priority = .medium
        #expect(wanted.isHeld(by: Self.ticket))
        wanted.assignee = .unassigned
        #expect(!wanted.isHeld(by: Self.ticket))
    }

    @Test("A sample is the same in whatever order the tickets come")
    func sample() {
        let tickets = (0..<500).map { ListedTicket(id: TicketID("t\($0)")!) }
        func sample(_ tickets: [ListedTicket], seed: UInt64) -> [TicketID] {
            var sample = TicketSample(size: 20, seed: seed)
            for ticket in tickets { sample.offer(ticket) }
            return sample.tickets.map(\.id)
        }
        let first = sample(tickets, seed: 1)
        #expect(first.count == 20)
        #expect(Set(first).count == 20)
        #expect(sample(tickets.reversed(), seed: 1) == first)
        #expect(sample(tickets, seed: 2) != first)
        #expect(sample(Array(tickets.prefix(5)), seed: 1).count == 5)
    }
}
