import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("Signals while several profiles run", .timeLimit(.minutes(20)))
struct ProfilesSignalTests {
    private static let apply = [
        "apply", "{profile}.csv", "--run-dir", "runs/{profile}", "--yes", "--quiet", "--profiles",
        "acme,globex",
    ]
    private static let slow = "only=put,latency=300ms"

    private func errors(_ result: ChildProgram.Result) -> String {
        String(decoding: result.errors, as: UTF8.self)
    }

    /// Carries out the command that a line suggests behind a text.
    private func follow(
        _ text: String, in errors: String, _ organisations: Organisations
    ) async throws -> BuiltProgram.Result {
        let line = try #require(errors.split(separator: "\n").first { $0.hasPrefix(text) })
        return try await Shell.paste(
            String(line.dropFirst(text.count)), in: organisations.directory)
    }

    @Test("A signal reaches the job that runs once, no other starts, and each can go on")
    func interrupted() async throws {
        try await Organisations.run(faults: ["acme": Self.slow]) { organisations in
            let program = try organisations.start(Self.apply)
            try await program.signal(SIGTERM) { organisations.puts("acme") >= 2 }
            // A supervisor may signal twice; that is one wish.
            program.signal(SIGTERM)
            let result = try await program.end()
            let errors = errors(result)
            #expect(result.status == 143, "\(errors)")
            #expect(errors.contains("stopping: waiting for acme\n"))
            #expect(errors.ranges(of: "acme: stopping: ").count == 1, "\(errors)")
            #expect(!errors.contains("stopping now"))
            #expect(organisations["globex"].stats.total == 0)
            #expect(errors.contains("\nacme      143  interrupted; "), "\(errors)")
            #expect(errors.contains("\nglobex      -  not started\n"), "\(errors)")
            #expect(errors.contains("\nacme: go on with: mava-bulk resume "), "\(errors)")
            let started = try await follow("globex: start it with: ", in: errors, organisations)
            #expect(started.status == 0, "\(started.errors)")
            #expect(organisations.puts("globex") > 30)
        }
    }

    @Test("Ctrl-C at the terminal reaches a job through the program alone, and so does SIGUSR1")
    func terminal() async throws {
        try await Organisations.run(faults: ["acme": Self.slow]) { organisations in
            let hook = "started=echo terminal $(cut -d' ' -f7 /proc/$PPID/stat)."
            let result = try await PseudoTerminal.run(
                command: [BuiltProgram.executable.path] + Self.apply + ["--on", hook],
                [
                    // A job has no terminal, so the terminal does not know it.
                    .wait("acme: terminal 0."), .signal(SIGUSR1),
                    // The job and the program print at the same time.
                    .all(["\nstate: 0 of 2 profiles ended; running: acme", "acme: state: "]),
                    .keys("\u{3}"),
                ], in: organisations.folder, environment: ["HOME": organisations.directory.path])
            #expect(result.status == 130, "\(result.output)")
            #expect(result.output.contains("stopping: waiting for acme"))
            #expect(result.output.contains("acme      130  interrupted"), "\(result.output)")
            #expect(result.output.contains("globex      -  not started"))
        }
    }

    @Test("Ctrl-Z pauses the jobs, and fg goes on with them")
    func paused() async throws {
        try await Organisations.run { organisations in
            #expect(mkfifo(organisations.directory.file("go"), 0o600) == 0)
            // The hook holds the first job until the shell has seen that it has stopped.
            let hook =
                "started=[ {profile} = globex ] || { echo $PPID > job; echo sends; : < go; }"
            let shell = """
                set -m; "$0" "$@"; echo "shell: $?"
                until [ "$(cut -d' ' -f3 "/proc/$(cat job)/stat")" = T ]; do :; done; : > go; fg
                """
            let result = try await PseudoTerminal.run(
                command: ["/bin/bash", "-c", shell, BuiltProgram.executable.path] + Self.apply + [
                    "--on", hook,
                ],
                [.wait("acme: sends"), .keys("\u{1A}"), .wait("shell: 147")],
                in: organisations.folder, environment: ["HOME": organisations.directory.path])
            #expect(result.status == 0, "\(result.output)")
            #expect(organisations.puts("acme") == 47 && organisations.puts("globex") > 30)
        }
    }

    @Test("A job that SIGKILL ends is named, the others go on, and it can be resumed")
    func killedJob() async throws {
        try await Organisations.run { organisations in
            let result = try await organisations.program(
                Self.apply + [
                    "--on", "started=[ {profile} = globex ] || kill -KILL $PPID",
                ])
            #expect(result.status == 5, "\(result.errors)")
            #expect(
                result.errors.contains("\nacme      137  ended by SIGKILL; "), "\(result.errors)")
            #expect(organisations.puts("acme") == 0 && organisations.puts("globex") > 30)
            let resumed = try await follow("acme: go on with: ", in: result.errors, organisations)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(organisations["acme"].stats.auditMessages == 47)
        }
    }

    @Test("When SIGKILL ends the program, its jobs end as by SIGTERM")
    func killedProgram() async throws {
        try await Organisations.run(faults: ["acme": Self.slow]) { organisations in
            let program = try organisations.start(Self.apply)
            try await program.signal(SIGKILL) { organisations.puts("acme") >= 2 }
            #expect(try await program.end().status == 137)
            let summary = organisations.directory.file("runs/acme/summary.json")
            while !FileManager.default.fileExists(atPath: summary) {
                // The job is no child of the test, which cannot wait for it.
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(
                try organisations.directory.readText("runs/acme/summary.json").contains(
                    "interrupted"))
            #expect(organisations["globex"].stats.total == 0)
        }
    }
}
