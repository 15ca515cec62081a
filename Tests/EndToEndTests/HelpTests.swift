import BulkTestSupport
import Foundation
import Testing

@testable import mava_bulk

@Suite("Help", .timeLimit(.minutes(20)))
struct HelpTests {
    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws
        -> BuiltProgram.Result
    {
        try await BuiltProgram.run(
            arguments, in: FileManager.default.temporaryDirectory, environment: environment)
    }

    /// The command lines of a page's examples, as it prints them.
    private static func examples(in help: String) -> [String] {
        let section = help.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { $0 != "Examples" }.dropFirst().prefix { !$0.isEmpty }
        return section.split { $0.hasPrefix("  #") }.map { $0.joined(separator: "\n") }
    }

    static let commands = CommandTable.shown.map(\.name)

    @Test(
        "A command's help begins with its examples, and each works as printed", arguments: commands)
    func examples(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let help = try await run(["help"] + words)
        #expect(help.output.hasPrefix("Examples\n"))
        let examples = Self.examples(in: help.output)
        let specification = try CommandTable.command(command)
        #expect(!examples.isEmpty)
        #expect(examples.count == specification.examples.count)
        for example in examples {
            try await Rehearsal.run { rehearsal in
                try await prepare(rehearsal, for: example)
                let result = try await carryOut(example, rehearsal)
                // Two plans differ, and a ticket that does not exist fails again.
                let wanted: Int32 =
                    command == "plan diff" ? 10 : example.hasSuffix("retry last") ? 3 : 0
                #expect(result.status == wanted, "\(example): \(result.output) \(result.errors)")
            }
        }
    }

    /// Makes the files that an example reads.
    private func prepare(_ rehearsal: Rehearsal, for example: String) async throws {
        let rows = try String(
            contentsOfFile: Rehearsal.sample("reassign/handover.csv"), encoding: .utf8)
        try rehearsal.directory.write(rows, to: "handover.csv")
        let plan = ["plan", "handover.csv", "--output", "plan.jsonl"] + Rehearsal.wideQuota
        if example.contains(" plan.jsonl") { _ = try await rehearsal.program(plan) }
        if example.contains("plan diff") {
            _ = try await rehearsal.program([
                "plan", "edit", "plan.jsonl", "--drop", "5", "--output", "smaller.jsonl",
            ])
        }
        if example.contains(#/mava-bulk (verify|undo|retry|report)/#) {
            // The first row names no ticket, so that there is a row that failed.
            try rehearsal.directory.write(
                "ticketId,priority\nffffffffffffffffffffffff,1\n"
                    + rows.split(separator: "\n").dropFirst().prefix(8)
                    .map { $0.prefix { $0 != "," } + ",3\n" }.joined(),
                to: "rows.csv")
            let done = try await rehearsal.program(
                ["apply", "rows.csv", "--yes", "--unread", "send"] + Rehearsal.wideQuota)
            #expect([0, 3].contains(done.status), "\(done.errors)")
        }
        if example.contains("report merge") {
            for shard in 1...2 {
                let done = try await rehearsal.program(
                    [
                        "apply", "handover.csv", "--yes", "--shard", "\(shard)/2", "--run-dir",
                        "shard-\(shard)",
                    ] + Rehearsal.wideQuota)
                #expect(done.status == 0, "\(done.errors)")
            }
        }
        if example.contains(#/mava-bulk (resume|runs)/#) {
            let run = "mava-bulk-runs/20261122T201637Z-34a70fba"
            let began = try await rehearsal.program(
                [
                    "apply", "handover.csv", "--yes", "--run-dir", run, "--deadline",
                    "1ms",
                ] + Rehearsal.wideQuota)
            #expect(began.status == 5, "\(began.errors)")
            // Otherwise the run's own deadline would end the resumed run, too.
            let settings = try rehearsal.directory.readText("\(run)/run.json")
            try rehearsal.directory.write(
                settings.replacing("\"1ms\"", with: "\"600s\""), to: "\(run)/run.json")
        }
    }

    /// Runs an example; where it asks, the answer is yes, and a sandbox is ended once it serves.
    private func carryOut(
        _ example: String, _ rehearsal: Rehearsal
    ) async throws -> BuiltProgram.Result {
        let asks =
            example.contains(#/mava-bulk (apply|resume|undo|retry) /#)
            && !example.contains(#/--(yes|dry-run|output)|help/#)
        if asks {
            let environment = rehearsal.environment.merging(
                try Shell.environment(rehearsal.directory)
            ) { $1 }
            // The second question is that of a canary.
            let questions = example.contains("--canary") ? 2 : 1
            let yes: [PseudoTerminal.Step] = [.wait("[y/N] "), .keys("y\n")]
            return try await PseudoTerminal.run(
                command: ["/bin/bash", "-c", example],
                Array(repeating: yes, count: questions).flatMap(\.self),
                in: rehearsal.folder,
                environment: environment)
        }
        var line = example
        if example.contains("mava-bulk sandbox"), !example.contains("--init") {
            line =
                "exec 3< <(exec \(example)); read -r line <&3; kill -INT $!; [[ $line == http* ]]"
        }
        return try await Shell.paste(line, in: rehearsal.directory, rehearsal.environment)
    }

    @Test(
        "A narrow terminal: lines of options fit, and every line of a comment is one",
        arguments: commands)
    func narrow(command: String) throws {
        let specification = try CommandTable.command(command)
        let text = HelpText.page(of: specification).text(width: 40, isStyled: false)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let examples = lines.drop { $0 != "Examples" }.dropFirst().prefix { !$0.isEmpty }
        // Example lines are never cut within a value.
        for line in lines.dropFirst(examples.count + 1) { #expect(line.count <= 40, "\(line)") }
        let comments = examples.filter { $0.hasPrefix("  # ") }.map { $0.dropFirst(4) }
        #expect(
            comments.joined(separator: " ")
                == specification.examples.map(\.purpose).joined(separator: " "))
        #expect(comments.allSatisfy { $0.count <= 36 })
    }

    @Test("No command and `help` show three examples")
    func overview() async throws {
        let none = try await run([])
        #expect(none.status == 2)
        #expect(none.output.isEmpty)
        #expect(Self.examples(in: none.errors).count == 3)
        for arguments in [["help"], ["--help"], ["-h"]] {
            let help = try await run(arguments)
            #expect(help.status == 0)
            #expect(Self.examples(in: help.output).count == 3)
            for topic in HelpTopic.allCases { #expect(help.output.contains("  \(topic.rawValue)")) }
        }
    }

    @Test("Whatever else is written, --help and -h are help", arguments: commands)
    func always(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let help = try await run(["help"] + words)
        for more in [["--help"], ["-h"], ["--no-such-option", "-h"], ["x.csv", "y", "--help"]] {
            let result = try await run(words + more)
            #expect(result.status == 0)
            #expect(result.output == help.output)
        }
    }

    @Test(
        "Every option of a command is in its help, below its group's heading", arguments: commands)
    func options(command: String) throws {
        let specification = try CommandTable.command(command)
        let help = HelpText.page(of: specification).text(width: 80, isStyled: false)
        for (group, options) in specification.groups {
            #expect(help.contains("\n\(group.rawValue)\n"))
            for option in options { #expect(help.contains(option.usage)) }
        }
        #expect(specification.specifications.count == Set(specification.options).count)
        let letters = specification.specifications.compactMap(\.short)
        #expect(letters.count == Set(letters).count)
    }

    @Test("Every option is in the table once, and in a command")
    func table() {
        #expect(Set(OptionTable.specifications.keys) == Set(OptionID.allCases))
        let used = Set(CommandTable.commands.flatMap(\.options))
        #expect(used == Set(OptionID.allCases))
    }

    @Test("Help is wrapped to the width", arguments: [40, 59, 60, 80, 100])
    func width(columns: Int) {
        let pages =
            CommandTable.shown.map(HelpText.page) + HelpTopic.allCases.map(\.page)
            + [HelpText.overview, HelpText.first]
        for page in pages {
            let lines = page.text(width: columns, isStyled: false).split(separator: "\n")
            for line in lines where line.count > columns {
                // A name or a value that is longer than the line is never cut.
                let words = line.split(separator: " ").filter { !["#", "\\"].contains($0) }
                #expect(
                    words.count <= 3 || line.hasPrefix("  mava-bulk") || line.hasPrefix("  --")
                        || line.hasPrefix("      --"), "\(line)")
            }
            guard columns >= 80 else { continue }
            #expect(lines.allSatisfy { $0.count <= columns })
        }
    }

    @Test("On a terminal help has its width, and bold headings unless colour is refused")
    func terminal() async throws {
        try await Rehearsal.run { rehearsal in
            for (arguments, isBold) in [
                (["help", "apply", "--color", "always"], true),
                (["help", "apply", "--color", "never"], false), (["help", "apply"], false),
            ] {
                // The terminal is dumb, and 100 columns wide.
                let result = try await PseudoTerminal.run(arguments, [], in: rehearsal)
                #expect(result.output.contains("\u{1B}[1mSending\u{1B}[0m") == isBold)
                let longest = result.output.split(separator: "\r\n").map(\.count).max() ?? 0
                #expect((81...100).contains(longest), "\(longest)")
            }
        }
        let forced = try await run(["help", "apply"], ["CLICOLOR_FORCE": "1"])
        #expect(forced.output.contains("\u{1B}[1mExamples\u{1B}[0m"))
        let refused = try await run(["help", "apply"], ["NO_COLOR": "1", "TERM": "xterm"])
        #expect(!refused.output.contains("\u{1B}"))
    }

    @Test("Topics are pages of their own", arguments: HelpTopic.allCases)
    func topics(topic: HelpTopic) async throws {
        let result = try await run(["help", topic.rawValue])
        #expect(result.status == 0)
        #expect(result.output == topic.page.text(width: 80, isStyled: false))
    }

    @Test(
        "What cannot be helped says what was meant",
        arguments: [
            (["help", "aply"], "did you mean `apply`?"), (["help", "exit-code"], "exit-codes"),
            (["aply", "--help"], "did you mean `apply`?"),
            (["help", "--json", "--man"], "contradict"),
            (["help", "--json", "plan"], "leave out plan"),
        ])
    func wrong(arguments: [String], said: String) async throws {
        let result = try await run(arguments)
        #expect(result.status == 2)
        #expect(result.errors.contains(said), "\(result.errors)")
    }

    @Test("Every exit code is in the topic and on its page with the same number")
    func exitCodes() throws {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/exit-codes.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").compactMap {
            $0.firstMatch(of: /^\| ([0-9, ]+) \|/)?.1
        }
        let numbers = rows.flatMap { $0.split(separator: ", ").compactMap { Int32($0) } }
        #expect(numbers == ExitCode.allCases.map(\.rawValue))
    }

    @Test(
        "The topic documentation lists the pages for readers, and the documentation's index links each"
    )
    func documentation() throws {
        let folder = BuiltProgram.package.appending(path: "docs")
        let index = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        let listed = DocumentationPage.all.flatMap(\.pages)
        for page in listed {
            #expect(index.contains("](\(page.path.dropFirst("docs/".count)))"), "\(page.path)")
            for command in page.commands {
                #expect(CommandTable.commands.contains { $0.name == command }, "\(command)")
            }
        }
        let files = FileManager.default
        let pages =
            try files.contentsOfDirectory(atPath: folder.path).map { "docs/" + $0 }
            + files.contentsOfDirectory(atPath: folder.path + "/guides").map { "docs/guides/" + $0 }
        // The others are for contributors, or indexes.
        let others: Set = [
            "docs/README.md", "docs/guides/README.md", "docs/design.md", "docs/sanitizers.md",
        ]
        let wanted = Set(pages.filter { $0.hasSuffix(".md") }).subtracting(others)
        #expect(wanted == Set(listed.map(\.path)))
    }
}
