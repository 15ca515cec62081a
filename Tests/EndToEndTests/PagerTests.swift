import BulkTestSupport
import Foundation
import Testing

@Suite("The pager of long previews", .timeLimit(.minutes(20)))
struct PagerTests {
    /// Rows with so many columns without a meaning that the preview is longer than a screen of 40 lines.
    private func write(_ rehearsal: Rehearsal) throws {
        let names = (1...60).map { "Extra \($0)" }.joined(separator: ",")
        let blanks = String(repeating: ",", count: 60)
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
