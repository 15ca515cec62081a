package import BulkPlan
package import BulkPlanning
package import BulkTestSupport
package import MavaAPI

/// A directory with an input and a snapshot, and the plan made from them.
package struct PlanFixture {
    package static let ada = "6630a1f4c2b9e4a1d8f00b21"
    package static let grace = "6630a1f4c2b9e4a1d8f00b22"
    package static let billing = "65f000000000000000000001"
    package static let shipping = "65f000000000000000000002"
    package static let agents = [
        Agent(id: ada, email: "ada@acme.com", username: "Ada"),
        Agent(id: grace, email: "grace@acme.com", username: "Grace", walletAddress: "0xAbC1"),
    ]
    package static let categories = [
        Category(id: billing, name: "Billing"), Category(id: shipping, name: "Shipping"),
    ]

    package let directory: TemporaryDirectory
    package var options = PlanOptions()

    package init() throws {
        directory = try TemporaryDirectory()
        options.agents = Self.agents
        options.categories = Self.categories
        options.source = .none
        options.output = directory.file("plan.jsonl")
    }

    /// The id of the n-th ticket, created n minutes after 1 January 2026.
    package static func id(_ number: Int) -> String {
        let seconds = String(1_767_225_600 + number * 60, radix: 16)
        let rest = String(number, radix: 16)
        return seconds + String(repeating: "0", count: 16 - rest.count) + rest
    }

    /// A line of a snapshot.
    package static func ticket(
        _ number: Int, status: String = "Open", priority: String = "1",
        category: String = "\"\(billing)\"", assignedTo: String = "\"\(ada)\"",
        more: String = ""
    ) -> String {
        "{\"_id\":\"\(id(number))\",\"status\":\"\(status)\",\"priority\":\(priority),"
            + "\"category\":\(category),\"assignedTo\":\(assignedTo)\(more)}\n"
    }

    package mutating func snapshot(_ lines: String...) throws {
        options.source = .snapshot(
            path: try directory.write(lines.joined(), to: "tickets.jsonl"))
    }

    package func plan(_ text: String, name: String = "rows.csv") async throws -> Plan {
        let path = try directory.write(text, to: name)
        return try await Planner(options: options, listing: nil).plan(
            PlanInput(path: path), now: 1_767_225_600)
    }

    /// Makes a plan, and reads the saved plan back.
    package func entries(_ text: String, name: String = "rows.csv") async throws -> [PlanEntry] {
        let plan = try await plan(text, name: name)
        return try Self.entries(of: plan.path!)
    }

    package static func entries(of path: String) throws -> [PlanEntry] {
        var reader = try PlanReader(path: path)
        var entries: [PlanEntry] = []
        while let entry = try reader.next() { entries.append(entry) }
        return entries
    }
}

extension PlanEntry {
    /// The changes in a few words, such as `status Open>Resolved`.
    package var changeText: String {
        changes.map { change in
            "\(change.field.rawValue) \(change.before.map(Self.text) ?? "?")>\(Self.text(change.after))"
        }.joined(separator: ", ")
    }

    private static func text(_ value: FieldValue) -> String {
        switch value {
        case .null: "null"
        case .text(let text): text
        case .number(let number): "\(number)"
        }
    }
}
