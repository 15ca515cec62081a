import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// The program is killed, stopped, and short of resources.
///
/// No row may be lost and none needlessly sent twice.
@Suite("Whatever ends a run, resume finishes it", .timeLimit(.minutes(20)))
struct CrashTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let apply = ["apply", file, "--yes", "--run-dir", "run"] + Rehearsal.wideQuota
    private static let resume = ["resume", "run", "--yes"] + Rehearsal.wideQuota

    /// The result of an undisturbed run: the tickets without their times, and the number of audit messages.
    private func undisturbed() async throws -> (tickets: String, audits: Int) {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(Self.apply)
            #expect(result.status == 0)
            return (Self.withoutTimes(rehearsal), rehearsal.sandbox.stats.auditMessages)
        }
    }

    private static func withoutTimes(_ rehearsal: Rehearsal) -> String {
        rehearsal.tickets().replacing(/"updatedAt": ?"[^"]*"/, with: "").replacing(
            /"createdAt": ?"[^"]*"/, with: "")
    }

    @Test("kill -9 at any moment loses no row")
    func kill() async throws {
        let wanted = try await undisturbed()
        var generator = SeededGenerator(seed: 26)
        var moments = 0
        var partial = 0
        while moments < 50 {
            try await Rehearsal.run(faults: "latency=8ms") { rehearsal in
                var arguments = Self.apply + ["--concurrency", "2"]
                while moments < 50 {
                    let process = try rehearsal.start(arguments)
                    let done = rehearsal.updates
                    if done < 46, Bool.random(using: &generator) {
                        // Some moment between two updates, however fast the machine is.
                        let target = Int.random(in: (done + 1)...46, using: &generator)
                        try await process.signal(SIGKILL) { rehearsal.updates >= target }
                    } else {
                        // Any moment from the start of planning on.
                        try await Task.sleep(
                            for: .milliseconds(Int.random(in: 0..<160, using: &generator)))
                        process.signal(SIGKILL)
                    }
                    let ended = try await process.end()
                    moments += 1
                    if (1..<47).contains(rehearsal.updates) { partial += 1 }
                    if ended.status != 128 + SIGKILL { break }
                    if (try? rehearsal.directory.read("run/plan.jsonl")) != nil {
                        arguments = Self.resume + ["--concurrency", "2"]
                    }
                }
                let last = try await rehearsal.program(arguments)
                #expect(last.status == 0, "\(last.errors)")
                let rows = try rehearsal.report()
                #expect(rows.count == 51)
                #expect(rows.allSatisfy { ["updated", "unchanged"].contains($0["outcome"]) })
                #expect(Self.withoutTimes(rehearsal) == wanted.tickets)
                #expect(rehearsal.sandbox.stats.auditMessages == wanted.audits)
            }
        }
        #expect(partial > 0, "some of the moments lie between the first update and the last")
    }

    @Test(
        "A crash while the run is set up leaves a run that can be resumed",
        arguments: ["", "{\"format\":\"mava"])
    func setUp(journal: String) async throws {
        try await Rehearsal.run { rehearsal in
            let plan = ["plan", Self.file, "--output", "plan.jsonl"] + Rehearsal.wideQuota
            #expect(try await rehearsal.program(plan).status == 0)
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.file("run"), withIntermediateDirectories: true)
            let text = try rehearsal.directory.readText("plan.jsonl")
            try rehearsal.directory.write(text, to: "run/plan.jsonl")
            // The crash came before the journal's first line was whole.
            try rehearsal.directory.write(journal, to: "run/journal.jsonl")
            let result = try await rehearsal.program(Self.resume)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test(
        "A signal lets the requests in flight come to their end",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func drains(signal: Int32) async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let process = try rehearsal.start(Self.apply + ["--concurrency", "2"])
            try await process.signal(signal) { rehearsal.puts >= 4 }
            let ended = try await process.end()
            #expect(ended.status == 128 + signal)
            let rows = try rehearsal.report()
            let updated = rows.filter { $0["outcome"] == "updated" }.count
            #expect(updated == rehearsal.updates, "what was in flight was waited for")
            #expect(updated < 47)
            #expect(rows.filter { $0["outcome"] == "unsent" }.count == 47 - updated)
            #expect(try await rehearsal.program(Self.resume).status == 0)
            #expect(rehearsal.updates == 47, "no update was sent twice")
        }
    }

    @Test("A signal while rows are settled names the run to resume, which settles them")
    func signalWhileSettling() async throws {
        let reads = ObservedCount()
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                if request.line.hasPrefix("PUT") {
                    // Not the documented success: only the ticket shows whether the update was done.
                    connection.respond("202 Accepted", body: "{}")
                } else {
                    reads.add()
                    return connection.waitForClose()
                }
            }
        } _: { server in
            let directory = try TemporaryDirectory()
            try directory.write(
                "ticketId,status\n66843bdc044c3cd7f4000000,Resolved\n", to: "rows.csv")
            let process = try BuiltProgram.start(
                ["apply", "rows.csv", "--no-read", "--yes", "--run-dir", "run"]
                    + Rehearsal.wideQuota, in: URL(filePath: directory.path),
                environment: ["MAVA_BASE_URL": server.baseURL, "MAVA_API_KEY": "k"])
            try await process.signal(SIGTERM) { reads.value >= 1 }
            let ended = try await process.end()
            let errors = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.status == 143, "\(errors)")
            #expect(errors.contains("go on with: mava-bulk resume run"), "\(errors)")
            #expect(try directory.readText("run/report.csv").contains(",unknown,"))
            #expect(try directory.readText("run/summary.json").contains("interrupted"))
        }
    }

    @Test(
        "A key that is rejected while rows are settled ends the run with 4, other failures with 3",
        arguments: [
            (#"401 Unauthorized"#, #"{"error":"Unauthorized"}"#, 4),
            (#"403 Forbidden"#, #"{"error":"Forbidden"}"#, 4),
            (#"403 Forbidden"#, "<html>a firewall</html>", 3),
        ] as [(String, String, Int32)])
    func settlingFails(status: String, body: String, code: Int32) async throws {
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                if request.line.hasPrefix("PUT") {
                    // A success in words that are not the API's: only the ticket shows whether the update was
                    // done.
                    connection.respond(body: "{}")
                } else {
                    connection.respond(
                        status, headers: ["content-type: application/json"], body: body)
                }
            }
        } _: { server in
            let directory = try TemporaryDirectory()
            try directory.write(
                "ticketId,status\n66843bdc044c3cd7f4000000,Resolved\n", to: "rows.csv")
            let result = try await BuiltProgram.run(
                ["apply", "rows.csv", "--no-read", "--yes", "--run-dir", "run"]
                    + Rehearsal.wideQuota, in: URL(filePath: directory.path),
                environment: ["MAVA_BASE_URL": server.baseURL, "MAVA_API_KEY": "k"])
            #expect(result.status == code, "\(result.errors)")
            #expect(try directory.readText("run/report.csv").contains(",unknown,"))
            #expect(
                try directory.readText("run/summary.json").contains("key_rejected") == (code == 4))
        }
    }

    @Test("A file system that fills up ends the run in order", arguments: [2, 8, 16, 24, 28, 40])
    func diskFull(blocks: Int) async throws {
        try await Rehearsal.run { rehearsal in
            let command = "ulimit -f \(blocks); exec \"$0\" \"$@\""
            let result = try await BuiltProgram.run(
                ["-c", command, BuiltProgram.executable.path] + Self.apply, in: rehearsal.folder,
                environment: rehearsal.environment, executable: URL(filePath: "/bin/bash"))
            if result.status != 0 {
                #expect([1, 5].contains(result.status), "\(result.errors)")
                #expect(result.errors.contains("File too large"), "\(result.errors)")
            }
            // When there is room again the run continues, or begins if it had not begun.
            let hasRun = (try? rehearsal.directory.read("run/plan.jsonl")) != nil
            let again = try await rehearsal.program(hasRun ? Self.resume : Self.apply)
            #expect(again.status == 0, "\(again.errors)")
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
            #expect(try rehearsal.report().count == 51)
        }
    }

    @Test("A report that cannot be made names the run, which makes it once it can be")
    func reportRefused() async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let process = try rehearsal.start(Self.apply + ["--concurrency", "1"])
            // The stopped program cannot end before the report's place is taken.
            try await process.signal(SIGSTOP) { rehearsal.puts >= 1 }
            let place = rehearsal.folder.appending(path: "run/report.csv")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
            process.signal(SIGCONT)
            let ended = try await process.end()
            let errors = String(decoding: ended.errors, as: UTF8.self)
            #expect(ended.status == 1, "\(errors)")
            #expect(errors.contains("report.csv"), "\(errors)")
            #expect(errors.contains("go on with: mava-bulk resume run"), "\(errors)")
            try FileManager.default.removeItem(at: place)
            #expect(try await rehearsal.program(Self.resume).status == 0)
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
            #expect(try rehearsal.report().count == 51)
        }
    }

    @Test("Two processes do not work on one run")
    func locked() async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let process = try rehearsal.start(Self.apply + ["--concurrency", "1"])
            // The stopped program holds its lock for as long as the test needs.
            try await process.signal(SIGSTOP) { rehearsal.puts >= 1 }
            let second = try await rehearsal.program(Self.resume)
            #expect(second.status == 8)
            process.signal(SIGTERM)
            process.signal(SIGCONT)
            _ = try await process.end()
        }
    }

    @Test("A changed plan or a damaged journal is not gone on with")
    func changed() async throws {
        try await Rehearsal.run(faults: "only=put,latency=60ms") { rehearsal in
            let process = try rehearsal.start(Self.apply + ["--concurrency", "2"])
            try await process.signal(SIGTERM) { rehearsal.puts >= 6 }
            _ = try await process.end()
            let sent = rehearsal.puts
            let plan = try rehearsal.directory.readText("run/plan.jsonl")
            try rehearsal.directory.write(
                plan.replacing("\"do\":\"unchanged\"", with: "\"do\":\"update\""),
                to: "run/plan.jsonl")
            #expect(try await rehearsal.program(Self.resume).status == 6)
            try rehearsal.directory.write(plan, to: "run/plan.jsonl")
            let journal = try rehearsal.directory.readText("run/journal.jsonl")
            var lines = journal.split(separator: "\n").map(String.init)
            lines[2] = lines[2].replacing("1", with: "2")
            try rehearsal.directory.write(
                lines.joined(separator: "\n") + "\n", to: "run/journal.jsonl")
            let damaged = try await rehearsal.program(Self.resume)
            #expect(damaged.status == 6)
            #expect(damaged.errors.contains("journal.jsonl:3"), "\(damaged.errors)")
            #expect(rehearsal.puts == sent)
            // A crash leaves a torn last line.
            try rehearsal.directory.write(journal + "{\"do", to: "run/journal.jsonl")
            #expect(try await rehearsal.program(Self.resume).status == 0)
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
        }
    }

    @Test("A key that is rejected in the middle stops everything at once")
    func keyRejected() async throws {
        try await Rehearsal.run(faults: "only=put,401@5..") { rehearsal in
            let result = try await rehearsal.program(Self.apply + ["--concurrency", "1"])
            #expect(result.status == 4)
            #expect(rehearsal.puts == 5)
            let rows = try rehearsal.report()
            #expect(rows.filter { $0["outcome"] == "updated" }.count == 4)
            #expect(rows.filter { $0["outcome"] == "unsent" }.count == 43)
        }
    }

    @Test("Failures of the network and the server are tried again, and cost nothing twice")
    func faults() async throws {
        let faults =
            "seed=5,only=put,500-before=0.1,500-after=0.1,drop-after-commit=0.1,truncated-body=0.05"
        try await Rehearsal.run(faults: faults) { rehearsal in
            let result = try await rehearsal.program(Self.apply)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
            #expect(rehearsal.puts > 47)
        }
    }

    @Test("A redirect is not followed, and its update is sent again")
    func redirect() async throws {
        try await Rehearsal.run(faults: "only=put,redirect-other@1") { rehearsal in
            let result = try await rehearsal.program(Self.apply)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.puts == 48)
            #expect(rehearsal.sandbox.stats.auditMessages == 47)
        }
    }

    @Test("The key is in nothing that a run leaves")
    func secrets() async throws {
        try await Rehearsal.run(faults: "only=put,not-json@3,500-before@5") { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            let result = try await rehearsal.program(Self.apply)
            #expect(!(result.output + result.errors).contains(key))
            for name in try rehearsal.directory.names("run") {
                #expect(!(try rehearsal.directory.readText("run/\(name)")).contains(key), "\(name)")
            }
        }
    }
}
