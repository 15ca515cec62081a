import BulkPlan
import BulkSystem
import BulkTestSupport
import CLibrary
import Foundation
import MavaSandbox
import Testing

@Suite("Approvals of a saved plan on the command line", .timeLimit(.minutes(20)))
struct PlanApprovalTests {
    static let file = Rehearsal.sample("reassign/handover.csv")

    /// Saves the handover's plan as `plan.jsonl`.
    func plan(_ rehearsal: Rehearsal) async throws {
        let result = try await rehearsal.program(
            ["plan", Self.file, "--output", "plan.jsonl"] + Rehearsal.wideQuota)
        #expect(result.status == 0)
    }

    func apply(
        _ rehearsal: Rehearsal, _ more: [String], plan: String = "plan.jsonl", run: String = "run"
    ) async throws -> BuiltProgram.Result {
        try await rehearsal.program(
            ["apply", plan, "--yes", "--run-dir", run] + Rehearsal.wideQuota + more)
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

    @Test("The next command asks for the approvals that count where this person applies the plan")
    func own() async throws {
        try await Rehearsal.run { rehearsal in
            try await plan(rehearsal)
            let remark = "your own approval does not count where you apply the plan"
            for (others, needed) in [([], 1), (["ada@desk"], 1), (["ben@desk"], 2)] {
                for name in others as [String] {
                    try rename(rehearsal, from: ProcessOwner.loginAtHost, to: name)
                }
                #expect(try await rehearsal.program(["plan", "approve", "plan.jsonl"]).status == 0)
                let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"])
                #expect(shown.errors.contains(remark), "\(shown.errors)")
                #expect(shown.output.contains(" --require-approvals \(needed)\n"), "\(others)")
            }
            try rename(rehearsal, from: ProcessOwner.loginAtHost, to: "cleo@desk")
            let shown = try await rehearsal.program(["plan", "show", "plan.jsonl"])
            #expect(!shown.errors.contains(remark))
            #expect(shown.output.contains(" --require-approvals 3\n"))
        }
    }

    func rename(_ rehearsal: Rehearsal, from: String, to: String) throws {
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
}
