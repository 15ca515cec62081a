import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// Each phase of a real process is ended by a real signal; docs/signals.md lists them.
@Suite("A signal ends every phase", .timeLimit(.minutes(20)))
struct SignalTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let apply = ["apply", file, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota

    private func errors(_ result: ChildProgram.Result) -> String {
        String(decoding: result.errors, as: UTF8.self)
    }

    @Test("At the question: at once, nothing is sent, and nothing is left", arguments: [2, 15, 1])
    func question(signal: Int32) async throws {
        try await Rehearsal.run { rehearsal in
            let step: PseudoTerminal.Step = signal == SIGINT ? .keys("\u{3}") : .signal(signal)
            let result = try await PseudoTerminal.run(
                ["apply", Self.file] + Rehearsal.wideQuota, [.wait("[y/N] "), step],
                in: rehearsal)
            #expect(result.status == 128 + signal, "\(result.output)")
            #expect(result.output.contains("interrupted: no update was sent"))
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.directory.names("mava-bulk-runs").isEmpty)
        }
    }

    @Test("At a canary's question: the report is written", arguments: [SIGINT, SIGTERM])
    func canaryQuestion(signal: Int32) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--canary", "3", "--run-dir", "run"] + Rehearsal.wideQuota,
                [
                    .wait("[y/N] "), .keys("y\n"), .wait("Go on with the rest? [y/N] "),
                    signal == SIGINT ? .keys("\u{3}") : .signal(signal),
                ], in: rehearsal)
            #expect(result.status == 128 + signal, "\(result.output)")
            #expect(rehearsal.puts == 3)
            #expect(try rehearsal.report().filter { $0["outcome"] == "unsent" }.count == 44)
            #expect(try rehearsal.directory.readText("run/summary.json").contains("interrupted"))
        }
    }

    @Test("Stopped and gone on with, the question is asked again")
    func stopped() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota,
                [
                    .wait("[y/N] "), .signal(SIGSTOP), .signal(SIGCONT), .wait("[y/N] "),
                    .keys("yes\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("While standard input gives nothing", arguments: ["plan", "apply"])
    func standardInput(command: String) async throws {
        try await Rehearsal.run { rehearsal in
            let program = try ChildProgram(
                BuiltProgram.executable.path,
                [command, "-"] + (command == "apply" ? ["--yes"] : []),
                in: rehearsal.directory.path,
                environment: rehearsal.environment.merging(["HOME": rehearsal.directory.path]) {
                    $1
                },
                input: .open)
            try await program.waitUntilItTakesSignals()
            program.signal(SIGTERM)
            #expect(try await program.end().status == 143)
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("While a pipe in the file system is not opened by a writer")
    func pipe() async throws {
        try await Rehearsal.run { rehearsal in
            #expect(mkfifo(rehearsal.directory.file("rows"), 0o600) == 0)
            let program = try rehearsal.start(["plan", "rows"])
            try await program.waitUntilItTakesSignals()
            program.signal(SIGINT)
            #expect(try await program.end().status == 130)
        }
    }

    @Test("While reads wait, as for the quota or because the server asked to")
    func reading() async throws {
        for arguments in [["plan", Self.file], Self.apply, ["categories"]] {
            try await Rehearsal.run(faults: "503-date=1,retry-after=60s") { rehearsal in
                let program = try rehearsal.start(arguments)
                try await program.signal(SIGTERM) { rehearsal.sandbox.stats.total > 0 }
                let result = try await program.end()
                #expect(result.status == 143)
                #expect(errors(result).contains("interrupted: no update was sent"))
                #expect(rehearsal.puts == 0)
                let left = (try? rehearsal.directory.names("mava-bulk-runs")) ?? []
                #expect(left.isEmpty, "\(left)")
            }
        }
    }

    @Test("Two signals at once are one: what is in flight is waited for")
    func twice() async throws {
        try await Rehearsal.run(faults: "only=put,latency=400ms") { rehearsal in
            let program = try rehearsal.start(Self.apply + ["--concurrency", "2"])
            try await program.signal(SIGTERM) { rehearsal.puts >= 2 }
            program.signal(SIGTERM)
            program.signal(SIGINT)
            let result = try await program.end()
            // The system chooses which of several pending signals comes first.
            #expect([143, 130].contains(result.status), "\(errors(result))")
            let rows = try rehearsal.report()
            #expect(rows.filter { $0["outcome"] == "updated" }.count == rehearsal.updates)
            #expect(rows.filter { $0["outcome"] == "unknown" }.isEmpty)
        }
    }

    @Test("Requests without an answer are given up after the drain, and resume settles them")
    func drain() async throws {
        try await Rehearsal.run(faults: "only=put,drip=20s,slow-drip@2..3") { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--concurrency", "3", "--drain", "300ms"])
            try await program.signal(SIGTERM) { rehearsal.puts >= 3 }
            let result = try await program.end()
            #expect(result.status == 143, "\(errors(result))")
            #expect(errors(result).contains("in flight, waiting up to"), "\(errors(result))")
            let rows = try rehearsal.report()
            #expect(rows.contains { $0["outcome"] == "unknown" })
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes"] + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try rehearsal.report().filter { $0["outcome"] == "updated" }.count == 47)
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
        }
    }

    @Test("A second signal after more than a second gives up what is in flight")
    func secondSignal() async throws {
        try await Rehearsal.run(faults: "only=put,drip=20s,slow-drip@2..3") { rehearsal in
            let result = try await PseudoTerminal.run(
                Self.apply + ["--concurrency", "2", "--drain", "1h"],
                [
                    .wait("1/47 done"), .keys("\u{3}"), .wait("stopping: "), .seconds(1.1),
                    .keys("\u{3}"), .wait("given up"),
                ], in: rehearsal, environment: ["TERM": "xterm"])
            #expect(result.status == 130, "\(result.output)")
            #expect(try rehearsal.report().contains { $0["outcome"] == "unknown" })
        }
    }

    @Test("A terminal that was stopped with Ctrl-S keeps no question from its end")
    func stoppedTerminal() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file] + Rehearsal.wideQuota,
                [.wait("[y/N] "), .keys("\u{13}"), .signal(SIGTERM)], in: rehearsal)
            #expect(result.status == 143, "\(result.output)")
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.directory.names("mava-bulk-runs").isEmpty)
        }
    }

    @Test("At the question of resume: at once, and the run stays as it is")
    func questionOfResume() async throws {
        try await Rehearsal.run(faults: "only=put,401@5..") { rehearsal in
            let began = try await rehearsal.program(Self.apply + ["--concurrency", "1"])
            #expect(began.status == 4)
            let journal = try rehearsal.directory.read("run/journal.jsonl")
            let sent = rehearsal.puts
            let result = try await PseudoTerminal.run(
                ["resume", "run"], [.wait("[y/N] "), .keys("\u{3}")], in: rehearsal)
            #expect(result.status == 130, "\(result.output)")
            #expect(rehearsal.puts == sent)
            #expect(try rehearsal.directory.read("run/journal.jsonl") == journal)
        }
    }

    @Test("While the report is written: it is finished, and everything is in it")
    func report() async throws {
        try await Rehearsal.run { rehearsal in
            let program = try rehearsal.start(Self.apply)
            try await program.signal(SIGTERM) {
                let journal = (try? rehearsal.directory.readText("run/journal.jsonl")) ?? ""
                return journal.contains(#""e":"ended""#)
            }
            let result = try await program.end()
            // It may already be printing its result, which a signal ends.
            #expect([0, 143].contains(result.status), "\(errors(result))")
            #expect(try rehearsal.report().filter { $0["outcome"] == "updated" }.count == 47)
            #expect(try rehearsal.directory.names("run").allSatisfy { !$0.hasSuffix(".tmp") })
        }
    }

    @Test(
        "A signal that was ignored when the program started stays ignored",
        arguments: [SIGINT, SIGHUP, SIGTERM, SIGUSR1])
    func ignored(signal: Int32) async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let program = try BuiltProgram.start(
                ["-c", #"trap '' "$1"; shift; exec "$0" "$@""#, BuiltProgram.executable.path]
                    + ["\(signal)"] + Self.apply + ["--concurrency", "8"], in: rehearsal.folder,
                environment: rehearsal.environment, executable: URL(filePath: "/bin/sh"))
            try await program.signal(signal) { rehearsal.puts >= 1 }
            let result = try await program.end()
            #expect(result.status == 0, "\(errors(result))")
            #expect(!errors(result).contains("state: "))
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("SIGUSR1 shows the state at the question, and the question is asked again")
    func stateAtQuestion() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota,
                [
                    .wait("[y/N] "), .signal(SIGUSR1), .wait("state: no update was sent"),
                    .wait("[y/N] "), .keys("y\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("SIGUSR1 shows the state of a run that sends, also with --quiet, and the run continues")
    func stateOfRun() async throws {
        try await Rehearsal.run(faults: "only=put,drip=20s,slow-drip@3..3") { rehearsal in
            let program = try rehearsal.start(
                Self.apply + ["--concurrency", "2", "--drain", "300ms", "--quiet"])
            try await program.signal(SIGUSR1) { rehearsal.puts == 47 }
            // The third request is still in flight, so the run has not ended.
            try await program.wait(untilErrorsContain: "run directory: run")
            program.signal(SIGTERM)
            let result = try await program.end()
            #expect(result.status == 143, "\(errors(result))")
            #expect(errors(result).contains("state: 4"), "\(errors(result))")
            #expect(errors(result).contains("/47 done"), "\(errors(result))")
            #expect(rehearsal.puts == 47)
        }
    }

    @Test("A sandbox that is signalled twice at once still saves its whole workspace")
    func sandbox() async throws {
        let directory = try TemporaryDirectory()
        let process = try BuiltProgram.start(
            ["sandbox", "--tickets", "20000", "--save", "saved.json"],
            in: URL(filePath: directory.path))
        _ = try await process.line(containing: "http://127.0.0.1:")
        process.signal(SIGTERM)
        process.signal(SIGTERM)
        process.signal(SIGINT)
        let result = try await process.end()
        #expect([143, 130].contains(result.status))
        #expect(errors(result).contains("stopped after"))
        #expect(try directory.names().filter { !$0.hasSuffix(".profraw") } == ["saved.json"])
        _ = try Workspace.load(path: directory.file("saved.json"))
    }

    @Test("a question by SIGUSR1 ends no command, also one that only prints")
    func questionToPrinting() async throws {
        let directory = try TemporaryDirectory()
        // The page is longer than a pipe holds, so the program still writes when the signal comes.
        let script = """
            mkfifo page; mava-bulk help --json > page & exec 3< page; head -c 1 <&3 > first
            kill -USR1 $!; cat <&3 > rest; wait $!; echo "ended with $?"
            """
        let result = try await Shell.paste(script, in: directory)
        #expect(result.output == "ended with 0\n", "\(result.errors)")
        #expect(try directory.read("rest").count > 1 << 16)
    }
}
