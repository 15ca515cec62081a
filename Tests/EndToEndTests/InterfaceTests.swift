import BulkExecution
import BulkHistory
import BulkPlan
import BulkTestSupport
import Foundation
import Testing

@testable import mava_bulk

@Suite("The interface as data")
struct InterfaceTests {
    private static let page = "the interface changed: docs/generate writes this page again"

    private func run(_ arguments: [String]) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(arguments, in: FileManager.default.temporaryDirectory)
    }

    @Test(
        "The pages that the program makes are up to date",
        arguments: [
            ("docs/interface.json", ["help", "--json"]),
            ("docs/reference.md", ["help", "--markdown"]),
            ("docs/error-codes.md", ["explain", "--markdown"]),
        ]
            + JSONSchema.allCases.map {
                ("docs/schemas/\($0.rawValue).schema.json", ["schema", $0.rawValue])
            })
    func pages(path: String, arguments: [String]) async throws {
        let saved = try String(
            contentsOf: BuiltProgram.package.appending(path: path), encoding: .utf8)
        let printed = try await run(arguments).output
        let changed = Set(printed.split(separator: "\n"))
            .symmetricDifference(saved.split(separator: "\n"))
        #expect(printed == saved, "\(path): \(Self.page): \(changed.sorted())")
    }

    @Test("help --json is JSON that names every command and every option that it has")
    func json() async throws {
        let text = try await run(["help", "--json"]).output
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["format"] as? String == "mava-bulk-interface")
        #expect(object["version"] as? Int == 1)
        let commands = try #require(object["commands"] as? [[String: Any]])
        #expect(commands.map { $0["name"] as? String } == CommandTable.shown.map(\.name))
        for (command, specification) in zip(commands, CommandTable.shown) {
            let options = command["options"] as? [[String: Any]] ?? []
            #expect(
                options.map { $0["name"] as? String } == specification.specifications.map(\.name))
        }
        let codes = object["codes"] as? [[String: String]] ?? []
        #expect(codes.count == CodeExplanation.all.count)
    }

    @Test("Every code of the enums is explained once in its kind, with something to do")
    func codes() {
        for (kind, codes) in [
            (.row, RowIssue.Code.allCases.map(\.rawValue)),
            (.request, FailureCode.allCases.map(\.rawValue)),
            (.plan, PlanError.Code.allCases.map(\.rawValue)),
            (.approval, ApprovalError.Code.allCases.map(\.rawValue)),
            (.command, CommandErrorCode.allCases.map(\.rawValue)),
            (.merge, MergeError.Code.allCases.map(\.rawValue)),
            (.exit, ExitCode.allCases.map { "\($0.rawValue)" }),
            (.outcome, Outcome.allCases.map(\.rawValue)),
            (.stop, StopReason.Code.allCases.map(\.rawValue)),
            (.wait, WaitReason.allCases.map(EventFeed.name).filter { $0 != "paused" } + ["paused"]),
            (.event, RunEvent.Name.allCases.map(\.rawValue)),
            (.hook, HookEvent.allCases.map(\.rawValue)),
            (.notice, PlanSummary.Notice.Kind.allCases.map(\.rawValue)),
            (.runState, PastRun.State.allCases.map(\.rawValue)),
            (.kept, PrunePlan.Reason.Code.allCases.map(\.rawValue)),
            (.check, RowCheck.State.allCases.map(\.rawValue)),
        ] as [(CodeExplanation.Kind, [String])] {
            #expect(
                CodeExplanation.all.filter { $0.kind == kind }.map(\.code).sorted()
                    == codes.sorted())
        }
        #expect(Set(CodeExplanation.all.map(\.kind)) == Set(CodeExplanation.Kind.allCases))
        for code in CodeExplanation.all {
            for text in [code.meaning, code.remedy] {
                #expect(text.hasSuffix("."), "\(code.code)")
                #expect(text.first?.isLowercase == false || text.hasPrefix("`"), "\(code.code)")
            }
        }
    }

    @Test("Options and commands that a code's remedy names exist")
    func remedies() {
        for text in CodeExplanation.all.flatMap({ [$0.meaning, $0.remedy] }) {
            for match in text.matches(of: /--([a-z-]+)/) {
                let name = String(match.1)
                // `--detailed-exitcode` and others are options of some command.
                #expect(OptionID(rawValue: name) != nil, "\(text)")
            }
            for match in text.matches(of: /mava-bulk ([a-z]+)/) {
                #expect(throws: Never.self) { try CommandTable.command(String(match.1)) }
            }
        }
    }

    @Test(
        "explain says what happened and what to do",
        arguments: [
            ("agent_unknown", "mava-bulk agents"), ("AGENT_UNKNOWN", "mava-bulk agents"),
            ("3", "failed.csv"), ("not_sent", "Resume the run"), ("rows_changed", "plan edit"),
            ("refused", "server's own words"), ("window_closed", "--outside wait"),
            ("others", "--quota-share"), ("held", "--outcome held"), ("hello", "docs/events.md"),
            ("ai_hand_off", "cannot be taken back"), ("unusable_input", "unusable"),
            ("age_unknown", "when it ended"), ("moved", "something else"), ("resumable", "resume"),
        ])
    func explain(code: String, said: String) async throws {
        let result = try await run(["explain", code])
        #expect(result.status == 0)
        #expect(result.output.contains("what to do"))
        #expect(result.output.contains(said), "\(result.output)")
    }

    @Test("explain lists all codes, also as JSON, and names the closest one")
    func explainAll() async throws {
        let list = try await run(["explain"]).output
        for code in CodeExplanation.all { #expect(list.contains("  \(code.code)")) }
        let lines = try await run(["explain", "--json"]).output.split(separator: "\n")
        #expect(lines.count == CodeExplanation.all.count)
        for line in lines {
            let object =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?["remedy"] != nil)
        }
        let wrong = try await run(["explain", "agent_unknwon"])
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("did you mean `agent_unknown`?"))
    }

    @Test("An error about a plan names its code, and the command that explains it works")
    func plansCode() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("not a plan\n", to: "plan.jsonl")
        let refused = try await Shell.paste("mava-bulk plan show plan.jsonl", in: directory)
        #expect(refused.status == 6)
        let command = try #require(
            refused.errors.firstMatch(of: #/  more: (mava-bulk explain [a-z_]+)\n/#)?.1,
            "\(refused.errors)")
        #expect(command.hasSuffix(" not_a_plan"))
        let explained = try await Shell.paste(String(command), in: directory)
        #expect(explained.status == 0)
    }

    @Test("Commands that print data print JSON, too")
    func jsonOutput() async throws {
        func object(_ arguments: [String]) async throws -> [String: Any] {
            let output = try await run(arguments).output
            return try #require(
                try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }
        for arguments in [["--version", "--json"], ["version", "--json"], ["-V", "--json"]] {
            let version = try await object(arguments)
            #expect(version["name"] as? String == "mava-bulk")
            for (name, form) in [
                ("version", "[0-9]+[.][0-9]+[.][0-9]+"), ("libcurl", "[0-9]+[.][0-9]+[.][0-9]+.*"),
                ("platform", "(linux|macos)-(x86_64|arm64)"), ("build", "release|debug"),
            ] {
                let text = try #require(version[name] as? String, "\(name)")
                #expect(text.wholeMatch(of: try Regex(form)) != nil, "\(name): \(text)")
            }
        }
        #expect(try await run(["-V"]).output == run(["--version"]).output)
        let kinds = try await run(["schema", "--json"]).output
        #expect(kinds == JSONValue.texts(JSONSchema.allCases.map(\.rawValue)).line + "\n")
        let list = try await run(["schema"]).output
        for kind in JSONSchema.allCases { #expect(list.contains("\n  \(kind.rawValue)  ")) }
        #expect(try await object(["schema", "guards", "--json"])["$schema"] is String)
    }

    @Test("A manual page has the date that its packager sets, or else that of the version")
    func manualDate() async throws {
        let directory = try TemporaryDirectory()
        for (seconds, date) in [("86400", "1970-01-02"), ("x", "20\\d\\d-\\d\\d-\\d\\d")] {
            let result = try await Shell.paste(
                "mava-bulk help --man plan", in: directory, ["SOURCE_DATE_EPOCH": seconds])
            let pattern = try Regex("^\\.TH MAVA\\\\-BULK\\\\-PLAN 1 \"\(date)\" ")
            #expect(result.output.contains(pattern), "\(result.output.prefix(80))")
        }
    }

    @Test(
        "The manual pages have no mistake that mandoc finds", arguments: [""] + HelpTests.commands)
    func manual(command: String) async throws {
        let directory = try TemporaryDirectory()
        let result = try await Shell.paste(
            "mava-bulk help --man \(command) > page.1; mandoc -T lint -W warning page.1; mandoc -T ascii page.1",
            in: directory)
        #expect(result.errors.isEmpty, "\(result.errors)")
        // What lint says would come first.
        #expect(result.output.hasPrefix("MAVA-BULK"), "\(result.output.prefix(500))")
        #expect(result.output.contains("E\u{8}EX\u{8}XA\u{8}AM\u{8}MP\u{8}PL\u{8}LE\u{8}ES\u{8}S"))
    }

    @Test("Each of the thirty rules of the command line names suites and pages that exist")
    func rules() throws {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/command-line.md"),
            encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.wholeMatch(of: /\| \d+ \| .*/) != nil }
        #expect(rows.map { Int($0.split(separator: " ")[1]) } == (1...30).map { $0 })
        for row in rows {
            let suites = row.matches(of: /`(\w+Tests|\.ci\/[\w-]+)`/).map { String($0.1) }
            let pages = row.matches(of: /\]\(([\w.-]+)\)/).map { "docs/\($0.1)" }
            #expect(!suites.isEmpty || !pages.isEmpty, "\(row)")
            let files =
                suites.map { $0.hasPrefix(".") ? $0 : "Tests/EndToEndTests/\($0).swift" } + pages
            for file in files {
                let path = BuiltProgram.package.appending(path: file).path
                #expect(FileManager.default.fileExists(atPath: path), "\(row)")
            }
        }
    }
}
