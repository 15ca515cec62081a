#if DEBUG
    import BulkPlanningTestSupport
    import BulkSystem
    import BulkTestSupport
    import MavaAPI
    import Testing

    @testable import BulkPlan
    @testable import BulkPlanning

    /// Plans files on which work could grow faster than the input, and counts the steps of its tables, searches
    /// and sorts.
    ///
    /// The files are smaller than a block of the reader, so one thread takes all steps.
    @Suite("Work grows with the input, not faster")
    struct LinearGrowthTests {
        struct Input: Sendable, CustomTestStringConvertible {
            var testDescription: String
            /// Whether the agents are as many as the rows.
            var hasManyAgents = false
            /// The number of rows at first, and then eight times as many: tables double at the same shares of both.
            var rows = 200
            var name = "rows.csv"
            var text: @Sendable (Int) -> String
            /// Sets the options for a number of rows.
            var configure: @Sendable (inout PlanFixture, Int) throws -> Void = { _, _ in }

            init(
                _ description: String, hasManyAgents: Bool = false, rows: Int = 200, header: String,
                row: @escaping @Sendable (Int) -> String
            ) {
                testDescription = description
                self.hasManyAgents = hasManyAgents
                self.rows = rows
                text = { size in header + "\n" + (0..<size).map { row($0) + "\n" }.joined() }
            }

            init(
                _ description: String, name: String = "rows.csv", rows: Int = 200,
                text: @escaping @Sendable (Int) -> String,
                configure: @escaping @Sendable (inout PlanFixture, Int) throws -> Void = { _, _ in }
            ) {
                testDescription = description
                self.name = name
                self.rows = rows
                self.text = text
                self.configure = configure
            }
        }

        private static func id(_ number: Int) -> String { PlanFixture.id(number) }
        private static func agent(_ number: Int) -> String { "a\(number)" }

        /// A name that differs from all others of these by letter case alone.
        private static func variant(_ number: Int) -> String {
            String(
                (0..<14).map { number >> $0 & 1 == 1 ? "A" : "a" })
        }

        private static func rows(_ size: Int, _ header: String, _ row: (Int) -> String) -> String {
            header + "\n" + (0..<size).map { row($0) + "\n" }.joined()
        }

        static let inputs = [
            Input("many different values expected", header: "ticketId,status,expectStatus") {
                "\(id($0)),Open,W\($0)"
            },
            Input("many different ids of agents", hasManyAgents: true, header: "ticketId,assignee")
            {
                "\(id($0)),\(agent($0))"
            },
            Input("many agents by name", hasManyAgents: true, header: "ticketId,assignee") {
                "\(id($0)),Agent \($0)"
            },
            Input(
                "many agents, and names that none has", hasManyAgents: true,
                header: "ticketId,assignee"
            ) {
                "\(id($0)),nobody \($0)"
            },
            Input("many wrong statuses", header: "ticketId,status") { "\(id($0)),Wrong \($0)" },
            Input("many wrong ids", header: "ticketId,status") { "not an id \($0),Open" },
            // The table of other ids begins with more places than 200 need.
            Input("many ids of another form", rows: 800, header: "ticketId,status") {
                "ticket-\($0),Open"
            },
            Input("many rows with too few fields", header: "ticketId,status,priority") {
                "\(id($0)),Open"
            },
            Input("one ticket in every row", header: "ticketId,status") { _ in "\(id(1)),Open" },
            Input("one ticket whose rows disagree", header: "ticketId,status") {
                "\(id(1)),\($0 % 2 == 0 ? "Open" : "Pending")"
            },
            Input("many columns", name: "rows.csv") { size in
                let names = (0..<size).map { ",extra\($0)" }.joined()
                let row = String(repeating: ",x", count: size)
                return "ticketId,status\(names)\n\(id(1)),Open\(row)\n\(id(2)),Open\(row)\n"
            },
            Input("many agents of one name", rows: 800) { size in
                rows(size, "ticketId,assignee") { "\(id($0)),same" }
            } configure: { fixture, size in
                fixture.options.agents = (0..<size).map { Agent(id: agent($0), username: "same") }
            },
            Input("many agents whose names differ by letter case", rows: 800) { size in
                rows(size, "ticketId,assignee") { "\(id($0)),\(variant($0 + 8192))" }
            } configure: { fixture, size in
                fixture.options.agents = (0..<size).map {
                    Agent(id: agent($0), username: variant($0))
                }
            },
            Input("a map of many values that differ by letter case") { size in
                rows(size, "ticketId,assignee") { "\(id($0)),\(variant($0 + 8192))" }
            } configure: { fixture, size in
                let map = rows(size, "from,to") { "\(variant($0)),Ada" }
                fixture.options.maps = [
                    try ValueMap(
                        reading: try fixture.directory.write(map, to: "map.csv"), for: .assignedTo)
                ]
            },
            Input("guards that name many agents that no list has", rows: 100) { _ in
                "ticketId,assignee\n\(id(1)),Ada\n"
            } configure: { fixture, size in
                fixture.options.agents = (0..<size).map {
                    Agent(id: agent($0), username: "Agent \($0)")
                }
                let names = (0..<size).map {
                    "\"6630a1f4c2b9e4a1\(String($0 + 0x1000_0000, radix: 16))\""
                }
                let guards = "{\"protect\":{\"agents\":[\(names.joined(separator: ","))]}}"
                fixture.options.guards = try PlanGuards(
                    bytes: Array(guards.utf8), path: "guards.json")
            },
            Input("many columns left out by name") { size in
                let names = (0..<size).map { ",extra\($0)" }.joined()
                let row = String(repeating: ",x", count: size)
                return "ticketId,status\(names)\n\(id(1)),Open\(row)\n"
            } configure: { fixture, size in
                fixture.options.columns.ignored = (0..<size).map { "Extra \($0)" }
            },
            Input("a snapshot of one line") { _ in
                "ticketId,status\n\(id(1)),Open\n"
            } configure: { fixture, size in
                let tickets = (0..<25 * size).map {
                    "{\"_id\":\"\(id($0))\",\"status\":\"Open\",\"subject\":\"\(variant($0))\"}"
                }
                fixture.options.source = .snapshot(
                    path: try fixture.directory.write(
                        "{\"tickets\":[\(tickets.joined(separator: ","))]}\n",
                        to: "tickets.jsonl"))
            },
            Input("many keys", name: "rows.jsonl") { size in
                let members = (0..<size).map { ",\"extra\($0)\":1" }.joined()
                return (1...2).map {
                    "{\"ticketId\":\"\(id($0))\",\"status\":\"Open\"\(members)}\n"
                }.joined()
            },
        ]

        private static func steps(_ input: Input, _ size: Int) async throws -> Int {
            var fixture = try PlanFixture()
            if input.hasManyAgents {
                fixture.options.agents = (0..<size).map {
                    Agent(id: agent($0), email: "agent\($0)@acme.com", username: "Agent \($0)")
                }
            }
            fixture.options.unread = .send
            try input.configure(&fixture, size)
            let (text, ready) = (input.text(size), fixture)
            return try await StepCount.during {
                _ = try await ready.plan(text, name: input.name)
            }
        }

        @Test("Eight times the input takes about eight times the steps", arguments: inputs)
        func linear(input: Input) async throws {
            // A table's first size is less crowded than later ones, and searches in order take a few more steps in
            // a longer list. Both, with what the random seeds of hashes do, are less than a factor of three. Work that is squared takes 64 times as many steps.
            let small = try await Self.steps(input, input.rows)
            let large = try await Self.steps(input, 8 * input.rows)
            #expect(small > 0)
            #expect(large < 24 * small + 100, "\(small) → \(large)")
        }

        @Test("The count shows work that grows faster")
        func countsSquares() async throws {
            func steps(_ count: Int) async -> Int {
                await StepCount.during {
                    let names = (0..<count).map { "agent \($0)" }
                    for name in names { _ = closest(to: name + "xyz", among: names) { $0 } }
                }
            }
            let (small, large) = (await steps(20), await steps(160))
            #expect(small == 400 && large == 25_600)
        }
    }
#endif
