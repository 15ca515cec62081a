import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Whatever the shell around it does, the program does no harm and says what is wrong")
struct SurroundingsTests {
    /// Runs a shell command in which `$0` is the program.
    private func shell(_ line: String, _ rehearsal: Rehearsal) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            ["-c", line, BuiltProgram.executable.path], in: rehearsal.folder,
            environment: rehearsal.environment, executable: URL(filePath: "/bin/sh"))
    }

    @Test("A closed standard output is an error, and no other file takes its place")
    func closedOutput() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await shell(#""$0" agents >&-"#, rehearsal)
            #expect(result.status == 1)
            #expect(result.errors.contains("cannot write standard output: Bad file descriptor"))
        }
    }

    @Test(
        "With its other streams closed a run does its work, and none of its messages gets into its files"
    )
    func closedStreams() async throws {
        try await Rehearsal.run { rehearsal in
            let input = Rehearsal.sample("reassign/handover.csv")
            let line = #""$0" apply '"# + input + #"' --yes --run-dir run <&- 2>&-"#
            #expect(try await shell(line, rehearsal).status == 0)
            #expect(try rehearsal.report().count == 51)
            for name in try rehearsal.directory.names("run") {
                let text = try rehearsal.directory.readText("run/\(name)")
                #expect(!text.contains("report: "), "\(name)")
            }
        }
    }

    @Test("A closed standard input is no input")
    func closedInput() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await shell(#""$0" plan - <&-"#, rehearsal)
            #expect(result.status == 6)
            #expect(result.errors.contains("Bad file descriptor"), "\(result.errors)")
        }
    }

    @Test("That the quota cannot be shared any more is said")
    func lostLedger() async throws {
        try await Rehearsal.run { rehearsal in
            // No file may grow, and this includes the ledger.
            let result = try await shell(
                #"(ulimit -f 0; "$0" agents 2>&1; echo "ended with $?") | cat"#, rehearsal)
            #expect(result.output.contains("warning: no ledger for the quota (cannot write"))
            #expect(result.output.contains("ended with 0"), "\(result.output)")
        }
    }

    @Test("A preview that goes into a file is not cut to a terminal's width")
    func notCut() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                ["plan", "-"], input: "ticketId,status\n6.95E+23,Open\n")
            #expect(result.output.contains("line 2: take the ids from the file as it was"))
            #expect(result.output.contains("and its digits are lost\n"))
        }
    }

    @Test("A plan is not saved over what is no file, and the place is named")
    func outputIsNoFile() async throws {
        try await Rehearsal.run { rehearsal in
            let input = Rehearsal.sample("reassign/handover.csv")
            let pipe = rehearsal.directory.file("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            for (path, said) in [
                (pipe, "cannot replace \(pipe): it is a device or a pipe and no file"),
                ("no/such/plan.jsonl", "cannot open no/such/plan.jsonl: No such file"),
            ] {
                let result = try await rehearsal.program(["plan", input, "--output", path])
                #expect(result.status == 1)
                #expect(result.errors.contains(said), "\(result.errors)")
            }
            #expect(try rehearsal.leftovers() == [".local", "pipe"])
            #expect(rehearsal.sandbox.stats.total == 0, "no request is spent on finding that out")
        }
    }

    @Test("No command writes over what it was given")
    func ownInputs() async throws {
        try await Rehearsal.run { rehearsal in
            let directory = rehearsal.directory
            try directory.write("ticketId,status\n", to: "rows.csv")
            try directory.write("the-key-in-a-file\n", to: "key")
            #expect(symlink(directory.file("rows.csv"), directory.file("link")) == 0)
            for output in ["rows.csv", "./rows.csv", "link", "key"] {
                let result = try await rehearsal.program([
                    "plan", "rows.csv", "--api-key-file", "key", "--output", output,
                ])
                #expect(result.status == 2)
                #expect(result.errors.contains("--output \(output) would replace"))
            }
            let example = try await rehearsal.program(["sandbox", "--init", "rows.csv"])
            #expect(example.status == 2)
            #expect(try directory.readText("rows.csv") == "ticketId,status\n")
            #expect(try directory.readText("key") == "the-key-in-a-file\n")
        }
    }

    @Test("A run whose directory is taken away does not claim that it is there")
    func directoryGone() async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let process = try rehearsal.start([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
                "--concurrency", "2",
            ])
            try await process.signal(SIGTERM) {
                guard rehearsal.puts >= 4 else { return false }
                return rename(rehearsal.directory.file("run"), rehearsal.directory.file("moved"))
                    == 0
            }
            let ended = try await process.end()
            let errors = String(decoding: ended.errors, as: UTF8.self)
            #expect(errors.contains("the run's directory is gone"), "\(errors)")
            let resumed = try await rehearsal.program(["resume", "moved", "--yes"])
            #expect(resumed.status == 0)
            #expect(rehearsal.updates == 47, "what was sent is in the journal, wherever it is")
        }
    }

    @Test("A run does not replace files that are there already")
    func filesOfOthers() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write("mine", to: "report.csv")
            let result = try await rehearsal.program([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", ".",
            ])
            #expect(result.status == 2)
            #expect(result.errors.contains("report.csv"))
            #expect(rehearsal.sandbox.stats.total == 0, "no request is spent on finding that out")
            #expect(try rehearsal.directory.readText("report.csv") == "mine")
        }
    }

    @Test("A signal while a plan is made ends it, and leaves nothing behind")
    func signalWhilePlanning() async throws {
        try await Rehearsal.run(faults: "latency=20s") { rehearsal in
            let program = try rehearsal.start([
                "plan", Rehearsal.sample("reassign/handover.csv"), "--output", "plan.jsonl",
            ])
            try await program.signal(SIGINT) { rehearsal.sandbox.stats.total > 0 }
            let result = try await program.end()
            #expect(result.status == 130)
            #expect(
                String(decoding: result.errors, as: UTF8.self)
                    .contains("interrupted: no update was sent"))
            #expect(try rehearsal.leftovers() == [".local"])
        }
    }
}
