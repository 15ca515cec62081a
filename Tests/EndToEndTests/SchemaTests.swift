import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

/// Holds what the program writes against the schemas that it prints.
@Suite("JSON schemas", .timeLimit(.minutes(20)))
struct SchemaTests {
    private typealias Document = SchemaDocument

    private static let guards = #"""
        {"maxChanges":100,"rules":[{"name":"few","field":"status","to":"Resolved","most":1}],
        "protect":{"tags":["vip"]}
        ,"maxOfLastRuns":{"percent":200,"runs":3},"fill":["category"]}
        """#

    private func lines(_ rehearsal: Rehearsal, _ path: String, _ kind: JSONSchema) throws
        -> [Document]
    {
        try rehearsal.directory.readText(path).split(separator: "\n").map {
            Document(kind: kind, text: String($0))
        }
    }

    /// The files of a run, and its report in JSON Lines.
    private func files(_ rehearsal: Rehearsal, _ run: String) async throws -> [Document] {
        let report = try await rehearsal.program(["report", run, "--format", "jsonl"])
        return try lines(rehearsal, "\(run)/plan.jsonl", .plan)
            + lines(rehearsal, "\(run)/journal.jsonl", .journal)
            + report.output.split(separator: "\n").map {
                Document(kind: .reportRow, text: String($0))
            }
            + [
                Document(kind: .run, text: try rehearsal.directory.readText("\(run)/run.json")),
                Document(
                    kind: .summary, text: try rehearsal.directory.readText("\(run)/summary.json")),
            ]
    }

    /// Runs a command that has to end with one of the statuses.
    private func program(
        _ rehearsal: Rehearsal, _ arguments: [String], _ statuses: Set<Int32> = [0]
    ) async throws -> String {
        let result = try await rehearsal.program(arguments)
        #expect(statuses.contains(result.status), "\(arguments): \(result.status) \(result.errors)")
        return result.output
    }

    /// A plan with rows of every kind, approved, applied, undone and retried.
    private func migration(_ rehearsal: Rehearsal) async throws -> [Document] {
        let ids = rehearsal.sandbox.workspace.ticketIDs
        var rows = "ticketId,status,assignee,expectStatus,Note\n"
        for (index, id) in ids.prefix(12).enumerated() {
            rows += "\(id),\(index % 2 == 0 ? "Resolved" : "Pending"),theirs,,n\(index)\n"
        }
        // Merged, wrong twice, in conflict, excluded, and without an id.
        rows += "\(ids[0]),Resolved,,,again\n\(ids[13]),Opne,Aad,,\n\(ids[14]),Open,,Spam,\n"
        rows += "\(ids[15]),Open,,,drop\n,Open,,,\n"
        try rehearsal.directory.write(rows, to: "rows.csv")
        try rehearsal.directory.write("from,to\ntheirs,Ben\nunused,Ada\n", to: "map.csv")
        try rehearsal.directory.write(
            Self.guards.replacing(/,"maxOfLastRuns".*/, with: "}"),
            to: "guards.json")
        _ = try await program(
            rehearsal, ["lookups", "--output", "lookups.json"] + Rehearsal.wideQuota)
        let waivers = ["--guards", "guards.json", "--waive", "few=6", "--waive", "protect=1"]
        _ = try await program(
            rehearsal,
            [
                "plan", "rows.csv", "--map", "assignee=map.csv", "--unmapped", "keep", "--where",
                "Note != drop", "--output", "plan.jsonl",
            ] + waivers + Rehearsal.wideQuota, [3])
        _ = try await program(
            rehearsal, ["plan", "approve", "plan.jsonl", "--note", "seen", "--expires", "2h"])
        // Who applies a plan cannot approve it.
        let decision = try rehearsal.directory.readText("plan.jsonl.approval.jsonl")
        try rehearsal.directory.write(
            decision.replacing(/"who":"[^"]*"/, with: #""who":"ada@desk""#),
            to: "plan.jsonl.approval.jsonl")
        _ = try await program(
            rehearsal,
            [
                "apply", "plan.jsonl", "--yes", "--run-dir", "moves", "--runs-dir", ".", "--label",
                "moves", "--require-approvals", "1", "--max-failures", "50", "--deadline", "1h",
                "--quota-share", "50%", "--accept-failures", "0%",
            ] + waivers + Rehearsal.wideQuota, [3])
        _ = try await program(
            rehearsal,
            ["undo", "moves", "--yes", "--run-dir", "undo", "--runs-dir", "."]
                + Rehearsal.wideQuota, [0, 3])
        let list = try await program(rehearsal, ["runs", "--runs-dir", ".", "--json"])
        let one = try await program(
            rehearsal, ["runs", "show", "undo", "--runs-dir", ".", "--json"])
        let config = try await program(rehearsal, ["config", "--quota", "60/30s", "--json"])
        let check = try await program(rehearsal, ["check", "--json"])
        let failed = try await program(
            rehearsal, ["check", "--json", "--api-key-file", "no-key"], [4])
        try rehearsal.directory.write(
            #"{"version":1,"profiles":{"acme":{}}}"#, to: ".mava-bulk.json")
        let jobs = try await program(
            rehearsal,
            [
                "check", "--profiles", "acme", "--json", "--sandbox",
                Rehearsal.sample("workspace.json"),
            ])
        return try await files(rehearsal, "moves") + files(rehearsal, "undo")
            + lines(rehearsal, "plan.jsonl", .plan)
            + lines(rehearsal, "plan.jsonl.approval.jsonl", .approval)
            + [
                Document(kind: .runs, text: list), Document(kind: .runs, text: one),
                Document(kind: .config, text: config), Document(kind: .check, text: check),
                Document(kind: .check, text: failed), Document(kind: .profiles, text: jobs),
                Document(kind: .guards, text: Self.guards),
                Document(kind: .lookups, text: try rehearsal.directory.readText("lookups.json")),
            ]
    }

    /// The run of a shard, with its events.
    private func shard(_ rehearsal: Rehearsal) async throws -> [Document] {
        let rows = Rehearsal.sample("reassign/handover.csv")
        _ = try await program(
            rehearsal,
            [
                "apply", rows, "--yes", "--shard", "2/2", "--run-dir", "shard", "--runs-dir", ".",
                "--events", "shard-events.jsonl",
            ] + Rehearsal.wideQuota)
        let list = try await program(rehearsal, ["runs", "--runs-dir", ".", "--json"])
        return try await files(rehearsal, "shard")
            + lines(rehearsal, "shard-events.jsonl", .events) + [Document(kind: .runs, text: list)]
    }

    /// A run of JSON Lines that lost answers, stopped early and was resumed.
    private func interrupted() async throws -> [Document] {
        try await Rehearsal.run(faults: "only=put,500-after=0.4") { rehearsal in
            var errors: [Document] = []
            let missing = (1...3).map { "0000000000000000000000a\($0)" }
            let rows = (missing + rehearsal.sandbox.workspace.ticketIDs.prefix(30)).enumerated().map
            {
                index, id in
                #"{"ticketId":"\#(id)","priority":\#(index % 3 + 1),"more":\#(index % 2 == 0 ? "null" : "[1]")}"#
            }
            try rehearsal.directory.write(rows.joined(separator: "\n"), to: "rows.jsonl")
            let stop = [
                "--yes", "--run-dir", "stopped", "--runs-dir", ".", "--max-failures", "1", "--read",
                "never", "--events", "events.jsonl",
            ]
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.file("stopped"), withIntermediateDirectories: false)
            try rehearsal.directory.write("quota 9999/1s\n", to: "stopped/control")
            _ = try await program(
                rehearsal, ["apply", "rows.jsonl"] + stop + Rehearsal.wideQuota, [5])
            let paused = rehearsal.directory.file("paused")
            try FileManager.default.createDirectory(
                atPath: paused, withIntermediateDirectories: false)
            try rehearsal.directory.write("pause\n", to: "paused/control")
            _ = try await program(
                rehearsal,
                [
                    "apply", "rows.jsonl", "--yes", "--run-dir", "paused", "--runs-dir", ".",
                    "--read", "never", "--events", "events.jsonl", "--deadline", "1s",
                ] + Rehearsal.wideQuota, [5])
            _ = try await program(
                rehearsal,
                ["resume", "stopped", "--yes", "--runs-dir", ".", "--max-failures", "99"]
                    + Rehearsal.wideQuota, [0, 3])
            for wrong in [["--json"], ["--log-format", "json"]] {
                let error = try await rehearsal.program(["plan", "missing.csv"] + wrong)
                #expect(error.status == 6 && error.output.isEmpty)
                errors.append(Document(kind: .error, text: error.errors))
            }
            return try await files(rehearsal, "stopped")
                + lines(rehearsal, "events.jsonl", .events) + errors
        }
    }

    @Test("A plan says in the terms of its schema that a ticket has no status and no priority")
    func missingValues() async throws {
        let documents = try await Rehearsal.run { rehearsal in
            let id = Rehearsal.firstTicket
            try rehearsal.directory.write(
                #"{"_id":"\#(id)","status":null,"priority":null}"#, to: "tickets.jsonl")
            try rehearsal.directory.write(
                "ticketId,status,priority,expectPriority\n\(id),Open,2,null\n", to: "rows.csv")
            _ = try await program(
                rehearsal,
                ["plan", "rows.csv", "--snapshot", "tickets.jsonl", "--output", "plan.jsonl"])
            return try lines(rehearsal, "plan.jsonl", .plan)
        }
        let texts = documents.map(\.text)
        #expect(texts.contains { $0.contains(#""before":{"status":null,"priority":null}"#) })
        #expect(texts.contains { $0.contains(#""expect":{"priority":null}"#) })
        _ = try await SchemaDocument.validate(documents)
    }

    @Test(
        "Every member that the program writes is in the schema of its kind, and no required one may be missing"
    )
    func documents() async throws {
        var documents =
            try await Rehearsal.run { try await migration($0) } + interrupted()
            + Rehearsal.run { try await shard($0) }
        let directory = try TemporaryDirectory()
        let example = try await BuiltProgram.run(
            ["sandbox", "--init", "workspace.json"], in: URL(filePath: directory.path))
        #expect(example.status == 0)
        documents.append(
            Document(kind: .workspace, text: try directory.readText("workspace.json")))
        let counts = try await SchemaDocument.validate(documents)
        for kind in JSONSchema.allCases where !JSONOutputTests.kinds.contains(kind) {
            #expect(
                counts[kind.rawValue, default: 0] > 0, "no document of the kind \(kind.rawValue)")
        }
        let rows = documents.filter { $0.kind == .plan }.map(\.text)
        for member in [
            "\"with\"", "\"parts\"", "\"expect\"", "\"forms\"", "\"maps\"", "\"waivers\"",
            "\"follows\"",
        ] {
            #expect(rows.contains { $0.contains(member) }, "no plan with \(member)")
        }
        let events = documents.filter { $0.kind == .events }.map(\.text)
        for member in ["\"by\":\"control\"", "\"milliseconds\"", "\"command\":\"pause\""] {
            #expect(events.contains { $0.contains(member) }, "no event with \(member)")
        }
        let lines = documents.filter { $0.kind == .journal }.map(\.text)
        for event in ["start", "again", "done", "ended", "resumed"] {
            #expect(
                lines.contains { $0.contains("{\"e\":\"\(event)\"") }, "no journal with \(event)")
        }
    }
}
