import BulkExecution
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("Options as people write them", .timeLimit(.minutes(20)))
struct OptionFormTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    private func parsed(_ line: String) throws -> ParsedArguments {
        let words = line.split(separator: " ").map(String.init)
        let (command, rest) = try CommandTable.command(of: words)
        return try ParsedArguments(command: command, arguments: rest)
    }

    @Test(
        "Options that contradict each other, or take no such value, are a mistake of the command line"
    )
    func contradictions() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("from,to\nAda,Grace\n", to: "map.csv")
        for (line, said) in [
            ("plan - --map assignee=map.csv --map agent=map.csv", "--map names assignedTo twice"),
            ("plan - --delimiter \"", "--delimiter takes one ASCII character"),
            ("plan - --no-read --unread hold", "--unread hold and --no-read contradict"),
            ("apply - --read never --unread hold", "--unread hold and --read never contradict"),
        ] {
            let result = try await BuiltProgram.run(
                line.split(separator: " ").map(String.init), in: URL(filePath: directory.path),
                environment: ["MAVA_API_KEY": "k"])
            #expect(result.status == 2)
            #expect(result.errors.contains(said), "\(result.errors)")
        }
    }

    @Test(
        "Short forms mean the long ones",
        arguments: [
            ("apply f -y", "apply f --yes"), ("apply f -n -q", "apply f --dry-run --quiet"),
            ("apply f -nq", "apply f --dry-run --quiet"), ("plan f -o p", "plan f --output p"),
            ("plan f -op", "plan f --output p"), ("plan f -o=p", "plan f --output p"),
            ("plan f -qo p", "plan f --quiet --output p"), ("plan f -vqop", "plan f -v -q -o p"),
            ("plan -o show f", "plan f --output show"), ("plan -oshow show", "plan show -oshow"),
            ("export -v", "export --verbose"), ("undo last -o u", "undo last --output u"),
            ("retry last -ou", "retry last --output u"),
            ("verify last -o u", "verify last --output u"),
            ("report last -o u", "report last --output u"),
        ])
    func shortForms(short: String, long: String) throws {
        // `plan show` has no --output, so its line is refused in both forms.
        guard let expected = try? parsed(long) else {
            #expect(throws: CommandFailure.self) { try parsed(short) }
            return
        }
        let arguments = try parsed(short)
        #expect(arguments.command.name == expected.command.name)
        #expect(arguments.operands == expected.operands)
        #expect(arguments.values == expected.values)
    }

    @Test(
        "A wrong choice names the closest one",
        arguments: [
            ("plan f --read alwyas", "did you mean always?"),
            ("plan f --read Never", "did you mean never?"),
            ("apply f --on-conflict ovewrite", "did you mean overwrite?"),
            ("plan f --color", "takes auto or always or never"),
            ("plan f --on-duplicate zzz", "refuse or last, not `zzz`"),
        ])
    func choices(line: String, said: String) {
        let error = #expect(throws: CommandFailure.self) { try parsed(line) }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
    }

    @Test(
        "Durations are read as they are written",
        arguments: [
            ("30", 30_000), ("30s", 30_000), ("2h30m", 9_000_000), ("1.5h", 5_400_000),
            ("500ms", 500),
            ("1d", 86_400_000), ("0.5", 500), ("1m30s", 90_000), ("14d", 1_209_600_000),
            ("1w", 604_800_000),
        ])
    func durations(text: String, milliseconds: Int) throws {
        let arguments = try parsed("plan f --timeout \(text)")
        #expect(try arguments.duration(.timeout) == .milliseconds(milliseconds))
    }

    @Test(
        "What is no duration is refused",
        arguments: [
            ("2h30", "30 has no unit"), ("0", "a time from 1ms to 10y, not `0`"),
            ("h", "`h` is not a number"),
            ("1x", "`x` is not a unit (ms, s, m, h, d, w, y)"), ("-1s", "`-` is not a number"),
            ("1,5h", "`,` is not a unit"), ("0.0001s", "from 1ms to 10y, not `0.0001s`"),
            ("99999999999y", "too long"),
        ])
    func wrongDurations(text: String, reason: String) throws {
        let arguments = try parsed("plan f --timeout \(text)")
        let error = #expect(throws: CommandFailure.self) { try arguments.duration(.timeout) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(
        "Every option with a span of time takes the same forms, and says the same of others",
        arguments: [
            ("plan approve p --expires", OptionID.expires),
            ("runs prune --keep-within", .keepWithin),
            ("export --idle", .idle), ("export --older", .older),
        ])
    func spans(line: String, option: OptionID) async throws {
        let arguments = try parsed("\(line) 1.5h")
        #expect(try arguments.duration(option) == .seconds(5400))
        #expect(throws: CommandFailure.self) { try arguments.duration(option, from: "2h") }
        // Whether they are read by that parser, the program itself shows.
        for text in ["1.5x", "2h30"] {
            let result = try await BuiltProgram.run(
                "\(line) \(text)".split(separator: " ").map(String.init),
                in: FileManager.default.temporaryDirectory, environment: ["MAVA_API_KEY": "k"])
            #expect(result.status == 2)
            #expect(
                result.errors.contains("takes a time such as 30s, 2h30m, 1.5h or 14d"),
                "\(result.errors)")
        }
    }

    @Test(
        "A number alone is no age: it could be days as well as seconds",
        arguments: [
            "plan approve p --expires 30", "runs prune --keep-within 30", "export --idle 30",
        ])
    func ages(line: String) async throws {
        let result = try await BuiltProgram.run(
            line.split(separator: " ").map(String.init),
            in: FileManager.default.temporaryDirectory, environment: ["MAVA_API_KEY": "k"])
        #expect(result.status == 2)
        #expect(result.errors.contains("`30`: 30 has no unit"), "\(result.errors)")
    }

    @Test(
        "A quota's window is written as any other time",
        arguments: [
            ("90/1.5m", 90_000), ("90/2h30m", 9_000_000), ("90/1min", 60_000), ("10/500ms", 500),
            ("90/1d", 86_400_000),
        ])
    func windows(text: String, milliseconds: Int) throws {
        let quota = try CommandConnection.timetable(try parsed("plan f --quota \(text)")).quota
        #expect(quota.window == .milliseconds(milliseconds))
    }

    @Test(
        "Quotas and shares say the right form",
        arguments: [
            ("--quota 90/3", "write 90/3s for seconds"), ("--quota 90", "such as 90/30s"),
            ("--quota-share 50", "1/3, 40% or 0.5"), ("--quota-share 2/1", "1/3, 40% or 0.5"),
        ])
    func quotas(option: String, said: String) throws {
        let arguments = try parsed("plan f \(option)")
        let error = #expect(throws: CommandFailure.self) {
            try CommandConnection.timetable(arguments)
        }
        #expect(error?.message.contains(said) == true, "\(error?.message ?? "")")
        for share in ["1/2", "50%", "0.5"] {
            let quota = try CommandConnection.timetable(try parsed("plan f --quota-share \(share)"))
                .quota
            #expect(quota.share == 45)
        }
    }

    // MARK: Dry runs

    @Test(
        "apply --dry-run shows what plan shows, asks nothing and sends nothing",
        arguments: ["-n", "--dry-run"])
    func dryRun(option: String) async throws {
        try await Rehearsal.run { rehearsal in
            let plan = try await rehearsal.program(["plan", Self.file])
            let dry = try await rehearsal.program([
                "apply", Self.file, option, "--max-failures", "3",
            ])
            #expect(dry.status == 0, "\(dry.errors)")
            func steady(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter {
                    !$0.contains("finished about") && !$0.contains("mava-bulk apply")
                }
            }
            #expect(steady(dry.output) == steady(plan.output))
            #expect(
                dry.output.contains("mava-bulk apply \(Self.file) --max-failures 3"),
                "\(dry.output)")
            #expect(dry.errors.contains("dry run: nothing was sent"))
            #expect(rehearsal.puts == 0)
            let runs =
                (try? FileManager.default.contentsOfDirectory(
                    atPath: rehearsal.directory.file("mava-bulk-runs"))) ?? []
            #expect(runs.isEmpty)
        }
    }

    @Test("A saved plan is rehearsed against the tickets as they are now")
    func dryRunOfPlan() async throws {
        try await Rehearsal.run { rehearsal in
            let plan = rehearsal.directory.file("plan.jsonl")
            _ = try await rehearsal.program(["plan", Self.file, "--output", plan])
            _ = try await rehearsal.program(["apply", Self.file, "--yes"] + Rehearsal.wideQuota)
            let before = rehearsal.puts
            let dry = try await rehearsal.program([
                "apply", plan, "--dry-run", "--json", "--base-url", rehearsal.sandbox.address,
            ])
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(dry.output.hasPrefix("{"))
            #expect(rehearsal.puts == before)
            let refused = try await rehearsal.program([
                "apply", plan, "--dry-run", "--expect-plan", "0123456789",
            ])
            #expect(refused.status == 6)
            let guarded = try await rehearsal.program([
                "apply", Self.file, "--dry-run", "--max-changes", "0", "--read", "never",
            ])
            #expect(guarded.status == 7)
        }
    }

    @Test("resume --dry-run shows what is left and sends nothing")
    func dryResume() async throws {
        try await Rehearsal.run { rehearsal in
            let began = try await rehearsal.program(
                ["apply", Self.file, "--yes", "--run-dir", "run", "--deadline", "1ms"]
                    + Rehearsal.wideQuota)
            #expect(began.status == 5)
            let before = rehearsal.puts
            let dry = try await rehearsal.program(["resume", "run", "--dry-run"])
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(dry.output.contains("of 47 updates done"), "\(dry.output)")
            let json = try await rehearsal.program(["resume", "run", "-n", "--json"])
            let object =
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect(object?["updates"] as? Int == 47)
            #expect((object?["laterRuns"] as? [Any])?.isEmpty == true)
            #expect(rehearsal.puts == before)
            let rest = try await rehearsal.program(["resume", "run", "--yes", "--deadline", "10m"])
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    // MARK: More and less

    @Test("-q prints only the result of a run, and -v every request")
    func quietAndVerbose() async throws {
        try await Rehearsal.run { rehearsal in
            let quiet = try await rehearsal.program(
                ["apply", Self.file, "-yq"] + Rehearsal.wideQuota)
            #expect(quiet.status == 0)
            #expect(quiet.errors.isEmpty, "\(quiet.errors)")
            #expect(quiet.output.hasPrefix("51 rows: 47 updated"), "\(quiet.output)")
            #expect(quiet.output.split(separator: "\n").count == 1)
            let verbose = try await rehearsal.program(["plan", Self.file, "-v"])
            #expect(verbose.status == 0)
            #expect(
                verbose.errors.contains(#/GET .*/api/tickets.*: 200 in \d+ ms/#),
                "\(verbose.errors)")
            #expect(verbose.errors.contains("reading the tickets\n"))
            #expect(!verbose.errors.contains(rehearsal.sandbox.apiKeys[0]))
            let plain = try await rehearsal.program(["plan", Self.file])
            #expect(!plain.errors.contains("GET "))
        }
    }

    @Test("-v says what a command waits for")
    func waits() async throws {
        try await Rehearsal.run(faults: "503-date@1,retry-after=2s") { rehearsal in
            let result = try await rehearsal.program(["categories", "-v"])
            #expect(result.status == 0)
            #expect(result.errors.contains("waiting because Mava asked to ("), "\(result.errors)")
        }
    }

    @Test("-q still says why a run ended early, and how to go on")
    func quietFailure() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                ["apply", Self.file, "-yq", "--run-dir", "run", "--deadline", "1ms"]
                    + Rehearsal.wideQuota)
            #expect(result.status == 5)
            #expect(result.errors.contains("the time given to the run is over"))
            #expect(result.errors.contains("go on with: mava-bulk resume run --yes"))
            let wrong = try await rehearsal.program(["plan", "-q", "no-such-file.csv"])
            #expect(wrong.status == 6)
            #expect(wrong.errors.contains("No such file"))
        }
    }

    @Test("--no-input never asks, also where there is a terminal")
    func noInput() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--no-input", "--run-dir", "run"], [], in: rehearsal)
            #expect(result.status == 2)
            #expect(result.output.contains("--no-input forbids the question"), "\(result.output)")
            #expect(!result.output.contains("[y/N]"))
            #expect(rehearsal.puts == 0)
            let answered = try await PseudoTerminal.run(
                ["apply", Self.file, "--no-input", "--yes"] + Rehearsal.wideQuota, [], in: rehearsal
            )
            #expect(answered.status == 0)
            #expect(rehearsal.updates == 47)
            // The newest run that can be undone is never pruned, and this one changes nothing.
            let idle = try await rehearsal.program(
                ["apply", Self.file, "--yes"] + Rehearsal.wideQuota)
            #expect(idle.status == 0)
            let prune = try await PseudoTerminal.run(
                ["runs", "prune", "--keep-last", "0", "--no-input"], [], in: rehearsal)
            #expect(prune.status == 2)
            #expect(prune.output.contains("--no-input forbids the question"), "\(prune.output)")
        }
    }

    @Test("`-` at a terminal says that it waits for standard input", arguments: ["plan", "apply"])
    func standardInput(command: String) async throws {
        try await Rehearsal.run { rehearsal in
            let yes = command == "apply" ? ["--yes"] : []
            let result = try await PseudoTerminal.run(
                [command, "-"] + yes,
                [
                    .wait("waiting for standard input"),
                    .keys("ticketId,status\n695c76afd0e42018b77a9c2d,Waiting\n"), .keys("\u{4}"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("1 row"), "\(result.output)")
            let piped = try await rehearsal.program(
                ["plan", "-"], input: "ticketId,status\n695c76afd0e42018b77a9c2d,Waiting\n")
            #expect(!piped.errors.contains("waiting for standard input"))
        }
    }

    @Test(
        "Ids and rows that are read from a terminal are waited for aloud, too",
        arguments: [
            (["export", "--id-file", "-", "--columns", "ticketId"], "ids"),
            (["plan", "edit", "plan.jsonl", "--drop-file", "-", "--output", "new.jsonl"], "rows"),
        ])
    func listsFromStandardInput(arguments: [String], what: String) async throws {
        try await Rehearsal.run { rehearsal in
            let plan = try await rehearsal.program(["plan", Self.file, "--output", "plan.jsonl"])
            #expect(plan.status == 0)
            let result = try await PseudoTerminal.run(
                arguments,
                [
                    .wait("waiting for standard input: type or paste the \(what)"),
                    .keys("695c76afd0e42018b77a9c2d\n"), .keys("\u{4}"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test("A sandbox prints its address last, so that a script that waits for it finds the keys")
    func addressComesLast() async throws {
        let directory = try TemporaryDirectory()
        let process = try BuiltProgram.start(
            ["-c", "exec \"$0\" sandbox 2>&1", BuiltProgram.executable.path],
            in: URL(filePath: directory.path), executable: URL(filePath: "/bin/sh"))
        _ = try await process.line(containing: "try: ")
        process.signal(SIGINT)
        let ended = String(decoding: try await process.end().output, as: UTF8.self)
        let lines = ended.split(separator: "\n").filter { !$0.contains("stopped after") }
        #expect(lines.last?.hasPrefix("http://127.0.0.1:") == true, "\(ended)")
        #expect(lines.dropLast().contains { $0.hasPrefix("API key: ") }, "\(ended)")
    }

    @Test("sandbox --json prints its address and keys as one object")
    func sandbox() async throws {
        let directory = try TemporaryDirectory()
        let process = try BuiltProgram.start(
            ["sandbox", "--json", "-q"], in: URL(filePath: directory.path))
        let line = try await process.line(containing: "address")
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect((object?["apiKeys"] as? [String])?.isEmpty == false)
        process.signal(SIGINT)
        let ended = try await process.end()
        #expect(String(decoding: ended.errors, as: UTF8.self).isEmpty)
    }
}
