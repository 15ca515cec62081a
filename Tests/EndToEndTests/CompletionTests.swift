import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("Completions in the shells themselves", .timeLimit(.minutes(20)))
struct CompletionTests {
    /// What is completed: the words before the cursor, and words that are offered and not offered.
    private static let cases: [(words: [String], offered: [String], not: [String])] = [
        (["check", "--profiles", "acme,g"], ["acme,globex"], ["globex", "acme,acme"]),
        (["pl"], ["plan"], ["apply", "plan show"]),
        ([""], ["plan", "apply", "explain"], ["__complete"]),
        (["plan", "sh"], ["show"], ["edit"]),
        (["plan", ""], ["show", "edit", "diff", "rows.csv"], []),
        (["apply", "ro"], ["rows.csv"], []),
        (["apply", "--dr"], ["--dry-run", "--drain"], ["--drop"]),
        (["plan", "edit", "--drop-w"], ["--drop-where"], ["--dry-run"]),
        (["plan", "--read", "al"], ["always"], ["never", "rows.csv"]),
        (["apply", "--on-conflict", ""], ["skip", "overwrite", "stop"], ["rows.csv"]),
        (["plan", "--output", "ro"], ["rows.csv"], []),
        (["plan", "-o", "ro"], ["rows.csv"], []),
        (["resume", "mava"], ["mava-bulk-runs/20260101T000000Z-aaaaaaaa"], ["rows.csv"]),
        (["explain", "agent_u"], ["agent_unknown"], ["agent_ambiguous"]),
        (["completions", ""], ["bash", "zsh", "fish"], ["rows.csv"]),
        (["schema", ""], ["guards"], ["rows.csv"]),
        (["help", "ex"], ["export", "exit-codes", "explain"], ["plan"]),
        (["agents", "--map", "--j"], ["--json"], []),
        (["plan", "--limit", ""], [], ["rows.csv", "show"]),
        (["report", "last", "--format", ""], ["failed", "markdown"], ["rows.csv"]),
        (["export", "--format", ""], ["csv", "jsonl"], ["failed"]),
        (["export", "--status", "P"], ["Pending"], ["Open", "rows.csv"]),
        (["retry", "last", "--outcome", "un"], ["unknown", "unsent"], ["failed"]),
        (["resume", "la"], ["last"], ["rows.csv"]),
        (["runs", "show", "2"], ["20260101T000000Z-aaaaaaaa"], ["last", "rows.csv"]),
        (["help", "plan", ""], ["show", "edit"], ["agents", "input"]),
        (["schema", "guards", ""], [], ["guards"]),
        (["undo", "last", "-o", "ro"], ["rows.csv"], ["last"]),
        (["--"], ["--help", "--version"], ["plan"]),
        (["export", "--assignee", "Ad"], ["Ada"], ["Twin", "rows.csv"]),
        (["export", "--assignee", "un"], ["unassigned"], ["Ada"]),
        (["export", "--category", "L"], ["Legal"], ["Billing", "rows.csv"]),
        (["agents", "--profile", "ac"], ["acme"], ["globex"]),
        (["plan", "--unset", ""], ["assignee"], ["status", "priority", "category", "rows.csv"]),
        (["export", "--unset", ""], ["assignee"], ["status", "rows.csv"]),
        (["plan", "--encoding", ""], ["utf-8", "latin1"], ["rows.csv"]),
        (["export", "--csat", ""], ["1", "5", "no-rating"], ["rows.csv"]),
        (["export", "--columns", "ti"], ["ticketId"], ["status", "rows.csv"]),
        (["export", "--columns", "ticketId,st"], ["ticketId,status"], ["ticketId,ticketId"]),
        (["plan", "--only", "status,as"], ["status,assignee"], ["status,status", "rows.csv"]),
        (["apply", "--on", "fi"], ["finished="], ["started=", "rows.csv"]),
        (["plan", "--set", ""], ["status=", "assignee="], ["rows.csv"]),
        (["export", "--set", "pri"], ["priority="], ["status="]),
        (["plan", "--default", "ca"], ["category="], ["rows.csv"]),
        (["plan", "--waive", "max-changes"], ["max-changes="], ["rows.csv"]),
        (["plan", "rows.csv", "--map", "as"], ["assignee="], ["rows.csv"]),
        (["runs", "show", "we"], ["weekly"], ["last"]),
        (
            ["export", "--lookups", "other.json", "--assignee", "Z"], ["Zoe"],
            ["Ada", "unassigned"]
        ),
    ]

    /// A shell that is never answered ends by itself.
    private static let terminal = ["TERM": "xterm", "TMOUT": "60"]

    /// A file as `lookups --output` writes it.
    private static func lookups(
        _ agents: [(name: String, email: String?)], _ categories: [String]
    ) -> String {
        let agents = agents.enumerated().map { index, agent in
            let email = agent.email.map { #","email":"\#($0)""# } ?? ""
            return #"{"id":"a\#(index)","username":"\#(agent.name)"\#(email)}"#
        }
        let names = categories.map { #"{"id":"c","name":"\#($0)"}"# }
        return
            #"{"format":"mava-bulk-lookups","version":1,"agents":[\#(agents.joined(separator: ","))],"#
            + #""categories":[\#(names.joined(separator: ","))]}"#
    }

    private static func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write("id,status\n", to: "rows.csv")
        try directory.write(
            lookups(
                [
                    ("Ada", "ada@acme.example"), ("Bo Li", nil), ("Twin", nil),
                    ("Twin", "t2@acme.example"),
                ],
                ["Legal", "Billing"]), to: "lookups.json")
        try directory.write(lookups([("Zoe", nil)], []), to: "other.json")
        try directory.write(
            #"{"version":1,"profiles":{"acme":{},"globex":{}}}"#, to: ".mava-bulk.json")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: directory.file(".mava-bulk.json"))
        try FileManager.default.createDirectory(
            atPath: directory.file("mava-bulk-runs/20260101T000000Z-aaaaaaaa"),
            withIntermediateDirectories: true)
        // The label is what its run's settings say.
        try directory.write(
            #"{"format":"mava-bulk-run","version":1,"label":"weekly"}"#,
            to: "mava-bulk-runs/20260101T000000Z-aaaaaaaa/run.json")
        return directory
    }

    private func check(
        _ words: [String], _ offered: [String], _ not: [String], _ result: BuiltProgram.Result
    ) {
        let lines = result.output.split(separator: "\n").map { line in
            let word = line.prefix { $0 != "\t" }
            return String(word.hasSuffix("/") ? word.dropLast() : word)
        }
        #expect(result.errors.isEmpty, "\(words): \(result.errors)")
        for word in offered { #expect(lines.contains(word), "\(words): \(lines)") }
        for word in not { #expect(!lines.contains(word), "\(words): \(lines)") }
    }

    @Test("bash")
    func bash() async throws {
        let directory = try Self.directory()
        let joined = (words: ["plan", "--read", "=", "al"], offered: ["always"], not: ["never"])
        let map = (
            words: ["plan", "rows.csv", "--map", "assignee", "=", "ro"], offered: ["rows.csv"],
            not: [String]()
        )
        let value = (
            words: ["plan", "--set", "status", "=", ""], offered: [String](),
            not: ["rows.csv", "status=", "show"]
        )
        let joinedValue = (
            words: ["plan", "--set", "=", "status", "=", "ro"], offered: [String](),
            not: ["rows.csv"]
        )
        let joinedMap = (
            words: ["plan", "--map", "=", "assignee", "=", "ro"], offered: ["rows.csv"],
            not: [String]()
        )
        let empty = (
            words: ["plan", "--read", "="], offered: ["always", "never"], not: ["rows.csv"]
        )
        for (words, offered, not) in Self.cases + [
            joined, map, value, joinedValue, joinedMap, empty,
        ] {
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            let result = try await Shell.paste(
                """
                compopt() { :; }
                source <(mava-bulk completions bash)
                COMP_WORDS=(mava-bulk \(quoted)); COMP_CWORD=\(words.count); _mava_bulk
                printf '%s\\n' "${COMPREPLY[@]}"
                """, in: directory)
            check(words, offered, not, result)
        }
    }

    @Test("bash runs nothing that is in a name, and quotes what needs it")
    func bashNames() async throws {
        let directory = try Self.directory()
        let names = ["$(touch made)", "`touch made`", "a;touch made", "two words"]
        for name in names {
            try FileManager.default.createDirectory(
                atPath: directory.file("mava-bulk-runs/\(name)"), withIntermediateDirectories: true)
            try directory.write("{}", to: "mava-bulk-runs/\(name)/run.json")
        }
        for command in ["resume", "undo", "runs show", "verify"] {
            let words = command.split(separator: " ")
            let result = try await Shell.paste(
                """
                source <(mava-bulk completions bash)
                COMP_WORDS=(mava-bulk \(command) ''); COMP_CWORD=\(words.count + 1); _mava_bulk
                printf '%s\\n' "${COMPREPLY[@]}"
                """, in: directory)
            #expect(result.output.contains(#"two\ words"#), "\(result.output) \(result.errors)")
            #expect(result.output.contains(#"\$\(touch\ made\)"#), "\(result.output)")
            #expect(!FileManager.default.fileExists(atPath: directory.file("made")))
        }
    }

    @Test("bash completes at the prompt, with blanks in the names of files")
    func bashPrompt() async throws {
        let directory = try Self.directory()
        try directory.write("id,status\n", to: "two words.csv")
        let environment = try Shell.environment(directory).merging(Self.terminal) { $1 }
        let result = try await PseudoTerminal.run(
            command: ["/bin/bash", "--norc", "-i"],
            [
                .keys("source <(mava-bulk completions bash); echo LOA''DED\n"), .wait("LOADED"),
                .keys("echo mava-bulk; mava-bulk completions fi\t | head -n 1\n"),
                .wait("# fish completion for mava-bulk"), .keys("mava-bulk plan tw\t"),
                .wait(#"two\ words.csv "#), .keys("\u{15}mava-bulk export --assignee Bo\t"),
                .wait(#"Bo\ Li "#), .keys("\u{15}exit\n"),
            ], in: URL(filePath: directory.path), environment: environment)
        #expect(result.status == 0)
    }

    @Test("fish")
    func fish() async throws {
        let directory = try Self.directory()
        let map = (
            words: ["plan", "rows.csv", "--map", "assignee=ro"], offered: ["assignee=rows.csv"],
            not: ["rows.csv"]
        )
        let value = (
            words: ["plan", "--set", "status=ro"], offered: [String](), not: ["status=rows.csv"]
        )
        for (words, offered, not) in Self.cases + [map, value] {
            let line = (["mava-bulk"] + words).joined(separator: " ")
            let result = try await Shell.paste(
                "mava-bulk completions fish | source; complete -C '\(line)'", in: directory,
                shell: ["/usr/bin/env", "fish", "--no-config", "-c"])
            check(words, offered, not, result)
        }
    }

    /// Prints the line as it is after a completion, and wipes it; the key is Ctrl-G.
    private static let shows =
        "bindkey -e; shows() { zle -I; print -r \"SHOWN:$BUFFER:\"; BUFFER= }; zle -N shows; bindkey '^G' shows"

    @Test(
        "zsh completes at the prompt, from a sourced script and from $fpath",
        arguments: [
            "autoload -U compinit; compinit -u -D; source <(mava-bulk completions zsh)",
            "mkdir f; mava-bulk completions zsh >f/_mava-bulk; fpath=($PWD/f $fpath); "
                + "autoload -U compinit; compinit -u -D",
        ])
    func zsh(load: String) async throws {
        let directory = try Self.directory()
        let environment = try Shell.environment(directory).merging(Self.terminal) { $1 }
        let steps: [(typed: String, shown: String)] = [
            ("pl", "plan "), ("plan sh", "plan show "),
            ("plan edit --drop-w", "plan edit --drop-where="),
            ("plan --read al", "plan --read always "), ("plan --read=al", "plan --read=always "),
            ("apply ro", "apply rows.csv "), ("plan -o ro", "plan -o rows.csv "),
            ("resume mava", "resume mava-bulk-runs/20260101T000000Z-aaaaaaaa "),
            ("explain agent_u", "explain agent_unknown "), ("completions z", "completions zsh "),
            ("schema g", "schema guards "), ("help exit", "help exit-codes "),
            ("plan rows.csv --map assignee=ro", "plan rows.csv --map assignee=rows.csv "),
            ("runs show 2", "runs show 20260101T000000Z-aaaaaaaa "), ("resume la", "resume last "),
            ("report last --format fa", "report last --format failed "),
            ("help plan sh", "help plan show "), ("schema guards g", "schema guards g"),
            ("--vers", "--version "), ("export --assignee Bo", #"export --assignee Bo\ Li "#),
            ("export --category Leg", "export --category Legal "),
            ("agents --profile gl", "agents --profile globex "),
            ("check --profiles acme,gl", "check --profiles acme,globex "),
            ("plan --set pri", "plan --set priority="),
            ("plan --unset a", "plan --unset assignee "),
            ("plan --set status=ro", "plan --set status=ro"),
            ("export --csat no", "export --csat no-rating "), ("runs show we", "runs show weekly "),
            ("plan --limit ro", "plan --limit ro"), ("agents --map --j", "agents --map --json "),
        ]
        // Several words are listed below the line.
        let lists: [(typed: String, shown: [String])] = [
            ("apply --on-conflict ", ["overwrite", "stop"]), ("apply --dr", ["--dry-run "]),
            ("plan ", ["diff ", "rows.csv"]),
        ]
        let result = try await PseudoTerminal.run(
            command: ["/usr/bin/env", "zsh", "-f", "-i"],
            [.keys("\(Self.shows); \(load); echo LOA''DED\n"), .wait("LOADED")]
                + steps.flatMap { typed, shown -> [PseudoTerminal.Step] in
                    [.keys("mava-bulk \(typed)\t\u{7}"), .wait("SHOWN:mava-bulk \(shown):")]
                }
                + lists.flatMap { typed, shown -> [PseudoTerminal.Step] in
                    [.keys("mava-bulk \(typed)\t")] + shown.map { .wait($0) } + [.keys("\u{7}")]
                } + [.keys("exit 7\n")],
            in: URL(filePath: directory.path), environment: environment)
        #expect(result.status == 7, "\(result.output)")
    }

    @Test(
        "The scripts are complete: every command, option and choice",
        arguments: ["bash", "zsh", "fish"])
    func scripts(shell: String) async throws {
        let directory = try TemporaryDirectory()
        let script = try await Shell.paste("mava-bulk completions \(shell)", in: directory)
        let same = try await Shell.paste(
            "mava-bulk --generate-completion-script \(shell)", in: directory)
        #expect(script.status == 0)
        #expect(same.output == script.output)
        for command in CommandTable.shown {
            #expect(script.output.contains(command.name))
            for option in command.specifications {
                let name = shell == "fish" ? "-l \(option.id.rawValue) " : option.name
                #expect(script.output.contains(name), "\(option.name)")
                if case .choice(let words) = option.argument {
                    #expect(script.output.contains(words.joined(separator: " ")))
                }
            }
        }
        let wrong = try await Shell.paste("mava-bulk completions powershell", in: directory)
        #expect(wrong.status == 2)
        #expect(wrong.errors.contains("bash, zsh, fish"))
    }

    @Test(
        "__complete lists what scripts ask for, and nothing for what it does not know",
        arguments: [
            ("commands", "plan show"), ("topics", "exit-codes"), ("codes", "agent_unknown"),
            ("schemas", "guards"), ("shells", "zsh"), ("options plan edit", "--drop-where"),
            ("options apply", "-y"), ("choices plan --read", "always"),
            ("choices plan edit --color", "never"),
            ("runs", "20260101T000000Z-aaaaaaaa"), ("runs", "last"),
            ("runs mava", "mava-bulk-runs/20260101T000000Z-aaaaaaaa"),
            ("topics '' help plan", "show"), ("agents", "Ada"), ("agents", "ada@acme.example"),
            ("agents '' export --lookups=other.json", "Zoe"), ("categories", "Billing"),
            ("profiles '' agents --profile", "globex"),
            ("profiles acme, check --profiles", "acme,globex"), ("columns", "ticketId"),
            ("columns ticketId, export --columns", "ticketId,status"), ("runs", "weekly"),
        ])
    func hook(kind: String, listed: String) async throws {
        let directory = try Self.directory()
        let result = try await Shell.paste("mava-bulk __complete \(kind)", in: directory)
        #expect(result.status == 0)
        #expect(
            result.output.split(separator: "\n").contains(Substring(listed)), "\(result.output)")
        for unknown in ["nothing", "options no such", "choices plan --output", "choices"] {
            let none = try await Shell.paste("mava-bulk __complete \(unknown)", in: directory)
            #expect(none.status == 0)
            #expect(none.output.isEmpty && none.errors.isEmpty)
        }
    }

    @Test(
        "Agents come from a file alone: none where it is damaged, missing or too long, and no request"
    )
    func agentsWithoutFile() async throws {
        try await Rehearsal.run { rehearsal in
            let directory = rehearsal.directory
            for (text, words) in [
                (nil, "unassigned\n"), ("{", "unassigned\n"),
                (#"{"format":"other"}"#, "unassigned\n"),
                (Self.lookups([("Ada", nil)], []), "unassigned\nAda\n"),
                (
                    Self.lookups([("Ada", nil)], [])
                        + String(repeating: " ", count: 4 << 20), "unassigned\n"
                ),
                (Self.lookups([(#"\u001B[31mEve\n"#, nil)], []), "unassigned\n"),
            ] {
                if let text { try directory.write(text, to: "lookups.json") }
                let result = try await rehearsal.program(["__complete", "agents"])
                #expect(result.status == 0)
                #expect(result.output == words)
            }
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }
}
