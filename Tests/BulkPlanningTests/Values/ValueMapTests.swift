import BulkPlan
import BulkPlanning
import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@Suite("Values are mapped and filled in")
struct ValueMapTests {
    private func entries(
        _ rows: String, name: String = "rows.csv", maps: [TicketField: String] = [:],
        unmapped: ValueMap.Unmapped = .invalid,
        fills: [(TicketField, String, FieldFill.Scope)] = []
    ) async throws -> [PlanEntry] {
        var fixture = try PlanFixture()
        for (field, text) in maps {
            let path = try fixture.directory.write(text, to: "\(field.rawValue).csv")
            fixture.options.maps.append(try ValueMap(reading: path, for: field, unmapped: unmapped))
        }
        fixture.options.fills = try fills.map { try FieldFill($0, $1, scope: $2) }
        return try await fixture.entries(rows, name: name)
    }

    private func outcomes(_ entries: [PlanEntry]) -> [String] {
        entries.map { entry in
            switch entry.disposition {
            case .update: entry.changeText
            case .invalid: "invalid \(entry.issue!.code.rawValue)"
            default: entry.disposition.rawValue
            }
        }
    }

    @Test("rows refused before their names were looked up keep the values that the names mean")
    func cellsOfRefusedRows() async throws {
        var fixture = try PlanFixture()
        fixture.options.fills = [try FieldFill(.categoryID, "Shipping")]
        // The agents' numbers as values differ from those as names.
        try fixture.snapshot(
            PlanFixture.ticket(1, assignedTo: "\"\(Self.departed)\""), PlanFixture.ticket(2))
        let entries = try await fixture.entries(
            """
            ticketId,status,priority,assignee,note
            \(PlanFixture.id(1)),Open,1,Grace,a
            T-1,Open,1,Ada,b
            \(PlanFixture.id(1)),Open,4,Ada,c
            \(PlanFixture.id(1)),Spam,1,Ada,d

            """)
        #expect(entries.map(\.disposition).dropFirst() == [.invalid, .invalid, .invalid])
        // status, priority, category, assignee
        #expect(
            entries.dropFirst().map { $0.cells.map { Array($0.suffix(4)) } } == [
                ["Open", "1", PlanFixture.shipping, Self.ada],
                ["Open", "4", PlanFixture.shipping, Self.ada],
                ["Spam", "1", PlanFixture.shipping, Self.ada],
            ])
        fixture.options.selection.sample = 0
        let excluded = try await fixture.entries(
            "ticketId,assignee,note\n\(PlanFixture.id(1)),Grace,a\nT-1,Ada,b\n")
        #expect(excluded.map(\.disposition) == [.excluded, .excluded])
        #expect(excluded.map { $0.cells?.last } == [Self.grace, Self.ada])
    }

    private static let ada = PlanFixture.ada
    private static let grace = PlanFixture.grace
    private static let departed = "6630a1f4c2b9e4a1d8f00bff"

    private static func rows(_ column: String, _ values: [String]) -> String {
        "ticketId,\(column)\n"
            + values.enumerated().map { "\(PlanFixture.id($0 + 1)),\($1)\n" }.joined()
    }

    @Test(
        "An agent is found under any of its names, on both sides, and one who has left under the id"
    )
    func agents() async throws {
        let entries = try await entries(
            Self.rows(
                "agent",
                ["Ada", "ADA@acme.com", Self.ada, Self.departed, "Grace", "unassigned", "", "Zoe"]),
            maps: [
                .assignedTo:
                    "from,to,notes\nada@acme.com,0xABC1,x\n\(Self.departed),Ada,\nGrace,,\n"
                    + "unassigned,Grace,\nNever,Ada,\n"
            ])
        #expect(
            outcomes(entries) == [
                "assignedTo ?>\(Self.grace)", "assignedTo ?>\(Self.grace)",
                "assignedTo ?>\(Self.grace)", "assignedTo ?>\(Self.ada)", "unchanged",
                "assignedTo ?>\(Self.grace)", "unchanged", "invalid value_unmapped",
            ])
        #expect(entries[7].issue?.column == "agent")
        #expect(entries[7].issue?.value == "Zoe")
    }

    @Test("Words of other help desks become statuses and priorities, in CSV and in JSON Lines")
    func words() async throws {
        let maps: [TicketField: String] = [
            .status: "To,From\nResolved,closed\nopen,New\n,on-hold\nPending,Waiting\n",
            .priority: "from,to\nP1,high\n3,2\n",
        ]
        let csv = """
            ticketId,status,priority
            \(PlanFixture.id(1)),Closed,p1
            \(PlanFixture.id(2)), NEW ,High
            \(PlanFixture.id(3)),On-Hold,
            \(PlanFixture.id(4)),waiting,P1
            \(PlanFixture.id(5)),Solved,P1
            """
        let expected = [
            "status ?>Resolved, priority ?>3", "status ?>Open, priority ?>2", "unchanged",
            "status ?>Pending, priority ?>3", "invalid value_unmapped",
        ]
        #expect(outcomes(try await entries(csv, maps: maps)) == expected)
        let json = csv.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return
                #"{"ticketId":"\#(cells[0])","status":"\#(cells[1])","priority":"\#(cells[2])"}"#
        }
        let lines = json.joined(separator: "\n")
        #expect(outcomes(try await entries(lines, name: "rows.jsonl", maps: maps)) == expected)
    }

    @Test("Values without a line are kept, refused or cleared, as was chosen")
    func unmapped() async throws {
        let map = [TicketField.assignedTo: "from,to\nAda,Grace\n"]
        let rows = Self.rows("agent", ["Ada", "Grace", "Zoe"])
        #expect(
            outcomes(try await entries(rows, maps: map, unmapped: .keep)) == [
                "assignedTo ?>\(Self.grace)", "assignedTo ?>\(Self.grace)", "invalid agent_unknown",
            ])
        #expect(
            outcomes(try await entries(rows, maps: map, unmapped: .clear)) == [
                "assignedTo ?>\(Self.grace)", "assignedTo ?>null", "assignedTo ?>null",
            ])
        await #expect(throws: PlanError.self) {
            _ = try await entries(
                rows, maps: [.status: "from,to\nOpen,Pending\n"], unmapped: .clear)
        }
    }

    @Test("A value for a field that the choice of columns leaves out is noted")
    func outsideChoice() async throws {
        for (only, count) in [(Set([TicketField.status]), 1), ([.status, .priority], 0)] {
            var fixture = try PlanFixture()
            fixture.options.columns.only = only
            fixture.options.fills = [try FieldFill(.priority, "3")]
            let plan = try await fixture.plan("id,status\n\(PlanFixture.id(1)),Open\n")
            let notes = plan.header.notes.filter { $0.contains("priority is set for every row") }
            #expect(notes.count == count, "\(plan.header.notes)")
        }
    }

    @Test("A value for all rows replaces the column, one for blank cells fills it")
    func fills() async throws {
        let rows = """
            ticketId,status,agent
            \(PlanFixture.id(1)),Nonsense,Ada
            \(PlanFixture.id(2)),,
            """
        #expect(
            outcomes(
                try await entries(
                    rows, fills: [(.status, "resolved", .all), (.assignedTo, "Grace", .blank)]))
                == [
                    "status ?>Resolved, assignedTo ?>\(Self.ada)",
                    "status ?>Resolved, assignedTo ?>\(Self.grace)",
                ])
        // Ids alone are enough when a value comes from elsewhere.
        #expect(
            outcomes(
                try await entries(
                    "ticketId\n\(PlanFixture.id(1))\n",
                    fills: [(.categoryID, "billing", .blank), (.assignedTo, "unassigned", .all)]))
                == ["categoryId ?>\(PlanFixture.billing), assignedTo ?>null"])
    }

    @Test(
        "A map is refused where an odd value, or an odd line, was most likely meant for the other",
        arguments: [
            ("Ada <ada@acme.com>", "Ada,Grace"), ("ada@acme.com (left)", "\(ada),Grace"),
            ("#\(departed)", "\(departed),Grace"), ("Kenny Rogers", "Kenny  Rogers,Grace"),
            ("kenny\u{200B} rogers", "Kenny Rogers,Grace"),
            ("Kenny Rogers <kenny@old.example>", "Kenny Rogers,Grace"),
            ("Kenny Rogers", "Kenny Rogers (sales),Grace"), (departed, "#\(departed),Grace"),
            ("Ada", "Ada <ada@acme.com>,Grace"),
        ], [ValueMap.Unmapped.keep, .clear])
    func oddValues(pair: (value: String, line: String), unmapped: ValueMap.Unmapped) async throws {
        let rows = Self.rows("agent", [pair.value, "Grace"])
        let map = "from,to\nGrace,Ada\n\(pair.line)\n"
        let error = await #expect(throws: PlanError.self) {
            try await entries(rows, maps: [.assignedTo: map], unmapped: unmapped)
        }
        #expect(error?.code == .mapUnusable && error?.line == 3)
        // Without such a line the value has the meaning that was chosen.
        let other = "from,to\nGrace,Ada\nZoe,Grace\n"
        _ = try await entries(rows, maps: [.assignedTo: other], unmapped: unmapped)
    }

    @Test("Values and lines that mean different agents, or share a first name, are not alike")
    func unlikeValues() async throws {
        for (value, line) in [
            ("Ada", "Grace <grace@acme.com>,Ada"), ("Ken (sales)", "Ken (support),Ada"),
            ("Kenneth", "Ken,Ada"),
        ] {
            let entries = try await entries(
                Self.rows("agent", [value]),
                maps: [.assignedTo: "from,to\n\(line)\n"], unmapped: .clear)
            #expect(outcomes(entries) == ["assignedTo ?>null"])
        }
    }

    @Test("A value for all rows and one for blank cells of the same field contradict each other")
    func bothFills() async throws {
        await #expect(throws: PlanError.self) {
            _ = try await entries(
                Self.rows("agent", ["Ada"]),
                fills: [(.assignedTo, "Ada", .blank), (.assignedTo, "Grace", .all)])
        }
    }

    @Test("A map of another field makes no row valid that asks for nothing, and none disagree")
    func blankRows() async throws {
        let id = PlanFixture.id(1)
        let maps: [TicketField: String] = [.assignedTo: "from,to\nAda,Grace\n"]
        let rows = "ticketId,status,priority\n\(id),,\n\(id),Open,3\n\(id),Open,2\n"
        #expect(
            outcomes(try await entries(rows, maps: maps)) == [
                "invalid nothing_to_change", "invalid duplicate_disagrees",
                "invalid duplicate_disagrees",
            ])
        let withAgent =
            "ticketId,agent,priority\n\(id),,\n\(id),Ada,3\n\(id),Ada,2\n\(PlanFixture.id(2)),,\n"
        #expect(
            outcomes(try await entries(withAgent, maps: maps)) == [
                "unchanged", "invalid duplicate_disagrees", "invalid duplicate_disagrees",
                "unchanged",
            ])
    }

    @Test("What a map leaves as it is, no value for blank cells fills")
    func leftIsNotBlank() async throws {
        let rows = "ticketId,status,agent\n\(PlanFixture.id(1)),Open,Ada\n"
        let entries = try await entries(
            rows, maps: [.status: "from,to\nOpen,\n", .assignedTo: "from,to\nAda,\n"],
            fills: [(.status, "Resolved", .blank), (.assignedTo, "Grace", .blank)])
        #expect(outcomes(entries) == ["unchanged"])
    }

    @Test(
        "Rows that are invalid keep all that they want, in the form of the file of failed rows",
        arguments: [
            // A wrong status beside a mapped agent, and values from elsewhere.
            ("Opne,Ada", ["Opne", "Ada", "Opne", "3", PlanFixture.billing, PlanFixture.grace]),
            // An agent that the map does not have: refused again until it is corrected.
            ("Open,Zoe", ["Open", "Zoe", "Open", "3", PlanFixture.billing, "unmapped: Zoe"]),
            ("Opne,", ["Opne", "", "Opne", "3", PlanFixture.billing, ""]),
            // The map leaves the ticket's agent.
            ("Opne,Grace", ["Opne", "Grace", "Opne", "3", PlanFixture.billing, ""]),
        ])
    func failedCells(row: String, cells: [String]) async throws {
        for isJSON in [false, true] {
            var fixture = try PlanFixture()
            let path = try fixture.directory.write("from,to\nAda,Grace\nGrace,\n", to: "map.csv")
            fixture.options.maps = [try ValueMap(reading: path, for: .assignedTo)]
            fixture.options.fills = [
                try FieldFill(.priority, "3"), try FieldFill(.categoryID, "Billing", scope: .blank),
            ]
            let values = row.split(separator: ",", omittingEmptySubsequences: false)
            let text =
                isJSON
                ? #"{"ticketId":"\#(PlanFixture.id(1))","status":"\#(values[0])","agent":"\#(values[1])"}"#
                : "ticketId,status,agent\n\(PlanFixture.id(1)),\(row)\n"
            let entry = try await fixture.entries(text, name: isJSON ? "rows.jsonl" : "rows.csv")[0]
            #expect(entry.disposition == .invalid)
            #expect(entry.cells == [PlanFixture.id(1)] + cells)
        }
    }

    @Test("A value without a line is named as that, also beside another mistake")
    func unmappedBeside() async throws {
        let entries = try await entries(
            "ticketId,status,agent\n\(PlanFixture.id(1)),Opne,Zoe\n",
            maps: [.assignedTo: "from,to\nAda,Grace\n"])
        #expect(entries[0].issue?.parts.map(\.code) == [.statusInvalid, .valueUnmapped])
        #expect(entries[0].issue?.parts.last?.column == "agent")
    }

    @Test("A file of failed rows is not mapped twice", arguments: ["rows.csv", "rows.jsonl"])
    func mappedTwice(name: String) async throws {
        let csv =
            "ticketId,input.agent,assignedTo,mavaBulkRow,mavaBulkError\n\(PlanFixture.id(1)),Zoe,Ada,1,x\n"
        let json =
            #"{"ticketId":"\#(PlanFixture.id(1))","input.agent":"Zoe","assignedTo":"Ada","mavaBulkError":"x"}"#
        await #expect {
            _ = try await entries(
                name == "rows.csv" ? csv : json, name: name,
                maps: [.assignedTo: "from,to\nAda,Grace\n"])
        } throws: {
            ($0 as? PlanError)?.message.contains("mapped already") == true
        }
    }

    @Test("The plan names its maps, their digests and the lines that were used")
    func header() async throws {
        var fixture = try PlanFixture()
        let path = try fixture.directory.write(
            "from,to\nAda,Grace\nGrace,unassigned\nNever,Ada\n", to: "map.csv")
        fixture.options.maps = [try ValueMap(reading: path, for: .assignedTo)]
        let plan = try await fixture.plan(Self.rows("agent", ["Ada", "Grace", "ada"]))
        var reader = try PlanReader(path: plan.path!)
        let map = try #require(reader.header.maps.first)
        #expect(map.sha256.count == 64)
        #expect(map.unused == 1)
        #expect(
            map.lines == [
                .init(from: Self.ada, to: Self.grace, line: 2),
                .init(from: Self.grace, to: nil, line: 3),
            ])
        #expect(try reader.next() != nil)
    }

    @Test("A name that can mean several agents is for no line but one of exactly its spelling")
    func ambiguous() async throws {
        for (map, code) in [
            ("Max,Grace", RowIssue.Code.valueUnmapped), ("Max,Grace\nMAX,Grace", .valueUnmapped),
            ("max,Grace", nil),
        ] {
            var fixture = try PlanFixture()
            fixture.options.agents =
                PlanFixture.agents + [
                    Agent(id: "6630a1f4c2b9e4a1d8f00e01", username: "Max"),
                    Agent(id: "6630a1f4c2b9e4a1d8f00e02", username: "MAX"),
                ]
            let path = try fixture.directory.write("from,to\n\(map)\n", to: "map.csv")
            fixture.options.maps = [try ValueMap(reading: path, for: .assignedTo)]
            let entries = try await fixture.entries(
                "ticketId,assignee\n\(PlanFixture.id(1)),max\n\(PlanFixture.id(2)),Max\n")
            #expect(entries[0].issue?.code == code, "\(map)")
            #expect(entries[1].issue == nil, "\(map)")
        }
    }

    @Test(
        "A map that cannot serve is refused with its line",
        arguments: [
            ("from,to\nAda,NA\n", 2, "leave the cell blank to keep the agent"),
            ("from,to\nAda,Grce\n", 2, "did you mean"), ("from,to\n,Grace\n", 2, "from is blank"),
            ("from,to\nAda,Grace\nada@acme.com,Ada\n", 3, "line 2"),
            ("from,to\nAda,Grace\nADA,Ada\n", 3, "line 2"), ("from,too\nAda,Grace\n", 1, "columns"),
            ("from,to,to\nAda,Grace,Ada\n", 1, "columns"), ("from,to\n", nil, "no lines"),
            ("from,to\n\"Ada,Grace\n", 2, ""), ("from,to\nAda\n", 2, ""),
        ] as [(String, Int?, String)])
    func refused(text: String, line: Int?, message: String) async throws {
        await #expect {
            _ = try await entries(Self.rows("agent", ["Ada"]), maps: [.assignedTo: text])
        } throws: { error in
            guard let error = error as? PlanError else { return false }
            return error.code == .mapUnusable && error.line == line
                && (message.isEmpty || error.message.contains(message))
        }
    }

    @Test(
        "A value that no update can write is refused",
        arguments: [
            (TicketField.status, "Closed"), (.priority, "4"), (.categoryID, "unassigned"),
            (.status, ""), (.assignedTo, " "),
        ])
    func values(field: TicketField, text: String) {
        #expect(throws: FieldValueError.self) { try FieldFill(field, text) }
    }
}
