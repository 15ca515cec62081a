import Foundation
import MavaSandbox
import Testing

/// The log and the saved state.
@Suite struct KeptStateTests {
    typealias W = ContractWorkspace

    /// Runs a closure with a folder that is removed afterwards.
    private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = NSTemporaryDirectory() + "/mava-sandbox-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    private func put(_ sandbox: Sandbox, _ members: String) async throws {
        _ = try await Curl.send(
            sandbox.address + "/api/ticket", method: "PUT", key: W.key,
            body: "{\"ticketId\":\"\(W.ticket)\",\(members)}")
    }

    @Test("the state is saved on stop, and goes on from there with its messages")
    func saved() async throws {
        try await withFolder { folder in
            var configuration = try W.configuration()
            configuration.savePath = folder + "/state.json"
            try await withSandbox(configuration) { sandbox in
                try await put(sandbox, "\"priority\":3")
            }
            let workspace = try Workspace.load(path: folder + "/state.json")
            #expect(workspace.ticket(W.ticket)?.priority == 3)
            #expect(workspace.ticketCount == 5)
            #expect(workspace.apiKeys == ["acme-key", "acme-second-key", "globex-key"])
            try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
                let listing = try await Curl.send(
                    sandbox.address + "/api/tickets?startDate=2026-01-10&endDate=2026-01-11"
                        + "&includeMessages=true", key: W.key)
                #expect(listing.body.contains(#""messageType":"PriorityChanged""#))
                #expect(sandbox.stats.auditMessages == 0)
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files == ["state.json"], "no temporary file is left")
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder + "/state.json")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("the state is saved while it runs, and is whole whenever it is read")
    func savedMeanwhile() async throws {
        try await withFolder { folder in
            var configuration = try W.configuration()
            configuration.savePath = folder + "/state.json"
            configuration.saveInterval = .milliseconds(1)
            try await withSandbox(configuration) { sandbox in
                var seen = 0
                for number in 0..<200 where seen < 3 {
                    try await put(sandbox, "\"priority\":\(number % 2 + 2)")
                    guard FileManager.default.fileExists(atPath: folder + "/state.json") else {
                        continue
                    }
                    let saved = try Workspace.load(path: folder + "/state.json")
                    #expect(saved.ticketCount == 5)
                    seen += 1
                }
                #expect(seen == 3)
                #expect(sandbox.problem == nil)
            }
        }
    }

    @Test("a state that cannot be saved is told, and the sandbox serves on")
    func unsaved() async throws {
        var configuration = try W.configuration()
        let sandbox = try await withFolder { folder in
            configuration.savePath = folder + "/state.json"
            return try Sandbox.start(configuration)
        }
        // The folder no longer exists here.
        try await put(sandbox, "\"priority\":3")
        #expect(sandbox.ticket(W.ticket)?.priority == 3)
        sandbox.stop()
        #expect(sandbox.problem?.code == .write)
        #expect(sandbox.problem?.message.contains("/state.json") == true)
    }

    @Test("a place where no state can be saved is refused at the start, and a pipe stays one")
    func unusablePlace() async throws {
        try await withFolder { folder in
            let pipe = folder + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            for path in ["/nowhere/state.json", pipe] {
                var configuration = try W.configuration()
                configuration.savePath = path
                let error = #expect(throws: SandboxError.self) {
                    try Sandbox.start(configuration)
                }
                #expect(error?.code == .write)
                #expect(error?.message.contains(path) == true)
            }
            var information = stat()
            #expect(stat(pipe, &information) == 0 && information.st_mode & S_IFMT == S_IFIFO)
        }
    }

    @Test("the log has a JSON line a request, and no key")
    func log() async throws {
        try await withFolder { folder in
            var configuration = try W.configuration()
            configuration.log = .file(folder + "/log.jsonl")
            configuration.faults = try FaultPlan(parsing: "500-after@2,drop-before-read@3")
            try await withSandbox(configuration) { sandbox in
                try await put(sandbox, "\"priority\":3")
                try await put(sandbox, "\"priority\":2")
                try await put(sandbox, "\"priority\":1")
                _ = try await Curl.send(
                    sandbox.address + "/api/agents?a=%22", key: "wrong-\(W.key)")
                _ = try await RawSocket.play(.init("nonsense\r\n\r\n"), port: sandbox.port)
            }
            let text = try String(contentsOfFile: folder + "/log.jsonl", encoding: .utf8)
            #expect(!text.contains(W.key))
            let lines = try text.split(separator: "\n").map { line in
                try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(lines.map { $0["status"] as? Int } == [200, 500, nil, 401, 400])
            #expect(lines.map { $0["request"] as? Int } == [1, 2, 3, 4, nil])
            #expect(lines[0]["ticketId"] as? String == W.ticket)
            #expect(lines[0]["organisation"] as? String == "Acme")
            #expect(lines[0]["changes"] as? Int == 1)
            #expect(lines[1]["changes"] as? Int == 1)
            #expect(lines[1]["fault"] as? String == "500-after")
            #expect(lines[2]["fault"] as? String == "drop-before-read")
            #expect(lines[3]["query"] as? String == "a=%22")
            #expect(lines[4]["reason"] as? String == "the request line has not three parts")
        }
    }

    @Test("a log that cannot be opened keeps the sandbox from starting")
    func unopened() throws {
        var configuration = try W.configuration()
        configuration.log = .file("/nowhere/log.jsonl")
        let error = #expect(throws: SandboxError.self) { try Sandbox.start(configuration) }
        #expect(error?.code == .write)
    }
}
