import BulkExecution
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("Hooks", .timeLimit(.minutes(20)))
struct HookTests {
    private static let apply = [
        "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
    ]

    /// A hook that keeps its event, what it was given and a part of its environment in files.
    private static func keeping(_ event: HookEvent) -> [String] {
        [
            "--on",
            event.rawValue + #"=cat > "$MAVA_BULK_EVENT.json"; env > "$MAVA_BULK_EVENT.env"; "#
                + #"echo "$MAVA_BULK_EVENT" >> order; echo said by a hook"#,
        ]
    }

    private func object(_ rehearsal: Rehearsal, _ event: String) throws -> [String: Any] {
        let text = try rehearsal.directory.readText("\(event).json")
        #expect(text.hasSuffix("}\n"))
        return try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func order(_ rehearsal: Rehearsal) -> [String] {
        let text = (try? rehearsal.directory.readText("order")) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Writes the user's own configuration.
    private static func configure(_ rehearsal: Rehearsal, _ text: String) throws {
        let folder = rehearsal.directory.path + "/.config/mava-bulk"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try write(rehearsal, text, ".config/mava-bulk/config.json")
    }

    private static func write(_ rehearsal: Rehearsal, _ text: String, _ path: String) throws {
        try rehearsal.directory.write(text, to: path)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: rehearsal.directory.path + "/" + path)
    }

    // MARK: What is read

    @Test("A hook has an event and a command")
    func hooks() throws {
        #expect(try Hook("finished=a=b c").command == "a=b c")
        #expect(try Hook("finished=a=b c").event == .finished)
        for (text, said) in [
            ("finish=x", "did you mean finished?"), ("", "one of planned, refused"),
            ("finished", "the command is missing"), ("finished= ", "the command is missing"),
            ("finished=\0", "the command is missing"),
        ] {
            #expect("\(text)") { _ = try Hook(text) } throws: {
                ($0 as? Hook.Problem)?.text.contains(said) == true
            }
        }
    }

    @Test("Every command has exactly one last event")
    func endings() {
        typealias Ending = (ExitCode, StopReason?, Bool, Bool, HookEvent)
        let cases: [Ending] = [
            (.success, .finished, true, false, .finished),
            (.someRowsFailed, .finished, true, false, .finished),
            (.stoppedEarly, .outage, true, false, .stopped),
            (.terminated, .interrupted(signal: 15), true, false, .stopped),
            (.internalError, nil, true, true, .stopped), (.interrupted, nil, false, true, .stopped),
            (.refused, nil, false, true, .refused), (.key, nil, false, true, .refused),
            (.hookFailed, nil, false, true, .refused), (.success, nil, false, false, .finished),
            (.someRowsFailed, nil, false, false, .finished),
        ]
        for (code, reason, hasStarted, hasFailed, event) in cases {
            let found = HookEvent(
                endingWith: code, reason, hasStarted: hasStarted, hasFailed: hasFailed)
            #expect(found == event, "\(code) \(String(describing: reason))")
        }
    }

    @Test("The run's own pace is no wait")
    func waits() {
        for reason in [WaitReason.none, .answers, .quota, .draining] {
            #expect(!HookEvent.isWait(reason))
        }
        for reason in [WaitReason.others, .paused, .backOff, .outage, .localShortage] {
            #expect(HookEvent.isWait(reason))
        }
    }

    @Test(
        "A hook that cannot be is wrong usage, before anything is asked",
        arguments: [
            (["--on", "ended=x"], "one of planned"), (["--on", "finished"], "command is missing"),
            (["--require-hook"], "give --on EVENT=COMMAND as well"),
            (["--hook-timeout", "3s"], "give --on EVENT=COMMAND as well"),
            (["--on", "finished=x", "--hook-timeout", "2h"], "from 1ms to 1h"),
        ])
    func wrong(options: [String], said: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(Self.apply + options)
            #expect(result.status == 2)
            #expect(result.errors.contains(said), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    // MARK: What hooks get

    @Test("Hooks get the events' JSON and their name, and never the key")
    func run() async throws {
        try await Rehearsal.run { rehearsal in
            let hooks = HookEvent.allCases.flatMap(Self.keeping)
            let result = try await rehearsal.program(
                Self.apply + ["--canary", "5", "--events", "events.jsonl"] + hooks
                    + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            #expect(order(rehearsal) == ["planned", "started", "canary", "finished"])
            #expect(result.errors.contains("said by a hook"))
            #expect(!result.output.contains("said by a hook"))
            let planned = try object(rehearsal, "planned")
            #expect(planned["event"] as? String == "planned")
            #expect(planned["requests"] as? Int == 47 && planned["directory"] == nil)
            #expect(try object(rehearsal, "started")["directory"] as? String == "run")
            let canary = try object(rehearsal, "canary")
            #expect(canary["checked"] as? Int == 5 && canary["good"] as? Bool == true)
            #expect(canary["directory"] as? String == "run")
            let finished = try object(rehearsal, "finished")
            #expect(finished["event"] as? String == "finished")
            #expect(finished["exitCode"] as? Int == 0)
            #expect((finished["outcomes"] as? [String: Int])?["updated"] == 47)
            let variables = try rehearsal.directory.readText("finished.env")
            #expect(variables.contains("MAVA_BULK_EVENT=finished\n"))
            #expect(variables.contains("MAVA_BULK_RUN=run\n"))
            #expect(!variables.contains(rehearsal.sandbox.apiKeys[0]))
            #expect(!variables.contains("MAVA_API_KEY"))
            #expect(!(try rehearsal.directory.readText("planned.env")).contains("MAVA_BULK_RUN"))
            let events = try rehearsal.directory.readText("events.jsonl").split(separator: "\n")
            #expect(events.count { $0.contains(#""event":"started""#) } == 1)
            #expect(events.count { $0.contains(#""event":"canary""#) } == 1)
        }
    }

    @Test("A refusal, an early end and a dry run have their own last events")
    func ends() async throws {
        try await Rehearsal.run { rehearsal in
            let hooks = [HookEvent.refused, .stopped, .finished].flatMap(Self.keeping)
            let refused = try await rehearsal.program(Self.apply + ["--max-changes", "3"] + hooks)
            #expect(refused.status == 7)
            let error = try object(rehearsal, "refused")["error"] as? [String: Any]
            #expect(error?["exitCode"] as? Int == 7)
            let stopped = try await rehearsal.program(
                Self.apply + ["--deadline", "1ms"] + hooks + Rehearsal.wideQuota)
            #expect(stopped.status == 5)
            #expect(try object(rehearsal, "stopped")["reason"] as? String == "deadline")
            let dry = try await rehearsal.program(
                ["apply", Rehearsal.sample("reassign/handover.csv"), "--dry-run"] + hooks)
            #expect(dry.status == 0)
            #expect(order(rehearsal) == ["refused", "stopped", "finished"])
        }
    }

    @Test("A wait for Mava has a hook, and the run goes on beside it")
    func waiting() async throws {
        // Mava asks for a pause; the hook ends when the run has its report.
        try await Rehearsal.run(faults: "only=put,503-date@1..10,retry-after=2s") { rehearsal in
            let hook =
                "waiting=cat > waiting.json; while [ ! -e run/report.csv ]; do sleep 0.05; done"
            let result = try await rehearsal.program(
                Self.apply + ["--on", hook] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            let waiting = try object(rehearsal, "waiting")
            #expect(waiting["event"] as? String == "waiting")
            #expect(["back_off", "outage", "paused"].contains(waiting["reason"] as? String))
        }
    }

    @Test("No variable with a key reaches a hook, wherever the configuration or a script put it")
    func variables() async throws {
        try await Rehearsal.run { rehearsal in
            let file = """
                {"version":1,"profiles":{"acme":{"keyVariable":"ACME_KEY","baseURL":"\(rehearsal.sandbox.address)"},
                "other":{"keyVariable":"OTHER_KEY","baseURL":"https://example.com"}}}
                """
            try Self.configure(rehearsal, file)
            let key = rehearsal.sandbox.apiKeys[0]
            let result = try await BuiltProgram.run(
                Self.apply + ["--profile", "acme"] + Self.keeping(.finished) + Rehearsal.wideQuota,
                in: rehearsal.folder,
                environment: [
                    "ACME_KEY": key, "OTHER_KEY": "0ther-k3y", "COPY": " \(key)\n", "KEPT": "kept",
                ])
            #expect(result.status == 0, "\(result.errors)")
            let variables = try rehearsal.directory.readText("finished.env")
            #expect(variables.contains("KEPT=kept\n"))
            for word in [key, "ACME_KEY", "0ther-k3y", "COPY"] {
                #expect(!variables.contains(word), "\(variables)")
            }
        }
    }

    @Test("A hook's command is in no file of the run and in no suggested command")
    func command() async throws {
        try await Rehearsal.run { rehearsal in
            let hooks = ["--on", "finished=true s3cr3t-1", "--on=refused=true s3cr3t-2"]
            let result = try await rehearsal.program(
                Self.apply + hooks + ["--events", "run-events"] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            let files = try FileManager.default.subpathsOfDirectory(
                atPath: rehearsal.directory.path + "/run")
            let texts = try files.map { try rehearsal.directory.readText("run/\($0)") }
            #expect(files.contains("report.html") && files.contains("run.json"))
            #expect(!texts.joined().contains("s3cr3t"))
            #expect(
                try rehearsal.directory.readText("run/run.json").contains("finished=<redacted>"))
            let asked = try await rehearsal.program(
                ["apply", Rehearsal.sample("reassign/handover.csv")] + hooks)
            #expect(asked.status == 2 && !asked.errors.contains("s3cr3t"))
            #expect(asked.errors.contains("--on finished=COMMAND --on refused=COMMAND"))
        }
    }

    @Test(
        "Wrong usage has no last event, and a missing key has one",
        arguments: [
            ["--label", "a/b"], ["--quota", "bogus"], ["--window", "bogus"],
            ["--where", "status =="], ["--max-changes", "x"], ["--base-url", "bogus"],
            ["--timeout", "bogus"], ["--accept-failures", "bogus"], [],
        ])
    func usage(options: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await BuiltProgram.run(
                Self.apply + options + HookEvent.allCases.flatMap(Self.keeping),
                in: rehearsal.folder, environment: [:])
            #expect(result.status == (options.isEmpty ? 4 : 2), "\(result.errors)")
            #expect(order(rehearsal) == (options.isEmpty ? ["refused"] : []))
        }
    }

    // MARK: What happens when they fail

    @Test("A hook that cannot be started is a warning with the reason")
    func notStarted() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await BuiltProgram.run(
                Self.apply + ["--on", "finished=true"] + Rehearsal.wideQuota, in: rehearsal.folder,
                environment: rehearsal.environment.merging(["TMPDIR": "/nowhere"]) { $1 })
            #expect(result.status == 0)
            let said = "finished could not be started: cannot make directory /nowhere: No such file"
            #expect(result.errors.contains(said), "\(result.errors)")
        }
    }

    @Test(
        "A failing hook warns and changes nothing; one that takes too long is ended with its group")
    func failing() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                Self.apply + [
                    "--on", "planned=exit 3", "--on", "started=kill -9 $$", "--on",
                    "finished=(sleep 600; touch late) & echo $! > child; wait", "--hook-timeout",
                    "300ms",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.updates == 47)
            #expect(result.errors.contains("warning: the hook for planned ended with 3"))
            #expect(result.errors.contains("warning: the hook for started ended with 137"))
            #expect(result.errors.contains("the hook for finished did not end within 300 ms"))
            let child = try rehearsal.directory.readText("child").filter(\.isNumber)
            let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
            #expect(state.isEmpty || state.contains(") Z "), "the group's other program has ended")
        }
    }

    @Test("A required hook before sending stops the command, and the run can be resumed")
    func required() async throws {
        try await Rehearsal.run { rehearsal in
            let planned = try await rehearsal.program(
                Self.apply + ["--require-hook", "--on", "planned=exit 1", "--json"])
            #expect(planned.status == 9)
            #expect(planned.errors.contains(#""code":"hook_failed""#))
            #expect(planned.errors.contains("nothing was sent"))
            #expect(try !rehearsal.leftovers().contains("run"))
            let started = try await rehearsal.program(
                Self.apply + ["--require-hook", "--on", "started=exit 1"] + Self.keeping(.refused))
            #expect(started.status == 9)
            #expect(
                started.errors.contains(
                    "go on with: mava-bulk resume run --yes --on started=COMMAND --on refused=COMMAND "
                        + "--require-hook\n"),
                "\(started.errors)")
            #expect(order(rehearsal) == ["refused"])
            #expect(rehearsal.puts == 0)
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--require-hook", "--on", "started=true"]
                    + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("A signal during the hook for started leaves a run, and the message says how to go on")
    func interruptedBeforeSending() async throws {
        try await Rehearsal.run { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--on", "started=touch begun; sleep 300", "--events", "events"])
            try await program.signal(SIGTERM) {
                (try? rehearsal.leftovers().contains("begun")) == true
            }
            let result = try await program.end()
            #expect(result.status == 143)
            #expect(rehearsal.puts == 0)
            let errors = String(decoding: result.errors, as: UTF8.self)
            let said =
                "interrupted: no update was sent; go on with: mava-bulk resume run --yes --events events "
                + "--on started=COMMAND"
            #expect(errors.contains(said), "\(errors)")
            let last = try rehearsal.directory.readText("events").split(separator: "\n").last
            #expect(last?.contains(said) == true, "\(last ?? "")")
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes"] + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("A required hook after the sending only changes the exit code")
    func requiredAtEnd() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                Self.apply + ["--require-hook", "--on", "finished=exit 1", "--events", "events"]
                    + Rehearsal.wideQuota)
            #expect(result.status == 9)
            #expect(rehearsal.updates == 47)
            let last = try rehearsal.directory.readText("events").split(separator: "\n").last
            #expect(last?.contains(#""exitCode":9"#) == true)
            #expect(try rehearsal.directory.readText("run/summary.json").contains("finished"))
        }
    }

    // MARK: Configuration

    @Test("Your own file can have hooks, and a project's cannot")
    func configuration() async throws {
        try await Rehearsal.run { rehearsal in
            let file = #"{"version":1,"hooks":["finished=echo from the file; touch secret-word"]}"#
            try Self.configure(rehearsal, file)
            let result = try await rehearsal.program(Self.apply + Rehearsal.wideQuota)
            #expect(result.status == 0 && result.errors.contains("from the file"))
            let shown = try await rehearsal.program(["config"])
            #expect(shown.output.contains(#/hooks +finished +/#), "\(shown.output)")
            #expect(!shown.output.contains("secret-word"))
            let option = try await rehearsal.program(
                ["resume", "run", "--yes", "--on", "finished=echo from the option"])
            #expect(option.errors.contains("from the option"))
            #expect(!option.errors.contains("from the file"))
            try Self.write(rehearsal, file, ".mava-bulk.json")
            let project = try await rehearsal.program(["config"])
            #expect(project.status == 2)
            #expect(project.errors.contains("hooks is not read from a project's file"))
        }
    }
}
