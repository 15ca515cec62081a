import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import Testing

@Suite("Columns are chosen, left out and given meanings")
struct ColumnChoicesTests {
    private static let id = PlanFixture.id(1)

    private func entry(
        _ header: String, _ cells: String, _ choose: (inout ColumnChoices) throws -> Void = { _ in }
    ) async throws -> (PlanEntry, Plan) {
        var fixture = try PlanFixture()
        try choose(&fixture.options.columns)
        let plan = try await fixture.plan("\(header)\n\(cells)\n")
        return (try PlanFixture.entries(of: plan.path!)[0], plan)
    }

    @Test("Only the fields asked for are changed, and the other columns travel under other names")
    func only() async throws {
        let (entry, plan) = try await entry(
            "ticketId,status,agent,note", "\(Self.id),Open,Ada,hello"
        ) { $0.only = [.assignedTo] }
        #expect(entry.changeText == "assignedTo ?>\(PlanFixture.ada)")
        #expect(
            plan.header.input.columns
                == ["ticketId", "input.status", "input.agent", "note", "assignedTo"])
        #expect(entry.cells == [Self.id, "Open", "Ada", "hello", PlanFixture.ada])
    }

    @Test("A row whose fields are all left out asks for nothing")
    func nothingLeft() async throws {
        let (entry, _) = try await entry("ticketId,status,agent", "\(Self.id),Open,") {
            $0.only = [.assignedTo]
        }
        #expect(entry.disposition == .unchanged)
    }

    @Test(
        "A row that was blank from the start is refused, whatever options leave out",
        arguments: [",,", ", , ", ",,not listed"])
    func blankFromTheStart(cells: String) async throws {
        for isFewer in [true, false] {
            let (entry, _) = try await entry("ticketId,status,agent", "\(Self.id)\(cells)") {
                if isFewer { $0.only = [.assignedTo] } else { $0.ignored = ["agent"] }
            }
            #expect(entry.issue?.code == .nothingToChange)
        }
        let (entry, _) = try await entry("ticketId,status,New Agent", "\(Self.id),Open,") {
            $0.ignored = ["status"]
            try $0.read("New Agent", as: "assignee")
        }
        #expect(entry.disposition == .unchanged)
    }

    @Test("What exports write for a name that no list has asks for nothing")
    func notListed() async throws {
        let (entry, _) = try await entry(
            "ticketId,assignedTo,assignee,priority", "\(Self.id),\(PlanFixture.grace),not listed,2")
        #expect(entry.changeText == "priority ?>2, assignedTo ?>\(PlanFixture.grace)")
        let (alone, _) = try await self.entry(
            "ticketId,assignee,priority", "\(Self.id),Not Listed,2")
        #expect(alone.changeText == "priority ?>2")
    }

    @Test("A column that is left out may hold anything")
    func ignored() async throws {
        let (entry, _) = try await entry("id,Status,Agent", "\(Self.id),Nonsense,Ada") {
            $0.ignored = ["status"]
        }
        #expect(entry.changeText == "assignedTo ?>\(PlanFixture.ada)")
    }

    @Test("A column that is given a meaning has it alone")
    func meaning() async throws {
        let (entry, _) = try await entry("Ticket,Agent,New Agent", "\(Self.id),Ada,Grace") {
            try $0.read("new agent", as: "assignee")
        }
        #expect(entry.changeText == "assignedTo ?>\(PlanFixture.grace)")
    }

    @Test("A column for what is wanted beside one for what is there is pointed out once")
    func wantedBesidePresent() async throws {
        let (_, plan) = try await entry("Ticket,Agent,New Agent", "\(Self.id),Ada,Ada")
        let notes = plan.header.notes.filter { $0.contains("New Agent") }
        #expect(notes.count == 1)
        #expect(notes[0].contains(#"ColumnChoices.read("New Agent", as: "assignedTo")"#))
    }

    @Test(
        "Exports of help desks name columns in many ways",
        arguments: [
            ("Ticket #,Assigned Agent", "Ada", "assignedTo ?>\(PlanFixture.ada)"),
            ("Ticket Number,Assignee Email", "ada@acme.com", "assignedTo ?>\(PlanFixture.ada)"),
            ("Ticket URL,Agent ID", PlanFixture.ada, "assignedTo ?>\(PlanFixture.ada)"),
            ("Conversation ID,Teammate", "Grace", "assignedTo ?>\(PlanFixture.grace)"),
            ("ticket,State", "Open", "status ?>Open"),
            ("ticket,Ticket status", "Open", "status ?>Open"),
            ("ticket,Ticket priority", "high", "priority ?>3"),
            ("ticket,Category name", "billing", "categoryId ?>\(PlanFixture.billing)"),
        ])
    func aliases(header: String, value: String, change: String) async throws {
        let (entry, _) = try await entry(header, "\(Self.id),\(value)")
        #expect(entry.changeText == change)
    }

    @Test(
        "Of an id, an e-mail and a name the surest that is not blank counts, and they must agree",
        arguments: [
            ("\(PlanFixture.ada),ada@acme.com,Ada", "assignedTo ?>\(PlanFixture.ada)"),
            (",grace@acme.com,", "assignedTo ?>\(PlanFixture.grace)"),
            (",,Grace", "assignedTo ?>\(PlanFixture.grace)"),
            ("\(PlanFixture.ada),,Grace", "value_invalid"),
            ("\(PlanFixture.ada),grace@acme.com,", "value_invalid"),
            ("\(PlanFixture.ada),,Zoe", "value_invalid"), ("unassigned,,Ada", "value_invalid"),
            ("unassigned,,", "assignedTo ?>null"), (",,Zoe", "agent_unknown"),
            (",,", "nothing_to_change"),
        ])
    func several(cells: String, expected: String) async throws {
        let (entry, _) = try await entry(
            "ticketId,Assignee ID,Assignee Email,Assignee Name", "\(Self.id),\(cells)")
        #expect((entry.issue?.code.rawValue ?? entry.changeText) == expected)
        let keys = ["assignedTo", "assigneeEmail", "assigneeName"]
        let members = zip(keys, cells.split(separator: ",", omittingEmptySubsequences: false))
            .map { "\"\($0)\":\"\($1)\"" }
        let fixture = try PlanFixture()
        let line = "{\(members.reversed().joined(separator: ",")),\"ticketId\":\"\(Self.id)\"}\n"
        let json = try await fixture.entries(line, name: "rows.jsonl")[0]
        #expect((json.issue?.code.rawValue ?? json.changeText) == expected)
    }

    @Test(
        "Rows mean the same in a file of failed rows without the options of their plan",
        arguments: [
            "\(PlanFixture.ada),ada@acme.com,Ada", ",grace@acme.com,", ",,Grace",
            "\(PlanFixture.ada),,Grace", "\(PlanFixture.ada),grace@acme.com,",
            ",grace@acme.com,Ada", "unassigned,,Ada", "unassigned,,", ",,Zoe", "Zoe,,", ",,",
        ])
    func failedRows(cells: String) async throws {
        let values = cells.split(separator: ",", omittingEmptySubsequences: false)
        let keys = ["Assignee ID", "Assignee Email", "Assignee Name"]
        let members = zip(keys, values).map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
        let header = (["Ticket URL", "ticketId"] + keys).joined(separator: ",")
        let inputs = [
            ("rows.csv", "\(header)\n,\(Self.id),\(cells)\n"),
            ("rows.jsonl", "{\(members),\"ticketUrl\":\"\",\"ticketId\":\"\(Self.id)\"}\n"),
        ]
        for (name, text) in inputs {
            var fixture = try PlanFixture()
            fixture.options.fills = [try FieldFill(.priority, "3", scope: .blank)]
            let plan = try await fixture.plan(text, name: name)
            let first = try PlanFixture.entries(of: plan.path!)[0]
            let columns = plan.header.input.columns
            let written = try #require(first.cells)
            let forms = first.forms ?? written.map { _ in .string }
            let present = zip(columns, zip(written, forms)).filter { $1.1 != .absent }
            let row =
                name == "rows.csv"
                ? "\(columns.joined(separator: ","))\n\(written.joined(separator: ","))\n"
                : "{\(present.map { "\"\($0)\":\"\($1.0)\"" }.joined(separator: ","))}\n"
            let again = try await PlanFixture().entries(row, name: name)[0]
            #expect(again.issue?.code == first.issue?.code, "\(row)")
            #expect(again.changeText == first.changeText, "\(row)")
        }
    }

    @Test("No two columns of a plan have one name")
    func ownNames() async throws {
        let (_, plan) = try await entry(
            "ticketId,input.Status,Status,Ticket URL,Agent Email,Agent,,",
            "\(Self.id),a,Open,,ada@acme.com,Ada,,"
        ) { $0.only = [.assignedTo] }
        #expect(
            plan.header.input.columns == [
                "ticketId", "input.Status", "input.Status.2", "Ticket URL", "input.Agent Email",
                "input.Agent", "assignedTo", "Agent", "", "",
            ])
    }

    @Test("Two columns that say the same equally surely are refused")
    func doubled() async throws {
        await #expect(throws: ColumnError.self) {
            _ = try await entry("ticketId,agent,owner", "\(Self.id),Ada,Grace")
        }
    }

    @Test("Choices of columns that there are not are refused with the closest name")
    func unknown() async throws {
        await #expect {
            _ = try await entry("ticketId,status,Nots", "\(Self.id),Open,x") {
                $0.ignored = ["Notes"]
            }
        } throws: {
            ($0 as? ColumnError)?.message.contains("did you mean \"Nots\"") == true
        }
        #expect {
            var choices = ColumnChoices()
            try choices.read("x", as: "asignee")
        } throws: {
            ($0 as? ColumnError)?.message.contains("assignee") == true
        }
    }
}
