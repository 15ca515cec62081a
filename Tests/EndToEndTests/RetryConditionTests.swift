import BulkTestSupport
import Foundation
import Testing

/// Rows of runs with conditions, whose tickets the sandbox gets only before the retry.
@Suite("A retry applies the conditions of its run")
struct RetryConditionTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try workspace("before", [SmallWorkspace.ticket(1, priority: 3)])
    }

    private func workspace(_ name: String, _ tickets: [String]) throws {
        try directory.write(SmallWorkspace.json(tickets), to: "\(name).json")
    }

    private func program(_ arguments: [String], _ workspace: String) async throws
        -> BuiltProgram.Result
    {
        try await BuiltProgram.run(
            arguments + ["--sandbox", "\(workspace).json"], in: URL(filePath: directory.path))
    }

    /// Applies an input whose second row is for a ticket that is not there.
    private func apply(_ text: String, name: String, _ options: [String]) async throws {
        try directory.write(text, to: name)
        let result = try await program(
            ["apply", name, "--yes", "--run-dir", "run"] + options, "before")
        #expect(result.status == 3, "\(result.errors)")
    }

    /// What the retry of the rows that were held plans for the second row, where its ticket is there.
    private func retried(
        _ ticket: String?, _ options: [String] = []
    ) async throws -> (row: String, header: String) {
        let tickets = [SmallWorkspace.ticket(1, priority: 3), ticket].compactMap(\.self)
        try workspace("after", tickets)
        let result = try await program(
            ["retry", "run", "--outcome", "held", "--output", "again.jsonl"] + options, "after")
        let lines = try directory.readText("again.jsonl").split(separator: "\n").map(String.init)
        try #require(lines.count == 3, "\(result.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(lines[2].utf8)) as? [String: Any]
        #expect(lines[1].contains("\"do\":\"excluded\""))
        return (object?["do"] as? String ?? "", lines[0])
    }

    private static func csv(_ header: String, _ more: String) -> String {
        "ticketId\(header)\n" + [1, 9].map { "\(SmallWorkspace.id($0))\(more)\n" }.joined()
    }

    @Test("A row whose ticket was not found stays held, and is sent where the condition is met")
    func held() async throws {
        try await apply(
            Self.csv(",status", ",Pending"), name: "rows.csv", ["--where", "old.priority = 3"])
        #expect(try await retried(nil).row == "held")
        // Permission to send it unread makes what the ticket holds missing, as in the first plan.
        #expect(try await retried(nil, ["--unread", "send"]).row == "excluded")
        let other = try await retried(SmallWorkspace.ticket(9, priority: 1))
        #expect(other.row == "excluded")
        #expect(other.header.contains(#""conditions":["old.priority = 3"]"#))
        #expect(
            other.header.contains(
                "rows for which the condition of the run does not hold: old.priority = 3"))
        #expect(try await retried(SmallWorkspace.ticket(9, priority: 3)).row == "update")
        // What the row asks for may have been done since.
        let done = try await retried(SmallWorkspace.ticket(9, status: "Pending", priority: 1))
        #expect(done.row == "unchanged")
    }

    @Test("A retry of a retry applies it as well")
    func twice() async throws {
        try await apply(
            Self.csv(",status", ",Pending"), name: "rows.csv", ["--where", "old.priority = 3"])
        let again = try await program(
            ["retry", "run", "--outcome", "held", "--yes", "--run-dir", "second"], "before")
        #expect(again.status == 3, "\(again.errors)")
        try workspace("after", [SmallWorkspace.ticket(9, priority: 2)])
        let third = try await program(
            ["retry", "second", "--outcome", "held", "--output", "third.jsonl"], "after")
        let plan = try directory.readText("third.jsonl")
        #expect(plan.contains(#""excluded":2"#), "\(third.errors)")
    }

    @Test("A short name of what tickets hold means the same where the plan has such a column")
    func shortNames() async throws {
        try await apply(
            Self.csv("", ""), name: "rows.csv",
            ["--set", "status=Pending", "--where", "(status = Open) and 'Priority' >= 1"])
        let first = try await retried(SmallWorkspace.ticket(9, status: "Resolved"))
        #expect(first.row == "excluded")
        #expect(
            first.header.contains(#""conditions":["(old.status = Open) and old.priority >= 1"]"#))
        #expect(try await retried(SmallWorkspace.ticket(9, status: "Open")).row == "update")
    }

    @Test("Objects that lack the key of a condition are tried again without the others")
    func missingKeys() async throws {
        let text = """
            {"ticketId":"\(SmallWorkspace.id(1))","status":"Pending","priority":2,"Region":"EMEA"}
            {"ticketId":"\(SmallWorkspace.id(9))","status":"Pending"}

            """
        try await apply(
            text, name: "rows.jsonl",
            ["--where", "priority != 3 and Region != APAC and old.status = Open"])
        #expect(try await retried(nil).row == "held")
        #expect(try await retried(SmallWorkspace.ticket(9, status: "Open")).row == "update")
        #expect(try await retried(SmallWorkspace.ticket(9, status: "Waiting")).row == "excluded")
    }
}
