import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Foundation
import MavaSandbox
import Testing

@Suite("Approvals of a saved plan on the command line", .timeLimit(.minutes(20)))
struct PlanApprovalTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    /// Saves the handover's plan as `plan.jsonl`.
    private func plan(_ rehearsal: Rehearsal) async throws {
        let result = try await rehearsal.program(
            ["plan", Self.file, "--output", "plan.jsonl"] + Rehearsal.wideQuota)
        #expect(result.status == 0)
    }

    private func apply(
        _ rehearsal: Rehearsal, _ more: [String], plan: String = "plan.jsonl", run: String = "run"
    ) async throws -> BuiltProgram.Result {
        try await rehearsal.program(
            ["apply", plan, "--yes", "--run-dir", run] + Rehearsal.wideQuota + more)
    }

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

    @Test(
        "An approval is written, shown by plan show, and counts where its author does not apply the plan"
    )
    func unsigned() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let approved = try await rehearsal.program([
                "plan", "approve", "plan.jsonl", "--note", "checked with Ben", "--expires", "2h",
            ])
            #expect(approved.status == 0)
            let who = ProcessOwner.loginAtHost
            #expect(approved.errors.hasPrefix("approved plan "))
            #expect(approved.errors.contains(" as \(who), not signed: plan.jsonl.approval.jsonl"))
            let line = try #require(
                try ApprovalFile.read(rehearsal.directory.file("plan.jsonl.approval.jsonl"))
            ).approvals[0]
            #expect(line.expires == line.at + 7_200_000)

            let until = CivilTime.iso8601(millisecondsSince1970: line.expires ?? 0)
            let notice = #"(not verified), until \#(until): "checked with Ben""#
            let text = try await rehearsal.program(["plan", "show", "plan.jsonl"])
            #expect(text.output.contains("\n  approved by \(who) just now \(notice)\n"))
            let markdown = try await rehearsal.program(["plan", "plan.jsonl", "--markdown"])
            #expect(markdown.output.contains("- Approved by `\(who)` at "))
            #expect(markdown.output.contains(", until \(until): `checked with Ben`\n"))
            _ = try await rehearsal.program(["plan", "show", "plan.jsonl", "--html", "plan.html"])
            let page = try rehearsal.directory.readText("plan.html")
            #expect(
                page.contains(
                    ", until <bdi>\(until)</bdi>: <bdi>checked with Ben</bdi></dd>"), "\(page)")
            let json = try await rehearsal.program(["plan", "show", "plan.jsonl", "--json"])
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
            let shown = try #require((object as? [String: Any])?["approvals"] as? [[String: Any]])
            #expect(shown.map { $0["who"] as? String } == [who])
            #expect(shown.map { $0["verified"] as? Bool } == [false])

            let own = try await apply(rehearsal, ["--require-approvals", "1"])
            #expect(own.status == 7)
            #expect(
                own.errors.contains("\(who) applies the plan, so their approval does not count"))
            #expect(rehearsal.puts == 0)
            try rename(rehearsal, from: who, to: "ada@desk")
            let two = try await apply(rehearsal, ["--require-approvals", "2"])
            #expect(two.status == 7)
            #expect(two.errors.contains("2 approvals are needed, and there is 1 (ada@desk (not "))
            let result = try await apply(rehearsal, ["--require-approvals", "1"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("  approved by ada@desk just now \(notice)\n"))
            #expect(result.errors.contains("approved by ada@desk (not verified)\n"))
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("The retry of a run that was approved needs approvals, too")
    func retried() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,priority\n695bcceb7807fc7b43c25a95,3\n" + "695bcceb7807fc7b43c25aff,3\n",
                to: "rows.csv")
            let saved = try await rehearsal.program([
                "plan", "rows.csv", "--output", "plan.jsonl", "--read", "never",
            ])
            #expect(saved.status == 0, "\(saved.errors)")
            #expect(try await rehearsal.program(["plan", "approve", "plan.jsonl"]).status == 0)
            try rename(rehearsal, from: ProcessOwner.loginAtHost, to: "ada@desk")
            let run = try await apply(
                rehearsal, ["--require-approvals", "1", "--on-conflict", "overwrite"])
            #expect(run.status == 3, "\(run.errors)")
            let refused = try await rehearsal.program(["retry", "run", "--yes"])
            #expect(refused.status == 7, "\(refused.errors)")
            #expect(refused.errors.contains("the run needed 1 approval, and so does its retry"))
            let nothing = try await rehearsal.program([
                "retry", "run", "--yes", "--code", "refused",
            ])
            #expect(nothing.status == 0, "\(nothing.errors)")
            let again = try await rehearsal.program(["retry", "run", "--output", "again.jsonl"])
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.errors.contains("1 approval needed: mava-bulk plan approve again.jsonl"))
            #expect(again.errors.contains("--require-approvals 1"), "\(again.errors)")
        }
    }

    private func rename(_ rehearsal: Rehearsal, from: String, to: String) throws {
        let name = "plan.jsonl.approval.jsonl"
        let text = try rehearsal.directory.readText(name)
        try rehearsal.directory.write(text.replacing(from, with: to), to: name)
    }

    @Test("A decline refuses the plan until its author approves it")
    func declined() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let decline = ["plan", "decline", "plan.jsonl", "--note", "wrong\u{1B}[2J agents"]
            #expect(try await rehearsal.program(decline).status == 0)
            let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"])
            let who = ProcessOwner.loginAtHost
            let time =
                /declined the plan at 20[-0-9T:.]+Z( \(just now\))?: "wrong\\u\{1B\}\[2J agents"/
            #expect(
                shown.output.contains("  ! \(who) declined the plan at ")
                    && shown.output.contains(time) && shown.output.contains("Z (just now): "))
            let kept = try await rehearsal.program(["plan", "show", "plan.jsonl", "--markdown"])
            #expect(
                !kept.output.contains("just now") && kept.output.contains("declined the plan at"))
            #expect(!shown.output.contains("mava-bulk apply"), "\(shown.output)")
            let refused = try await apply(rehearsal, ["--require-approvals", "1"])
            #expect(refused.status == 7)
            #expect(refused.errors.contains(time))
            #expect(!refused.errors.contains("\u{1B}"))
            #expect(try await rehearsal.program(["plan", "approve", "plan.jsonl"]).status == 0)
            try rename(rehearsal, from: ProcessOwner.loginAtHost, to: "ada@desk")
            #expect(try await apply(rehearsal, ["--require-approvals", "1"]).status == 0)
        }
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

    @Test("Approvals of a plan do not count for one that was edited from it")
    func edited() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            _ = try await rehearsal.program(["plan", "approve", "plan.jsonl"])
            _ = try await rehearsal.program(
                ["plan", "edit", "plan.jsonl", "--drop", "1", "--output", "edited.jsonl"])
            try FileManager.default.moveItem(
                atPath: rehearsal.directory.file("plan.jsonl.approval.jsonl"),
                toPath: rehearsal.directory.file("edited.jsonl.approval.jsonl"))
            let result = try await apply(
                rehearsal, ["--require-approvals", "1"], plan: "edited.jsonl")
            #expect(result.status == 7)
            #expect(result.errors.contains(", from which this one was edited"))
            #expect(rehearsal.puts == 0)
        }
    }

    @Test("A torn file is refused by apply and approve, and plan show says so")
    func torn() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            _ = try await rehearsal.program(["plan", "approve", "plan.jsonl"])
            let name = "plan.jsonl.approval.jsonl"
            let whole = try rehearsal.directory.readText(name)
            try rehearsal.directory.write(whole + whole.prefix(50), to: name)
            let said = "plan.jsonl.approval.jsonl:2: the last line was cut short"
            let applied = try await apply(rehearsal, ["--require-approvals", "1"])
            #expect(applied.status == 6)
            #expect(applied.errors.contains(said))
            let approved = try await rehearsal.program(["plan", "approve", "plan.jsonl"])
            #expect(approved.status == 6)
            let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"])
            #expect(shown.status == 0)
            #expect(shown.errors.contains("warning: " + said))
            // Approvals that are not asked for are not read.
            #expect(try await apply(rehearsal, []).status == 0)
        }
    }

    @Test("Wrong usage is refused, and says what is right")
    func usage() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let require = ["--require-approvals", "1"]
            let cases: [([String], Int32, String)] = [
                (["apply", Self.file, "--yes"] + require, 2, "mava-bulk plan approve plan.jsonl"),
                (["apply", "-", "--yes"] + require, 2, "--require-approvals is for a saved plan"),
                (["apply", "none.jsonl", "--yes"] + require, 6, "there is no such file"),
                (
                    ["apply", "plan.jsonl", "--yes", "--require-approvals", "0"], 2,
                    "takes a whole number from 1 to 100"
                ),
                (
                    ["apply", "plan.jsonl", "--yes", "--allowed-signers", "x"], 2,
                    "give --require-approvals N as well"
                ),
                (
                    ["apply", "plan.jsonl", "--yes", "--allowed-signers", "x"] + require, 6,
                    "x: there is no such file"
                ),
                (["plan", "approve", "plan.jsonl", "--expires", "30s"], 2, "from 1m to 366d"),
                (["plan", "approve", "plan.jsonl", "--expires", "367d"], 2, "from 1m to 366d"),
                (["plan", "approve", "none.jsonl"], 6, "there is no such file"),
                (["plan", "approve", Self.file], 6, "this is not a plan"),
                (
                    ["plan", "approve", "plan.jsonl", "--expect-plan", "00000000"], 6,
                    "was expected"
                ),
                (["plan", "decline", "plan.jsonl", "--expires", "1h"], 2, "no option --expires"),
                (["plan", "approve", "plan.jsonl", "--sign", "none"], 2, "there is no such key"),
                (
                    ["plan", "approve", "plan.jsonl", "--sign", "plan.jsonl"], 2,
                    "ssh-keygen could not sign with this key: "
                ),
            ]
            for (arguments, status, said) in cases {
                let result = try await rehearsal.program(arguments)
                #expect(result.status == status, "\(arguments): \(result.errors)")
                #expect(result.errors.contains(said), "\(arguments): \(result.errors)")
            }
            let missing = try await BuiltProgram.run(
                ["plan", "approve", "plan.jsonl", "--sign", "key"], in: rehearsal.folder,
                environment: ["PATH": "/nowhere:."])
            #expect(missing.status == 2)
            #expect(missing.errors.contains("openssh-client"))
            #expect(!FilePath.isTaken(rehearsal.directory.file("plan.jsonl.approval.jsonl")))
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
