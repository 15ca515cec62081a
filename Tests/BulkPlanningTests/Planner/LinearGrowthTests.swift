#if DEBUG
    import BulkPlanningTestSupport
    import BulkSystem
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

            init(
                _ description: String, hasManyAgents: Bool = false, rows: Int = 200, header: String,
                row: @escaping @Sendable (Int) -> String
            ) {
                testDescription = description
                self.hasManyAgents = hasManyAgents
                self.rows = rows
                text = { size in header + "\n" + (0..<size).map { row($0) + "\n" }.joined() }
            }

            init(_ description: String, name: String, text: @escaping @Sendable (Int) -> String) {
                testDescription = description
                self.name = name
                self.text = text
            }
        }

        private static func id(_ number: Int) -> String { PlanFixture.id(number) }
        private static func agent(_ number: Int) -> String { "a\(number)" }

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
