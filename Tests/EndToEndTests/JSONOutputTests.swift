import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

/// Holds what each command prints with `--json` against the schema that the table of commands names.
@Suite("Documents of --json", .timeLimit(.minutes(20)))
struct JSONOutputTests {
    /// The kinds that these tests have documents of.
    static let kinds = Set(CommandTable.shown.flatMap { $0.json.map(\.schema) } + [.report])

    /// A command line, and which of the command's documents it prints.
    private struct Line {
        let command: String
        let arguments: [String]
        var when: String?
        var statuses: Set<Int32> = [0]
        /// Whether the document is JSON Lines.
        var hasLines = false

        init(
            _ command: String, _ arguments: [String] = [], when: String? = nil,
            statuses: Set<Int32> = [0], hasLines: Bool = false
        ) {
            self.command = command
            self.arguments = arguments
            self.when = when
            self.statuses = statuses
            self.hasLines = hasLines
        }
    }

    @Test("A command has --json exactly if the table names the schema of what it prints")
    func table() {
        for command in CommandTable.commands {
            #expect(
                command.options.contains(.json) == !command.json.isEmpty,
                "\(command.name): add what it prints with --json to the table of commands")
            #expect(command.json.first?.when == nil, "\(command.name): the first is the usual one")
            #expect(command.json.dropFirst().allSatisfy { $0.when != nil }, "\(command.name)")
        }
    }

    @Test("schema names the kind of every command's document, and so does the interface")
    func list() async throws {
        let folder = FileManager.default.temporaryDirectory
        let text = try await BuiltProgram.run(["schema"], in: folder).output
        for command in CommandTable.shown where !command.json.isEmpty {
            let kinds = command.json.map(\.words).joined(separator: "; ")
            #expect(
                text.split(separator: "\n").contains {
                    $0.wholeMatch(
                        of: try! Regex(
                            "  \(command.name)  +\(NSRegularExpression.escapedPattern(for: kinds))")
                    )
                        != nil
                }, "\(command.name): \(text)")
        }
        let data = try await BuiltProgram.run(["help", "--json"], in: folder).output
        let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]
        let commands = object?["commands"] as? [[String: Any]] ?? []
        let named = commands.map {
            ($0["json"] as? [[String: String]] ?? []).map { $0["schema"] ?? "" }
        }
        #expect(named == CommandTable.shown.map { $0.json.map(\.schema.rawValue) })
    }

    /// Command lines for every document of the table, in an order in which each finds what it needs.
    private static let lines: [Line] = [
        Line("version"), Line("schema"), Line("help"), Line("explain", hasLines: true),
        Line("check"), Line("config"), Line("agents", hasLines: true),
        Line("agents", ["--count"], hasLines: true), Line("categories", hasLines: true),
        Line("categories", ["--count"], hasLines: true),
        Line(
            "plan",
            [
                "rows.csv", "--map", "assignee=map.csv", "--unmapped", "keep", "--where",
                "Note != drop", "--output", "plan.jsonl", "--window", "00:00-24:00",
            ], statuses: [3]),
        Line("plan show", ["plan.jsonl", "--rows"], statuses: [3]),
        Line(
            "plan edit", ["plan.jsonl", "--drop", "2", "--output", "smaller.jsonl"], statuses: [3]),
        Line("plan diff", ["plan.jsonl", "smaller.jsonl"], statuses: [10]),
        Line("plan diff", ["plan.jsonl", "other.jsonl"], statuses: [10]),
        Line("plan approve", ["plan.jsonl", "--note", "seen"]),
        Line("plan decline", ["smaller.jsonl"]),
        Line("plan show", ["plan.jsonl"], statuses: [3]),
        Line("apply", ["rows.csv", "--dry-run"], when: "--dry-run", statuses: [3]),
        Line(
            "apply",
            [
                "rows.csv", "--yes", "--map", "assignee=map.csv", "--run-dir", "runs/first",
                "--label", "first",
            ],
            statuses: [3]),
        Line("report", ["first"], hasLines: true), Line("lookups"),
        Line("export", ["--limit", "9"], hasLines: true),
        Line(
            "export",
            [
                "--limit", "9", "--set", "status=Resolved", "--unset", "assignee", "--columns",
                "ticketId,priority,category,assignee,tags,customer,csat,link,currentStatus",
            ], hasLines: true),
        Line("completions", ["zsh"]),
        Line("plan", ["rows.csv", "--shard", "1/2", "--output", "one.jsonl"], statuses: [0, 3]),
        Line("plan", ["rows.csv", "--shard", "2/2", "--output", "two.jsonl"], statuses: [0, 3]),
        Line("apply", ["one.jsonl", "--yes", "--run-dir", "runs/one"], statuses: [0, 3]),
        Line("apply", ["two.jsonl", "--yes", "--run-dir", "runs/two"], statuses: [0, 3]),
        Line("report merge", ["runs/one", "runs/two"], hasLines: true),
        Line("runs"), Line("runs show", ["first"]), Line("runs find", ["TICKET"]),
        Line("verify", ["first"]),
        Line("retry", ["first", "--dry-run"], when: "--dry-run, --output", statuses: [0, 3]),
        Line("retry", ["first", "--yes"], statuses: [0, 3]),
        Line(
            "apply",
            ["moved.csv", "--yes", "--run-dir", "runs/second"]),
        Line("verify", ["first"], statuses: [3]),
        Line("undo", ["first", "--dry-run"], when: "--dry-run, --output", statuses: [0, 3]),
        Line("undo", ["first", "--yes"], statuses: [0, 3]),
        Line(
            "apply",
            [
                "third.csv", "--yes", "--run-dir", "runs/third", "--max-failures", "0",
                "--concurrency", "1", "--unread", "send",
            ], statuses: [5]),
        Line("undo", ["runs/third", "--yes", "--run-dir", "runs/undo"], statuses: [0, 3]),
        Line("resume", ["runs/third", "--dry-run"], when: "--dry-run"),
        Line(
            "resume", ["runs/third", "--yes", "--force", "--max-failures", "9"], statuses: [3]),
        Line("runs prune", ["--keep-last", "1"], statuses: [2]),
        Line("runs prune", ["--keep-last", "1", "--yes"]),
        Line("runs"),
        // There is nothing left to do.
        Line("apply", ["moved.csv", "--yes", "--run-dir", "runs/again"]),
        Line("apply", ["moved.csv", "--yes", "--run-dir", "runs/same"]),
        Line("retry", ["runs/same", "--dry-run"], when: "--dry-run, --output"),
        Line("retry", ["runs/same", "--yes"]),
        Line("undo", ["runs/same", "--dry-run"], when: "--dry-run, --output"),
        Line("undo", ["runs/same", "--yes"]),
        Line("sandbox", ["--init", "workspace.json"]),
        Line("sandbox", ["--init", "workspace.json", "--force"]),
    ]

    /// Rows of every kind, for the first lines of the table.
    private func prepare(_ rehearsal: Rehearsal) async throws -> String {
        let ids = rehearsal.sandbox.workspace.ticketIDs
        var rows = "ticketId,status,assignee,expectStatus,Note\n"
        for (index, id) in ids.prefix(8).enumerated() {
            rows += "\(id),\(index % 2 == 0 ? "Resolved" : "Pending"),theirs,,n\n"
        }
        rows += "\(ids[0]),Resolved,,,again\n\(ids[9]),Opne,Aad,,\n\(ids[10]),Open,,Spam,\n"
        rows += "\(ids[11]),Open,,,drop\n,Open,,,\nffffffffffffffffffffffff,Open,,,\n"
        try rehearsal.directory.write(rows, to: "rows.csv")
        try rehearsal.directory.write("from,to\ntheirs,Ben\n", to: "map.csv")
        try rehearsal.directory.write(
            "ticketId,status\n"
                + ids.prefix(3).map { "\($0),Waiting\n" }.joined(), to: "moved.csv")
        try rehearsal.directory.write(
            "ticketId,priority\n\(ids[0]),1\n\(ids[10]),3\nffffffffffffffffffffffff,1\n"
                + ids.dropFirst().prefix(9).enumerated()
                .map { "\($1),\($0 % 3 + 1)\n" }.joined(), to: "third.csv")
        let other = try await rehearsal.program(
            ["plan", "moved.csv", "--output", "other.jsonl"] + Rehearsal.wideQuota)
        #expect(other.status == 0, "\(other.errors)")
        return ids[0]
    }

    @Test("Every document of --json has the schema that the table names")
    func documents() async throws {
        try await Rehearsal.run { rehearsal in
            let ticket = try await prepare(rehearsal)
            var documents: [SchemaDocument] = []
            var seen: Set<String> = []
            for line in Self.lines {
                let command = try CommandTable.command(
                    of: line.command.split(separator: " ").map(String.init)
                ).command
                let output = try #require(
                    command.json.first { $0.when == line.when }, "\(line.command)")
                seen.insert("\(line.command) \(line.when ?? "")")
                var arguments = line.arguments.map { $0 == "TICKET" ? ticket : $0 }
                if command.options.contains(.runsDirectory) { arguments += ["--runs-dir", "runs"] }
                if command.options.contains(.quota), line.command != "sandbox" {
                    arguments += Rehearsal.wideQuota
                }
                let result = try await rehearsal.program(
                    line.command.split(separator: " ").map(String.init) + arguments + ["--json"])
                #expect(
                    line.statuses.contains(result.status),
                    "\(line.command) \(arguments): \(result.status) \(result.errors)")
                let texts =
                    line.hasLines
                    ? result.output.split(separator: "\n").map(String.init) : [result.output]
                #expect(!texts.contains(""), "\(line.command) \(arguments)")
                documents += texts.map { SchemaDocument(kind: output.schema, text: $0) }
            }
            let report = try await rehearsal.program([
                "report", "runs/third", "--format", "summary",
            ])
            documents.append(SchemaDocument(kind: .report, text: report.output))
            documents.append(try await sandbox(rehearsal))
            seen.insert("sandbox ")
            let all = CommandTable.shown.flatMap { command in
                command.json.map { "\(command.name) \($0.when ?? "")" }
            }
            #expect(seen == Set(all), "a document of the table is not tried")
            let counts = try await SchemaDocument.validate(documents)
            for kind in Self.kinds {
                #expect(counts[kind.rawValue, default: 0] > 0, "no valid \(kind.rawValue)")
            }
            let texts = documents.map(\.text)
            for member in [
                #""rows":["#, #""approvals":["#, #""schedule":{"#, #""suggestion":"#, #""map":"#,
                #""next":"#, #""undoneRow":"#, #""laterRuns":[{"#, #""notHolding":["#, #""is":{"#,
                #""isPruned" : true"#, #""of" : "#, #""listed":true"#, #""decision":"decline""#,
                #""onlyInA":"#, #""unusable_input""#,
            ] {
                #expect(texts.contains { $0.contains(member) }, "no document with \(member)")
            }
        }
    }

    /// The first line of a sandbox that a signal ends.
    private func sandbox(_ rehearsal: Rehearsal) async throws -> SchemaDocument {
        let result = try await Shell.paste(
            "exec 3< <(exec mava-bulk sandbox --json); read -r line <&3; kill -INT $!; printf '%s\\n' \"$line\"",
            in: rehearsal.directory)
        return SchemaDocument(kind: .sandbox, text: result.output)
    }
}
