import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A machine that is short of something", .timeLimit(.minutes(20)))
struct ShortageTests {
    /// Runs the program under a limit set by the shell.
    private func program(
        _ limit: String, _ arguments: [String], in rehearsal: Rehearsal
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            ["-c", "ulimit \(limit) && exec \"$0\" \"$@\"", BuiltProgram.executable.path]
                + arguments, in: rehearsal.folder, environment: rehearsal.environment,
            executable: URL(filePath: "/bin/sh"))
    }

    private func rows(_ rehearsal: Rehearsal) throws {
        let ids = rehearsal.sandbox.workspace.ticketIDs.prefix(100)
        try rehearsal.directory.write(
            "ticketId,priority\n" + ids.map { "\($0),3\n" }.joined(), to: "rows.csv")
    }

    private static let apply =
        ["apply", "rows.csv", "--yes", "--no-read", "--run-dir", "run", "--concurrency", "64"]
        + Rehearsal.wideQuota

    @Test(
        "Few descriptors lower the concurrency, and every row is updated", arguments: [21, 24, 64])
    func descriptors(limit: Int) async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal)
            let result = try await program("-n \(limit)", Self.apply, in: rehearsal)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("in flight instead of 64"))
            #expect(try rehearsal.report().allSatisfy { $0["outcome"] == "updated" })
        }
    }

    @Test("A soft limit is raised where the system lets it be")
    func softLimit() async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal)
            let result = try await program("-S -n 20", Self.apply, in: rehearsal)
            #expect(result.status == 0, "\(result.errors)")
            #expect(!result.errors.contains("in flight instead of"))
        }
    }

    @Test(
        "Too few for a report end the command before anything is sent", arguments: [4, 10, 12, 16])
    func tooFew(limit: Int) async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal)
            let result = try await program("-n \(limit)", Self.apply, in: rehearsal)
            #expect(result.status == 1)
            #expect(result.errors.contains("ulimit -n"), "\(result.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
            #expect(!FileManager.default.fileExists(atPath: rehearsal.directory.file("run")))
        }
    }

    @Test(
        "With the embedded sandbox a command is refused at its start, or it ends well",
        arguments: 17...26)
    func sandboxed(limit: Int) async throws {
        try await Rehearsal.run { rehearsal in
            let samples = BuiltProgram.package.appending(path: "samples").path
            let result = try await program(
                "-n \(limit)",
                [
                    "apply", "\(samples)/reassign/handover.csv", "--yes", "--run-dir", "run",
                    "--sandbox", "\(samples)/workspace.json",
                ], in: rehearsal)
            let isRefused = result.errors.hasSuffix("nothing was sent\n")
            #expect(result.status == (isRefused ? 1 : 0), "\(result.errors)")
            #expect(isRefused == (limit < 25), "\(result.errors)")
        }
    }

    @Test(
        "Too little memory beside its threads ends a command that sends requests, or it works",
        .enabled(if: ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil),
        arguments: [90_000, 100_000, 110_000, 150_000, 200_000, 300_000, 400_000])
    func memory(kilobytes: Int) async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal)
            let plan = try await program("-v \(kilobytes)", ["plan", "rows.csv"], in: rehearsal)
            if plan.status == 1 { #expect(plan.errors.contains("ulimit -v"), "\(plan.errors)") }
            #expect([0, 1, 127].contains(plan.status), "\(plan.status) \(plan.errors)")
            #expect(!plan.errors.contains("apt install"))
        }
    }

    @Test(
        "Too little memory for its threads ends a command with a message and without a hang",
        // The address sanitizer reserves more than these limits before the program begins.
        .enabled(if: ProcessInfo.processInfo.environment["ASAN_OPTIONS"] == nil),
        arguments: [40_000, 50_000, 60_000, 70_000, 80_000, 90_000])
    func threads(kilobytes: Int) async throws {
        try await Rehearsal.run { rehearsal in
            try rows(rehearsal)
            let plan = try await program(
                "-v \(kilobytes)", ["plan", "rows.csv", "--no-read"], in: rehearsal)
            // How much the loader needs differs between builds.
            if plan.status == 1 { #expect(plan.errors.contains("thread"), "\(plan.errors)") }
            // Where the loader leaves next to nothing, Swift itself ends the program.
            let ends = plan.errors.hasPrefix("Fatal error: failed to allocate")
            #expect([0, 1, 127].contains(plan.status) || ends, "\(plan.errors)")
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }
}
