import BulkTestSupport
import Foundation
import Testing

@Suite("An existing file is replaced only by what it is already")
struct ReplacingTests {
    private static let rows = Rehearsal.sample("reassign/handover.csv")
    private static let sandbox = ["--sandbox", Rehearsal.sample("workspace.json")]

    private func run(
        _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(arguments, in: URL(filePath: directory.path))
    }

    @Test("a run's own plan is not replaced by another one, unless that is forced")
    func planOfRun() async throws {
        try await Rehearsal.run { rehearsal in
            let input = Rehearsal.sample("reassign/handover.csv")
            let first = try await rehearsal.program(
                ["apply", input, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota)
            #expect(first.status == 0, "\(first.errors)")
            let before = try rehearsal.directory.read("run/plan.jsonl")
            let refused = try await rehearsal.program(
                ["plan", input, "--output", "run/plan.jsonl"])
            #expect(refused.status == 2)
            #expect(refused.errors.contains("the plan of a run"), "\(refused.errors)")
            #expect(try rehearsal.directory.read("run/plan.jsonl") == before)
        }
    }

    @Test(
        "plan --output refuses a file that is no plan, and leaves it as it was",
        arguments: ["names,to\nAda,Ben\n", "", #"{"format":"other"}"#])
    func foreignFile(content: String) async throws {
        let directory = try TemporaryDirectory()
        try directory.write(content, to: "mapping.csv")
        let plan = ["plan", Self.rows, "--output", "mapping.csv"] + Self.sandbox
        let refused = try await run(plan, in: directory)
        #expect(refused.status == 2)
        #expect(refused.errors.contains("mapping.csv: this file exists and is not a saved plan"))
        #expect(refused.errors.contains("--force"))
        #expect(try directory.readText("mapping.csv") == content)
        #expect(try directory.names().filter { !$0.hasSuffix(".profraw") } == ["mapping.csv"])

        let forced = try await run(plan + ["--force"], in: directory)
        #expect(forced.status == 0)
        #expect(try directory.readText("mapping.csv").hasPrefix(#"{"format":"mava-bulk-plan""#))
        // From now on it is a plan.
        #expect(try await run(plan, in: directory).status == 0)
    }

    @Test("plan --force still refuses its own input")
    func ownInput() async throws {
        let directory = try TemporaryDirectory()
        let text = "ticketId,status\n695c76afd0e42018b77a9c2d,Resolved\n"
        try directory.write(text, to: "rows.csv")
        let result = try await run(
            ["plan", "rows.csv", "--output", "rows.csv", "--force"] + Self.sandbox, in: directory)
        #expect(result.status == 2)
        #expect(try directory.readText("rows.csv") == text)
    }

    @Test("sandbox --save refuses a file that is no workspace")
    func sandboxSave() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("mine\n", to: "notes.txt")
        let result = try await run(["sandbox", "--save", "notes.txt"], in: directory)
        #expect(result.status == 2)
        #expect(result.errors.contains("notes.txt exists and is not a workspace"))
        #expect(try directory.readText("notes.txt") == "mine\n")
    }
}
