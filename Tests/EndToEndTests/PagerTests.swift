import BulkTestSupport
import Foundation
import Testing

@Suite("The pager of long previews", .timeLimit(.minutes(20)))
struct PagerTests {
    /// Rows with so many columns without a meaning that the preview is longer than a screen of 40 lines.
    private func write(_ rehearsal: Rehearsal, columns: Int = 60) throws {
        let names = (1...columns).map { "Extra \($0)" }.joined(separator: ",")
        let blanks = String(repeating: ",", count: columns)
        try rehearsal.directory.write(
            "ticketId,priority,\(names)\n695bcceb7807fc7b43c25a95,3\(blanks)\n", to: "rows.csv")
        // It keeps what it is given, says that it ran, and needs no key to end.
        try rehearsal.directory.write("#!/bin/sh\ncat > seen\necho PAGER $#\n", to: "pager")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o700], ofItemAtPath: rehearsal.directory.path + "/pager")
    }

    private func environment(_ rehearsal: Rehearsal) -> [String: String] {
        ["TERM": "xterm", "MAVA_BULK_PAGER": rehearsal.directory.path + "/pager -a -b"]
    }

    @Test("A long preview goes through the pager, whole, and the question comes after it")
    func long() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let result = try await PseudoTerminal.run(
                ["apply", "rows.csv"] + Rehearsal.wideQuota,
                [.wait("PAGER 2"), .wait("Send 1 update? [y/N] "), .keys("n\n")], in: rehearsal,
                environment: environment(rehearsal))
            #expect(result.status == 7, "\(result.output)")
            #expect(!result.output.contains("Extra 59"))
            let seen = try rehearsal.directory.readText("seen")
            #expect(seen.contains("Extra 1\""), "\(seen)")
            #expect(seen.contains("Extra 60"), "\(seen)")
        }
    }

    @Test(
        "No pager for --no-pager, --no-input, an empty variable, a dumb terminal or a file",
        arguments: [
            (["--no-pager"], [:], ""), (["--no-input", "--dry-run"], [:], ""),
            ([], ["MAVA_BULK_PAGER": "", "PAGER": "pager"], ""), ([], ["TERM": "dumb"], ""),
            ([], [:], "| cat"), (["--rows"], [:], ""), (["--json"], [:], ""),
            ([], ["MAVA_BULK_PAGER": "/no/such/pager"], ""),
        ])
    func none(options: [String], variables: [String: String], redirection: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            let command = options.contains("--no-input") ? "apply" : "plan"
            let result = try await PseudoTerminal.run(
                [command, "rows.csv"] + options + Rehearsal.wideQuota, [], in: rehearsal,
                redirection: redirection,
                environment: environment(rehearsal).merging(variables) { $1 })
            #expect(result.status == 0, "\(result.output)")
            #expect(!result.output.contains("PAGER"), "\(result.output)")
            #expect(result.output.contains("Extra 1"), "\(result.output)")
            #expect(try !rehearsal.leftovers().contains("seen"))
        }
    }

    @Test("A question has its line below the preview, so that the first line stays on the screen")
    func question() async throws {
        try await Rehearsal.run { rehearsal in
            let apply = ["apply", "rows.csv"] + Rehearsal.wideQuota
            let keys: [PseudoTerminal.Step] = [.wait("Send 1 update? [y/N] "), .keys("n\n")]
            // A whole preview of 39 lines has room without a question alone.
            try write(rehearsal, columns: 10)
            let few = try await rehearsal.program(["plan", "rows.csv"] + Rehearsal.wideQuota)
            let lines = few.output.count { $0.isNewline }
            try write(rehearsal, columns: 10 + 41 - lines)
            let asked = try await PseudoTerminal.run(
                apply, [.wait("PAGER 2")] + keys, in: rehearsal,
                environment: environment(rehearsal))
            #expect(asked.status == 7, "\(asked.output)")
            let seen = try rehearsal.directory.readText("seen")
            #expect(seen.count { $0.isNewline } == 39, "\(seen)")
            // The terminal has 40 lines, and the question has one of them.
            try write(rehearsal, columns: 10 + 42 - lines)
            let cut = try await PseudoTerminal.run(
                apply, keys, in: rehearsal, environment: ["TERM": "xterm", "MAVA_BULK_PAGER": ""])
            let start = try #require(cut.output.range(of: "Plan ")).lowerBound
            let end = try #require(cut.output.range(of: "Send 1 update?")).lowerBound
            #expect(cut.output[start..<end].count { $0.isNewline } < 40, "\(cut.output)")
        }
    }

    @Test("A short preview needs no pager")
    func short() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal)
            try rehearsal.directory.write(
                "ticketId,priority\n695bcceb7807fc7b43c25a95,3\n", to: "rows.csv")
            let result = try await PseudoTerminal.run(
                ["plan", "rows.csv"] + Rehearsal.wideQuota, [], in: rehearsal,
                environment: environment(rehearsal))
            #expect(result.status == 0, "\(result.output)")
            #expect(!result.output.contains("PAGER"))
        }
    }
}
