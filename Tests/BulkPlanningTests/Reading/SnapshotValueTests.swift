import BulkPlanningTestSupport
import BulkTestSupport
import MavaAPI
import Testing

@testable import BulkPlan
@testable import BulkPlanning

@Suite("Values of snapshots")
struct SnapshotValueTests {
    private static let mei = "6630a1f4c2b9e4a1d8f00b23"
    private static let quoted = "6630a1f4c2b9e4a1d8f00b24"

    /// Plans a column's value for ticket 1 against a snapshot, and returns the error.
    private static func error(
        _ text: String, name: String = "tickets.csv", wanted: String = "status,Pending"
    ) async throws -> PlanError? {
        var fixture = try PlanFixture()
        fixture.options.unread = .send
        fixture.options.source = .snapshot(path: try fixture.directory.write(text, to: name))
        do {
            let cells = wanted.split(separator: ",")
            _ = try await fixture.plan("id,\(cells[0])\n\(PlanFixture.id(1)),\(cells[1])\n")
            return nil
        } catch {
            return error as? PlanError
        }
    }

    private static func json(_ members: String) -> String {
        PlanFixture.ticket(2) + "{\"_id\":\"\(PlanFixture.id(1))\",\(members)}\n"
    }

    @Test("the ' of an export's cells is removed from names, statuses and tags, once")
    func apostrophes() async throws {
        var fixture = try PlanFixture()
        fixture.options.agents =
            PlanFixture.agents + [
                Agent(id: Self.mei, username: "@mei"), Agent(id: Self.quoted, username: "'@mei"),
            ]
        fixture.options.categories = [Category(id: PlanFixture.billing, name: "=Billing")]
        fixture.options.source = .snapshot(
            path: try fixture.directory.write(
                """
                ticketId,status,category,assignee
                \(PlanFixture.id(1)),"'Open","'=Billing","'@mei"
                \(PlanFixture.id(2)),Open,"'=Billing","''@mei"

                """, to: "tickets.csv"))
        let entries = try await fixture.entries(
            """
            id,status,category,assignee
            \(PlanFixture.id(1)),Open,'=Billing,'@mei
            \(PlanFixture.id(2)),Open,'=Billing,''@mei
            \(PlanFixture.id(2)),Open,\(PlanFixture.billing),\(Self.quoted)

            """)
        #expect(entries.map(\.disposition) == [.unchanged, .unchanged, .unchanged])
    }

    @Test("a name that looks like a formula is itself behind the ' of an export, and in JSON")
    func formulas() async throws {
        var fixture = try PlanFixture()
        let name = #"="Ada""#
        fixture.options.agents =
            PlanFixture.agents + [Agent(id: Self.mei, username: name)]
        for rows in [
            "id,assignedTo,assignee\n\(PlanFixture.id(1)),\(Self.mei),\"'=\"\"Ada\"\"\"\n",
            "id,assignee\n\(PlanFixture.id(1)),\"'=\"\"Ada\"\"\"\n",
        ] {
            let entries = try await fixture.entries(rows)
            #expect(entries[0].changes.map(\.after) == [.text(Self.mei)], "\(rows) \(entries)")
        }
        let object = try await fixture.entries(
            "{\"id\":\"\(PlanFixture.id(1))\",\"assignee\":\"=\\\"Ada\\\"\"}\n", name: "rows.jsonl")
        #expect(object[0].changes.map(\.after) == [.text(Self.mei)], "\(object)")
        // A spreadsheet's own form still means its text.
        let plain = try await fixture.entries(
            "id,assignee\n\(PlanFixture.id(1)),\"=\"\"Ada\"\"\"\n")
        #expect(plain[0].changes.map(\.after) == [.text(PlanFixture.ada)], "\(plain)")
    }

    @Test("JSON has no such ', so it is a part of the name")
    func apostropheInJSON() async throws {
        var fixture = try PlanFixture()
        fixture.options.agents = [
            Agent(id: Self.mei, username: "@mei"), Agent(id: Self.quoted, username: "'@mei"),
        ]
        try fixture.snapshot(PlanFixture.ticket(1, assignedTo: "\"'@mei\""))
        let entries = try await fixture.entries(
            "id,assignee\n\(PlanFixture.id(1)),\(Self.quoted)\n")
        #expect(entries[0].disposition == .unchanged)
    }

    @Test(
        "a value that no ticket can hold makes the snapshot unusable, with its line and key",
        arguments: [
            ("\"assignedTo\":5", "assignedTo", "5"), ("\"assignedTo\":true", "assignedTo", "true"),
            ("\"assignedTo\":[\"a\"]", "assignedTo", "a"),
            ("\"assignedTo\":{\"foo\":1}", "assignedTo", "foo"),
            ("\"assignedTo\":{\"id\":5}", "assignedTo", "5"),
            ("\"category\":7", "category", "7"), ("\"status\":5", "status", "5"),
            ("\"status\":{}", "status", "{}"), ("\"priority\":\"urgent\"", "priority", "urgent"),
            ("\"priority\":2.5", "priority", "2.5"), ("\"priority\":300", "priority", "300"),
            ("\"priority\":true", "priority", "true"),
        ])
    func unusable(members: String, key: String, value: String) async throws {
        let error = try await Self.error(Self.json(members), name: "tickets.jsonl")
        #expect(error?.code == .snapshotUnusable)
        #expect(error?.line == 2)
        #expect(error?.message.contains("correct \(key): ") == true)
        #expect(error?.message.contains(value) == true)
    }

    @Test(
        "null, blanks and unknown statuses are values",
        arguments: [
            "\"assignedTo\":null,\"category\":null,\"status\":null,\"priority\":null",
            "\"assignedTo\":\"\",\"category\":\"\",\"status\":\"Odd\",\"priority\":\"\"",
            "\"assignedTo\":{\"name\":\"Ada\"},\"priority\":4",
        ])
    func usable(members: String) async throws {
        #expect(try await Self.error(Self.json(members), name: "tickets.jsonl") == nil)
    }

    @Test("a cell of CSV that is no priority is refused as well")
    func unusableCell() async throws {
        let error = try await Self.error(
            "id,status,priority\n\(PlanFixture.id(1)),Open,urgent\n")
        #expect(error?.code == .snapshotUnusable && error?.line == 2)
        #expect(error?.message.contains("correct priority: \"urgent\"") == true)
    }

    @Test("two columns with one name are refused, as in an input")
    func twice() async throws {
        for text in [
            "id,status,Status\n\(PlanFixture.id(1)),Open,Pending\n",
            "id,status,ticket,note,note,status\n",
        ] {
            let error = try await Self.error(text)
            #expect(error?.code == .snapshotUnusable && error?.line == 1)
            #expect(error?.message.contains("remove one of the two columns") == true)
        }
        let error = try await Self.error(
            Self.json("\"status\":\"Open\",\"Status\":\"Pending\""), name: "tickets.jsonl")
        #expect(error?.code == .snapshotUnusable && error?.line == 2)
        #expect(try await Self.error("id,status,note,note\n\(PlanFixture.id(1)),Open,,\n") == nil)
    }

    @Test(
        "an id that is none makes the snapshot unusable",
        arguments: ["6.95E+23", "#N/A", "12345", "a b", "Total", "=\"Total\""])
    func ids(id: String) async throws {
        let error = try await Self.error(
            "id,status\n\(PlanFixture.id(2)),Open\n\"\(id.replacing("\"", with: "\"\""))\",Open\n")
        #expect(error?.code == .snapshotUnusable)
        #expect(error?.line == 3)
        #expect(error?.message.contains(id.contains("Total") ? "Total" : id) == true)
    }

    @Test(
        "an agent's or a category's id of which a spreadsheet made a number makes it unusable",
        arguments: ["6.67E+023", "6,67E+23", "667029040000000e9", "1e5"])
    func lostIDs(id: String) async throws {
        for (column, wanted) in [("categoryId", "category,Billing"), ("assignee", "assignee,Ada")] {
            let error = try await Self.error(
                "id,\(column)\n\(PlanFixture.id(2)),\n\(PlanFixture.id(1)),\"\(id)\"\n",
                wanted: wanted)
            // Somebody's name can be a small number.
            guard id != "1e5", id.contains(where: { ".,".contains($0) }) else {
                #expect(error == nil, "\(id)")
                continue
            }
            #expect(error?.code == .snapshotUnusable && error?.line == 3)
            #expect(error?.message.contains("made a number of an id in \(column)") == true)
        }
    }

    @Test("ids of another form are accepted where all have one")
    func otherIDs() async throws {
        #expect(try await Self.error("id,status\nT-1,Open\nT-2,Open\n") == nil)
    }

    @Test("a snapshot without a ticket is refused")
    func empty() async throws {
        for (name, text) in [
            ("tickets.csv", ""), ("tickets.csv", "id,status\n"), ("tickets.csv", "id,status\n,\n"),
            ("tickets.jsonl", ""), ("tickets.jsonl", "{\"tickets\":[]}\n"),
        ] {
            let error = try await Self.error(text, name: name)
            #expect(error?.code == .snapshotUnusable, "\(text)")
            #expect(error?.message.contains("has no ticket") == true)
        }
    }
}
