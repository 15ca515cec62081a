import BulkTestSupport
import Foundation
import Testing

@testable import mava_bulk

@Suite("Options of other tools")
struct ForeignOptionTests {
    private func parsed(_ line: String) throws -> ParsedArguments {
        let words = line.split(separator: " ").map(String.init)
        let (command, rest) = try CommandTable.command(of: words)
        return try ParsedArguments(command: command, arguments: rest)
    }

    @Test(
        "Options of other tools are answered with ours",
        arguments: [
            ("plan f --api-key k", "--api-key-file"), ("agents --token k", "--api-key-file"),
            ("plan show p --token k", "see `mava-bulk help plan show`"),
            ("apply f --force", "--yes"), ("agents --force", "nothing to force"),
            ("apply f -f", "--yes"), ("apply f --auto-approve", "--yes"),
            ("plan f --dry-run", "mava-bulk plan"), ("export -n", "mava-bulk plan"),
            ("apply f --check", "--dry-run"), ("plan f --debug", "--verbose"),
            ("plan show p --verbose", "plan show has no option --verbose"),
            ("plan f --silent", "--quiet"), ("plan f --url u", "--base-url"),
            ("plan --file f", "the input is named without an option: `mava-bulk plan FILE`"),
            ("plan show --input f", "named without an option: `mava-bulk plan show PLAN`"),
            ("export --file f", "use --output FILE to write to a file"),
            ("export --agent Ada", "use --assignee AGENT"),
            ("export --fields id", "use --columns COLUMNS"), ("plan f --fields x", "use --only"),
            ("export --csv", "use --format csv"), ("apply f --out x", "--run-dir DIR"),
            ("apply f -o x", "--run-dir DIR"), ("apply f --report x", "--run-dir DIR"),
            ("plan f --output-format json", "--json"),
            ("export --output-format json", "--format csv|jsonl"), ("plan f --rate 1", "--quota"),
            ("apply f --jobs 4", "--concurrency"),
            ("apply f --retries 4", "updates are repeated until --give-up-after"),
            ("plan f --retries 4", "an outage is waited for until --give-up-after TIME"),
            ("plan f --filter x", "--where"), ("plan f --insecure", "--ca-file"),
            ("plan f --no-color", "--color never"), ("agents -o x", "> FILE"),
            ("plan f --version", "mava-bulk --version"),
            ("plan f -output x", "did you mean --output?"),
            ("plan f -jsn", "did you mean --json?"), ("plan f -z", "plan has no option -z"),
            ("runs -n 2", "use --limit N"),
            ("runs find t -n", "apply, resume, undo and retry send"),
            ("runs prune -n", "asks first"), ("resume --last", "mava-bulk resume last"),
            ("plan edit p --where x", "did you mean --drop-where or --keep-where?"),
            ("plan edit p --filter x", "use --keep-where CONDITION or --drop-where CONDITION"),
            ("export --canary 3", "no option --canary; apply, resume, undo and retry have it; see"),
            ("plan show p --Drop 3", "plan edit has it"),
            ("plan f -q=1", "is a switch"), ("plan f --outptu x", "did you mean --output?"),
        ])
    func foreign(line: String, said: String) {
        let error = #expect(throws: CommandFailure.self) { try parsed(line) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test(
        "An option is no value of the option before it, and a condition is one argument",
        arguments: [
            (
                ["apply", "a.csv", "--yes", "--label", "--dry-run"],
                "`--dry-run` is an option, and as a value it is written `--label=--dry-run`"
            ),
            (["undo", "run", "--yes", "--run-dir", "-n"], "written `--run-dir=-n`"),
            (["export", "--where", "--set", "status=Open"], "--where needs a value: CONDITION"),
            (["export", "-o", "--force"], "written `--output=--force`"),
            (["apply", "a.csv", "--yes", "--label", "--"], "--label needs a value"),
            (["apply", "a.csv", "--yes", "--label", "-qn"], "written `--label=-qn`"),
            (["plan", "a.csv", "--label", "--set=x"], "as a value it is written `--label=--set`"),
            (["export", "--older", "2026-01-01"], "--until 2026-01-01 takes a date"),
            (["export", "--idle", "2026-01-01"], "--where 'updatedAt < 2026-01-01' takes a date"),
            (["export", "--status", "Open,Waiting"], "give the option once for each"),
            (["plan", "a.csv", "b.csv", "and"], "plan takes FILE"),
            (["plan", "a.csv", "--where", "Region", "=", "EMEA"], "in single quotes"),
            (["export", "--where", "status", "=", "Open"], "in single quotes"),
        ])
    func swallowed(arguments: [String], said: String) async throws {
        let result = try await BuiltProgram.run(
            arguments, in: FileManager.default.temporaryDirectory,
            environment: ["MAVA_API_KEY": "k"])
        #expect(result.status == 2)
        #expect(result.errors.contains(said), "\(result.errors)")
        #expect(result.output.isEmpty)
    }
}
