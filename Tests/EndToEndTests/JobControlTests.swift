import BulkTestSupport
import Foundation
import Testing

/// Ctrl-Z and fg in a real shell.
@Suite("Job control", .timeLimit(.minutes(20)))
struct JobControlTests {
    private func shell(_ rehearsal: Rehearsal, _ steps: [PseudoTerminal.Step]) async throws
        -> String
    {
        let environment = rehearsal.environment.merging(
            try Shell.environment(rehearsal.directory)
        ) { $1 }
        let result = try await PseudoTerminal.run(
            command: ["/bin/bash", "--norc", "--noprofile", "-i"],
            [.wait("$ ")] + steps + [.keys("exit\n")], in: rehearsal.folder,
            environment: environment.merging(["TERM": "xterm", "PS1": "$ "]) { $1 })
        return result.output
    }

    @Test("A question that was stopped with Ctrl-Z is asked again after fg")
    func question() async throws {
        try await Rehearsal.run { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            let shown = try await shell(
                rehearsal,
                [
                    .keys(
                        "mava-bulk apply '\(file)' --run-dir run --no-pager --quota 1000000/1s\n"),
                    .wait("Send 47 updates? [y/N] "), .keys("\u{1A}"), .wait("Stopped"),
                    .wait("$ "), .keys("fg\n"), .wait("Send 47 updates? [y/N] "), .keys("y\n"),
                    .wait("47 updated"), .wait("$ "),
                ])
            #expect(shown.contains("47 updated"), "\(shown)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("A run that was stopped with Ctrl-Z goes on after fg, and draws its progress again")
    func run() async throws {
        try await Rehearsal.run(faults: "only=put,latency=50ms") { rehearsal in
            let file = Rehearsal.sample("reassign/handover.csv")
            let shown = try await shell(
                rehearsal,
                [
                    .keys(
                        "mava-bulk apply '\(file)' --run-dir run --yes --concurrency 1 --quota 1000000/1s\n"
                    ),
                    .wait("/47 done"), .keys("\u{1A}"), .wait("Stopped"), .wait("$ "),
                    .keys("fg\n"), .wait("/47 done"), .wait("47 updated"), .wait("$ "),
                ])
            #expect(shown.contains("47 updated"), "\(shown)")
            #expect(rehearsal.updates == 47)
            #expect(rehearsal.puts == 47)
        }
    }
}
