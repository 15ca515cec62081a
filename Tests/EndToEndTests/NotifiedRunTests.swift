import BulkTestSupport
import Foundation
import MavaSandbox
import Synchronization
import Testing

@Suite("Runs that tell a webhook and a monitor", .timeLimit(.minutes(20)))
struct NotifiedRunTests {
    private static let apply = [
        "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run",
    ]

    /// Runs a body beside a server that keeps what it is sent.
    private func withServer(
        status: String = "200 OK", headers: [String] = [], answer: String = "",
        _ body: (RawServer, Rehearsal, @escaping () -> [RawConnection.Request]) async throws -> Void
    ) async throws {
        let requests = Mutex<[RawConnection.Request]>([])
        try await RawServer.with { connection in
            while let request = connection.readRequest() {
                requests.withLock { $0.append(request) }
                connection.respond(status, headers: headers, body: answer)
            }
        } _: { server in
            try await Rehearsal.run { rehearsal in
                try await body(server, rehearsal) { requests.withLock { $0 } }
            }
        }
    }

    private func object(_ request: RawConnection.Request) throws -> [String: Any] {
        try #require(
            JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
    }

    /// All texts that the program wrote into the directory of a rehearsal.
    private func texts(_ rehearsal: Rehearsal) throws -> String {
        let files = try FileManager.default.subpathsOfDirectory(atPath: rehearsal.directory.path)
        return files.filter { $0.hasPrefix("run/") || $0.hasPrefix("events") }.map {
            (try? rehearsal.directory.readText($0)) ?? ""
        }.joined()
    }

    @Test("A run tells of its start and its end, and nothing it writes has the addresses")
    func run() async throws {
        try await withServer { server, rehearsal, requests in
            try rehearsal.directory.write(server.baseURL + "/s3cr3t-1\n", to: "webhook")
            let result = try await rehearsal.program(
                Self.apply + [
                    "--notify-file", "webhook", "--ping", server.baseURL + "/s3cr3t-2", "--events",
                    "events", "--verbose",
                ] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            let pings = requests().filter { $0.line.hasPrefix("GET ") }.map(\.line)
            #expect(pings == ["GET /s3cr3t-2/start HTTP/1.1", "GET /s3cr3t-2 HTTP/1.1"])
            let messages = requests().filter { $0.line == "POST /s3cr3t-1 HTTP/1.1" }
            #expect(messages.count == 2 && requests().count == 4)
            let started = try object(messages[0])
            #expect(started["event"] as? String == "started" && started["updates"] as? Int == 47)
            let groups = try #require(started["groups"] as? [[String: Any]])
            let tickets = groups.compactMap { $0["tickets"] as? Int }
            #expect(tickets.count > 1 && tickets == tickets.sorted(by: >))
            #expect((started["text"] as? String)?.contains("started, 47 updates to send\n") == true)
            let finished = try object(messages[1])
            #expect(finished["event"] as? String == "finished")
            #expect((finished["outcomes"] as? [String: Int])?["updated"] == 47)
            #expect(finished["exitCode"] as? Int == 0)
            #expect((finished["directory"] as? String)?.hasSuffix("/run") == true)
            for request in requests() {
                #expect(!request.head.contains(rehearsal.sandbox.apiKeys[0]))
                #expect(request.values(of: "x-auth-token").isEmpty)
            }
            let all = try result.output + result.errors + texts(rehearsal)
            #expect(!all.contains("s3cr3t"), "\(result.errors)")
            #expect(try rehearsal.directory.readText("run/run.json").contains("<redacted>"))
        }
    }

    @Test("A run that is resumed is called as it was")
    func label() async throws {
        try await withServer { server, rehearsal, requests in
            let begun = try await rehearsal.program(
                Self.apply + ["--label", "nightly", "--deadline", "1ms"] + Rehearsal.wideQuota)
            #expect(begun.status == 5, "\(begun.errors)")
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--notify", server.baseURL, "--deadline", "10m"]
                    + Rehearsal.wideQuota)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(requests().count == 2)
            for request in requests() {
                #expect(try object(request)["label"] as? String == "nightly")
            }
        }
    }

    @Test("A refusal is reported, with the exit code; a suggested command has no address")
    func refused() async throws {
        try await withServer { server, rehearsal, requests in
            let address = server.baseURL + "/s3cr3t?rid=1"
            let refused = try await rehearsal.program(
                Self.apply + ["--max-changes", "3", "--notify", address, "--ping", address])
            #expect(refused.status == 7)
            #expect(
                requests().map(\.line).sorted() == [
                    "GET /s3cr3t/7?rid=1 HTTP/1.1", "GET /s3cr3t/start?rid=1 HTTP/1.1",
                    "POST /s3cr3t?rid=1 HTTP/1.1",
                ])
            let message = try #require(requests().first { $0.line.hasPrefix("POST") })
            #expect(try object(message)["event"] as? String == "refused")
            let before = requests().count
            let asked = try await rehearsal.program(
                ["apply", Rehearsal.sample("reassign/handover.csv"), "--notify", address])
            #expect(asked.status == 2 && asked.errors.contains("--notify URL"), "\(asked.errors)")
            let dry = try await rehearsal.program(Self.apply + ["--dry-run", "--notify", address])
            #expect(dry.status == 0)
            #expect(!(refused.errors + asked.errors + dry.errors).contains("s3cr3t"))
            for options in [["--label", "a/b"], ["--quota", "bogus"], ["--max-changes", "x"]] {
                let wrong = try await rehearsal.program(
                    Self.apply + options + ["--notify", address, "--ping", address])
                #expect(wrong.status == 2, "\(wrong.errors)")
            }
            // Wrong usage sends nothing, and a question that cannot be asked is wrong usage.
            #expect(requests().count == before)
            let keyless = try await BuiltProgram.run(
                Self.apply + ["--ping", address], in: rehearsal.folder)
            #expect(keyless.status == 4)
            #expect(
                requests().dropFirst(before).map(\.line) == [
                    "GET /s3cr3t/start?rid=1 HTTP/1.1", "GET /s3cr3t/4?rid=1 HTTP/1.1",
                ])
        }
    }

    @Test("The variables are for runs alone, and no message holds a key that is in the label")
    func variables() async throws {
        try await withServer { server, rehearsal, requests in
            let key = try #require(rehearsal.sandbox.apiKeys.first)
            let environment = rehearsal.environment.merging([
                "MAVA_BULK_NOTIFY_URL": server.baseURL + "/s3cr3t",
                "MAVA_BULK_PING_URL": server.baseURL + "/s3cr3t",
            ]) { $1 }
            func program(_ words: [String]) async throws -> BuiltProgram.Result {
                try await BuiltProgram.run(words, in: rehearsal.folder, environment: environment)
            }
            let file = Rehearsal.sample("reassign/handover.csv")
            for words in [["plan", file], ["agents"], ["runs"], ["check"], ["config"]] {
                let result = try await program(words)
                #expect([0, 3].contains(result.status), "\(result.errors)")
                #expect(requests().isEmpty, "\(words)")
                #expect(!(result.output + result.errors).contains("s3cr3t"))
                if words == ["config"] {
                    for name in ["notifyFile", "pingFile"] {
                        let line = result.output.split(separator: "\n").first { $0.hasPrefix(name) }
                        #expect(line?.contains("hidden") == true, "\(result.output)")
                        #expect(
                            line?.contains("MAVA_BULK_\(name.dropLast(4).uppercased())_URL") == true
                        )
                    }
                }
            }
            let run = try await program(
                Self.apply + ["--label", "night \(key)\u{301}"] + Rehearsal.wideQuota)
            #expect(run.status == 0, "\(run.errors)")
            #expect(requests().count == 4)
            for request in requests() {
                #expect(!String(decoding: request.body, as: UTF8.self).contains(key))
            }
            #expect(try !texts(rehearsal).contains(key))
        }
    }

    @Test("Only the status of an answer counts, however long its body is")
    func longAnswer() async throws {
        let answer = String(repeating: "x", count: 2 << 20)
        try await withServer(answer: answer) { server, rehearsal, requests in
            let result = try await rehearsal.program(
                Self.apply + ["--notify", server.baseURL + "/n"] + Rehearsal.wideQuota)
            #expect(result.status == 0 && !result.errors.contains("not sent"), "\(result.errors)")
            #expect(requests().count == 2)
        }
    }

    @Test("A redirect is not followed, and a failure is a warning and no more")
    func failing() async throws {
        let target = try RawServer.unusedPort()
        let headers = ["location: http://127.0.0.1:\(target)/elsewhere"]
        try await withServer(status: "307 Temporary Redirect", headers: headers) {
            server, rehearsal, requests in
            let result = try await rehearsal.program(
                Self.apply + ["--notify", server.baseURL + "/s3cr3t"] + Rehearsal.wideQuota)
            #expect(result.status == 0)
            #expect(rehearsal.updates == 47)
            for message in ["started", "finished"] {
                let warning = "warning: the message \"\(message)\" was not sent: the answer was 307"
                #expect(result.errors.contains(warning), "\(result.errors)")
            }
            #expect(!result.errors.contains("s3cr3t") && requests().count == 2)
        }
        try await Rehearsal.run { rehearsal in
            let result = try await BuiltProgram.run(
                Self.apply + Rehearsal.wideQuota, in: rehearsal.folder,
                environment: rehearsal.environment.merging([
                    "MAVA_BULK_PING_URL": "http://127.0.0.1:\(target)/s3cr3t"
                ]) { $1 })
            #expect(result.status == 0)
            for ping in ["first", "last"] {
                let warning = "the \(ping) ping was not sent: there was no connection"
                #expect(result.errors.contains(warning), "\(result.errors)")
            }
            #expect(!result.errors.contains("s3cr3t"))
        }
    }

    @Test(
        "Your own file can name the addresses' files; a project's cannot, and a rehearsal uses none"
    )
    func configuration() async throws {
        try await withServer { server, rehearsal, requests in
            let folder = rehearsal.directory.path + "/.config/mava-bulk"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            func write(_ text: String, _ path: String) throws {
                try rehearsal.directory.write(text, to: path)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600],
                    ofItemAtPath: rehearsal.directory.path + "/" + path)
            }
            let file = #"{"version":1,"profiles":{"acme":{"notifyFile":"webhook"}}}"#
            try write(file, ".config/mava-bulk/config.json")
            try write(server.baseURL + "/acme", ".config/mava-bulk/webhook")
            let result = try await rehearsal.program(
                Self.apply + ["--profile", "acme"] + Rehearsal.wideQuota)
            #expect(result.status == 0, "\(result.errors)")
            #expect(requests().map(\.line) == Array(repeating: "POST /acme HTTP/1.1", count: 2))
            #expect(try object(requests()[0])["profile"] as? String == "acme")
            // The run's own profile counts where it is resumed.
            let resumed = try await rehearsal.program(["resume", "run", "--yes"])
            #expect(resumed.status == 0 && requests().count == 4)
            let rehearsed = try await rehearsal.program([
                "apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--profile", "acme",
                "--sandbox", Rehearsal.sample("workspace.json"),
            ])
            #expect(rehearsed.status == 0 && requests().count == 4, "\(rehearsed.errors)")
            try write(#"{"version":1,"notifyFile":"webhook"}"#, ".mava-bulk.json")
            let project = try await rehearsal.program(["config"])
            #expect(project.status == 2)
            #expect(project.errors.contains("notifyFile is not read from a project's file"))
            let address = #"{"version":1,"pingFile":"https://example.com/s3cr3t"}"#
            try write(address, ".config/mava-bulk/config.json")
            try FileManager.default.removeItem(
                atPath: rehearsal.directory.path + "/.mava-bulk.json")
            let wrong = try await rehearsal.program(["config"])
            #expect(wrong.status == 2 && !(wrong.errors + wrong.output).contains("s3cr3t"))
            #expect(wrong.errors.contains("pingFile takes a file"), "\(wrong.errors)")
        }
    }

    @Test(
        "An address that cannot be used ends the command before anything is sent",
        arguments: [
            ["--notify", "http://example.com/s3cr3t"], ["--ping", "s3cr3t"],
            ["--notify", "https://example.com/s3cr3t", "--notify-file", "x"],
            ["--ping-file", "no-such-file"], ["--notify-file", "https://example.com/s3cr3t"],
            ["--ping-file", "hooks.example.com/s3cr3t"],
        ])
    func wrong(options: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(Self.apply + options)
            #expect(result.status == 2, "\(result.errors)")
            #expect(!result.errors.contains("s3cr3t"))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }
}
