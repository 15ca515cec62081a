import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Foundation
import MavaSandbox
import Testing

extension PlanApprovalTests {
    /// Makes SSH keys in the directory, and a line of allowed signers for each.
    private func keys(_ rehearsal: Rehearsal, _ names: [String]) throws -> [String: String] {
        var lines: [String: String] = [:]
        for name in names {
            let made = try ChildProgram(
                "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", "./" + name],
                in: rehearsal.directory.path
            ).wait()
            #expect(made.status == 0)
            let key = try rehearsal.directory.readText(name + ".pub")
            lines[name] = key.split(separator: " ").prefix(2).joined(separator: " ")
                .trimmingCharacters(in: .newlines)
        }
        return lines
    }

    @Test("Signatures of allowed signers count, and everything else is named")
    func signed() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let keys = try keys(rehearsal, ["ada", "-ben", "mallory", "git", "any", "all"])
            try rehearsal.directory.write(
                """
                ada@example.com,ada \(keys["ada"]!)
                -ben@example.com \(keys["-ben"]!)
                git@example.com namespaces="git" \(keys["git"]!)
                *@example.com \(keys["any"]!)
                \((1...17).map { "\($0)@example.com" }.joined(separator: ",")) \(keys["all"]!)

                """, to: "-signers")
            let approve = ["plan", "approve", "plan.jsonl"]
            for key in ["ada", "ada", "-ben", "mallory", "git", "any", "all"] {
                let result = try await rehearsal.program(approve + ["--sign", key])
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.contains(", signed: "))
            }
            #expect(try await rehearsal.program(approve).status == 0)
            let show = ["plan", "show", "plan.jsonl"]
            let unchecked = try await rehearsal.program(show)
            #expect(
                unchecked.output.contains(
                    "7 signed decisions are by 1 name: --allowed-signers FILE tells people apart"),
                "\(unchecked.output)")
            let checked = try await rehearsal.program(show + ["--allowed-signers", "-signers"])
            for name in ["ada@example.com", "-ben@example.com"] {
                #expect(checked.output.contains("  approved by \(name) just now, until 20"))
            }
            #expect(checked.output.contains("--require-approvals 2"), "\(checked.output)")
            let required = ["--allowed-signers", "-signers", "--require-approvals"]
            let three = try await apply(rehearsal, required + ["3"])
            #expect(three.status == 7)
            for said in [
                "3 approvals are needed, and there are 2 (ada@example.com, -ben@example.com): ",
                "its key is not an allowed signer's (No principal matched.)",
                #"namespace "mava-bulk""#, "a pattern of names, which names no person",
                "does not count: its key has more than 16 principals", "is not signed; nothing",
            ] { #expect(three.errors.contains(said), "\(said): \(three.errors)") }
            let own = try await apply(rehearsal, required + ["2", "--applied-by", "ADA"])
            #expect(own.status == 7)
            #expect(own.errors.contains("ada@example.com applies the plan"))
            let result = try await apply(rehearsal, required + ["2"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("approved by ada@example.com, -ben@example.com\n"))
            let summary = try rehearsal.directory.readText("run/summary.json")
            #expect(summary.contains(#""verified" : true"#))
            #expect(try rehearsal.leftovers().filter { $0.hasPrefix("mava-bulk-") } == [])
        }
    }

    @Test("A key on several lines has the principals of all of them")
    func severalLines() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let keys = try keys(rehearsal, ["ada", "cleo"])
            try rehearsal.directory.write(
                """
                ada@example.com \(keys["ada"]!)
                # the same person's other address
                bob@example.com \(keys["cleo"]!)
                  "bob@example.com" \(keys["ada"]!)
                git@example.com namespaces="git" \(keys["ada"]!)

                """, to: "signers")
            let signed = try await rehearsal.program([
                "plan", "approve", "plan.jsonl", "--sign", "ada",
            ])
            #expect(signed.status == 0, "\(signed.errors)")
            let required = ["--allowed-signers", "signers", "--require-approvals", "1"]
            for name in ["ada@example.com", "bob@example.com", "git@example.com"] {
                let own = try await apply(rehearsal, required + ["--applied-by", name])
                #expect(own.status == 7, "\(name) \(own.errors)")
            }
            #expect(rehearsal.puts == 0)
            let other = try await apply(rehearsal, required + ["--applied-by", "cleo"])
            #expect(other.status == 0, "\(other.errors)")
        }
    }

    @Test("A signature covers every member of its line")
    func altered() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let keys = try keys(rehearsal, ["ada"])
            try rehearsal.directory.write("ada@example.com \(keys["ada"]!)\n", to: "signers")
            let sign = ["--sign", "ada", "--note", "only on Monday"]
            _ = try await rehearsal.program(["plan", "approve", "plan.jsonl"] + sign)
            _ = try await rehearsal.program(["plan", "decline", "plan.jsonl"] + sign)
            let path = rehearsal.directory.file("plan.jsonl.approval.jsonl")
            let (approve, decline) = try {
                let both = try #require(try ApprovalFile.read(path)).approvals
                return (both[0], both[1])
            }()
            let changes: [(inout PlanApproval) -> Void] = [
                { $0.note = "" }, { $0.who = "ben" }, { $0.at += 1 }, { $0.expires! += 86_400_000 },
                { $0.signature = decline.signature },
            ]
            for change in changes {
                var altered = approve
                change(&altered)
                try rehearsal.directory.write(altered.line + [10], to: "plan.jsonl.approval.jsonl")
                let result = try await apply(
                    rehearsal, ["--require-approvals", "1", "--allowed-signers", "signers"])
                #expect(result.status == 7)
                #expect(result.errors.contains("incorrect signature"), "\(result.errors)")
            }
            try rehearsal.directory.write(
                approve.line + [10] + decline.line + [10], to: "plan.jsonl.approval.jsonl")
            let declined = try await apply(
                rehearsal, ["--require-approvals", "1", "--allowed-signers", "signers"])
            #expect(declined.errors.contains("ada@example.com declined the plan"))
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("ssh-keygen gets no API key")
    func environment() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let tools = rehearsal.directory.file("tools")
            mkdir(tools, 0o700)
            try rehearsal.directory.write("#!/bin/sh\nenv >seen\nexit 1\n", to: "tools/ssh-keygen")
            chmod(tools + "/ssh-keygen", 0o700)
            try rehearsal.directory.write("", to: "key")
            var environment = rehearsal.environment
            environment["PATH"] = tools + ":/usr/bin:/bin"
            let result = try await BuiltProgram.run(
                ["plan", "approve", "plan.jsonl", "--sign", "key"], in: rehearsal.folder,
                environment: environment)
            #expect(result.status == 2)
            #expect(result.errors.contains("exit code 1"))
            let seen = try rehearsal.directory.readText("seen")
            #expect(seen.contains("HOME="))
            #expect(!seen.contains("MAVA_") && !seen.contains(rehearsal.sandbox.apiKeys[0]))
        }
    }
}
