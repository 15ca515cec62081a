import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("How much of a plan is shown, and how long planning waits", .timeLimit(.minutes(20)))
struct PreviewTests {
    private static let handOver = Rehearsal.sample("reassign/handover.csv")
    private static let columns = (1...45).map { "extra\($0)" }

    /// Rows with 12 different changes, 45 unknown columns and 8 wrong statuses.
    private func writeCrowded(_ rehearsal: Rehearsal) throws {
        var text = "ticketId,status,priority," + Self.columns.joined(separator: ",") + "\n"
        let rest = String(repeating: ",x", count: Self.columns.count) + "\n"
        var number = 0
        func id() -> String {
            number += 1
            return "695c76afd0e42018b77a" + String(0x1000 + number, radix: 16)
        }
        for status in ["Open", "Resolved", "Pending", "Waiting"] {
            for priority in 1...3 { text += "\(id()),\(status),\(priority)" + rest }
        }
        for number in 1...8 { text += "\(id()),Wrong\(number),1" + rest }
        try rehearsal.directory.write(text, to: "it's rows.csv")
    }

    private func expectWhole(_ output: String) {
        for column in Self.columns { #expect(output.contains("\"\(column)\"")) }
        for number in 1...8 { #expect(output.contains("1 × \"Wrong\(number)\"")) }
        #expect(output.split(separator: "\n").count { $0.hasPrefix("  1 × status →") } == 12)
        #expect(!output.contains("smaller group") && !output.contains("more thing"))
        #expect(!output.contains("All of it"))
    }

    @Test("A preview that goes into a pipe leaves nothing out")
    func whole() async throws {
        try await Rehearsal.run { rehearsal in
            try writeCrowded(rehearsal)
            let result = try await rehearsal.program(["plan", "it's rows.csv", "--no-read"])
            #expect(result.status == 3)
            expectWhole(result.output)
            let applied = try await rehearsal.program([
                "apply", "it's rows.csv", "--no-read", "--yes", "--run-dir", "run",
            ])
            expectWhole(applied.output)
        }
    }

    @Test("On a terminal the last line is a command that shows the rest", arguments: [true, false])
    func rest(isSaved: Bool) async throws {
        try await Rehearsal.run { rehearsal in
            try writeCrowded(rehearsal)
            let plan = ["plan", "it's rows.csv", "--no-read"]
            let saving = plan + ["--output", "a plan.jsonl"]
            if isSaved { _ = try await rehearsal.program(saving) }
            let shown = try await PseudoTerminal.run(
                isSaved ? ["plan", "a plan.jsonl"] : plan, [], in: rehearsal)
            let lines = shown.output.split(whereSeparator: \.isNewline)
            // The terminal has 40 lines.
            #expect(lines.count <= 40)
            let last = String(try #require(lines.last))
            try #require(last.hasPrefix("All of it: mava-bulk plan "), "\(last)")
            let command = last.dropFirst("All of it: mava-bulk".count)
            let result = try await BuiltProgram.run(
                ["-c", "\"$0\"\(command)", BuiltProgram.executable.path], in: rehearsal.folder,
                environment: rehearsal.environment, executable: URL(filePath: "/bin/sh"))
            expectWhole(result.output)
        }
    }

    @Test("A preview that fits on the terminal says nothing of a rest")
    func fits() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,status\n695c76afd0e42018b77a9c2d,Resolved\n", to: "rows.csv")
            let shown = try await PseudoTerminal.run(["plan", "rows.csv"], [], in: rehearsal)
            #expect(shown.output.contains("Next: mava-bulk apply rows.csv"))
            #expect(!shown.output.contains("All of it"))
        }
    }

    @Test("Every row comes as a Markdown table and as JSON, from a file and from a saved plan")
    func rows() async throws {
        try await Rehearsal.run { rehearsal in
            let plan = ["plan", Self.handOver] + Rehearsal.wideQuota
            _ = try await rehearsal.program(plan + ["--output", "plan.jsonl"])
            for command in [plan, ["plan", "plan.jsonl"]] {
                let markdown = try await rehearsal.program(command + ["--markdown", "--rows"])
                let lines = markdown.output.split(separator: "\n")
                let head = try #require(
                    lines.firstIndex(of: "| row | line | ticket | outcome | change | note |"))
                #expect(lines[(head + 1)...].count { $0.hasPrefix("| ") } == 52)
                #expect(
                    lines[(head + 2)...].allSatisfy {
                        $0.replacing("\\|", with: "").count { $0 == "|" } == 7
                    })
                let json = try await rehearsal.program(command + ["--json", "--rows"])
                let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
                let rows = try #require((object as? [String: Any])?["rows"] as? [[String: Any]])
                #expect(rows.compactMap { $0["row"] as? Int } == Array(1...51))
                #expect(rows.allSatisfy { $0["do"] is String && $0["cells"] == nil })
                #expect(rows.contains { $0["before"] != nil && $0["after"] != nil })
            }
        }
    }

    @Test("An e-mail address in Markdown is no mention, and is written as it is")
    func mentions() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                """
                ticketId,assignedTo
                695c76afd0e42018b77a9c2d,Tomas
                695bcceb7807fc7b43c25a95,https://evil.example www.evil.example

                """, to: "rows.csv")
            let result = try await rehearsal.program(["plan", "rows.csv", "--markdown", "--rows"])
            #expect(result.output.contains("tomas@<!-- -->lumenpay.example"))
            // Nor does a bare address become a link.
            #expect(
                result.output.contains("https:<!-- -->//evil.example www.<!-- -->evil.example"),
                "\(result.output)")
            #expect(!result.output.contains("\\u{"))
        }
    }

    @Test(
        "Planning waits no longer than it may, and says what the server asks for",
        arguments: [["plan", "rows.csv"], ["apply", "rows.csv", "--yes"], ["agents"]])
    func patience(command: [String]) async throws {
        let quota = QuotaRule(limit: 1, window: .seconds(600))
        try await Rehearsal.run(quota: quota) { rehearsal in
            try rehearsal.directory.write(
                "ticketId,assignedTo\n695c76afd0e42018b77a9c2d,Grace\n", to: "rows.csv")
            let limits = ["--give-up-after", "2s", "--quota", "1000/1s"]
            // The first request is answered, the second one is beyond the quota.
            if command == ["agents"] { _ = try await rehearsal.program(["agents"] + limits) }
            let result = try await rehearsal.program(command + limits)
            #expect(result.status == 5)
            #expect(result.errors.contains("it asks to wait for 10 min"), "\(result.errors)")
            #expect(result.errors.contains("--give-up-after"), "\(result.errors)")
            #expect(rehearsal.puts == 0)
        }
    }
}
