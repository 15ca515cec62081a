import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("The key that a configuration names", .timeLimit(.minutes(20)))
struct ConfiguredKeyTests {
    @Test("A profile's key and address win over the environment's, and config says so")
    func keyOfProfile() async throws {
        try await Rehearsal.run { rehearsal in
            let user = """
                {"version":1,"profiles":{"acme":{"keyCommand":["cat","\(rehearsal.directory.path)/key"],
                "baseURL":"\(rehearsal.sandbox.address)"},
                "file":{"keyFile":"../../key"},"credential":{"keyCredential":"acme"}}}
                """
            try rehearsal.configure(user: user)
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0] + "\n", to: "key")
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0] + "\n", to: "acme")
            let foreign = ["MAVA_API_KEY": "another-key", "MAVA_BASE_URL": "http://127.0.0.1:9"]
            let agents = try await rehearsal.program(
                ["agents", "--profile", "acme"], adding: foreign)
            #expect(agents.status == 0, "\(agents.errors)")
            let key = try await rehearsal.settings(["--profile", "acme"], adding: foreign)["key"]
            #expect(key?.value == "printed by cat (1 argument); MAVA_API_KEY is not used")
            for (profile, more) in [
                ("file", [:]), ("credential", ["CREDENTIALS_DIRECTORY": rehearsal.directory.path]),
            ] {
                let agents = try await rehearsal.program(
                    ["agents", "--profile", profile],
                    adding: ["MAVA_API_KEY": "another-key"].merging(more) { $1 })
                #expect(agents.status == 0, "\(profile): \(agents.errors)")
            }
            // An option is the nearest.
            try rehearsal.directory.write("another-key", to: "other")
            let option = try await rehearsal.program(
                ["agents", "--profile", "acme", "--api-key-file", "other"])
            #expect(option.status == 4)
        }
    }

    @Test("A profile with an address and no key gets no key of the environment")
    func addressWithoutKey() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            func user(_ more: String) -> String {
                #"{"version":1,"profiles":{"acme":{"baseURL":"\#(rehearsal.sandbox.address)"\#(more)}}}"#
            }
            try rehearsal.configure(user: user(""))
            try rehearsal.directory.write(key, to: "key")
            let agents = ["agents", "--profile", "acme"]
            for name in ["MAVA_API_KEY", "MAVA_BULK_API_KEY_FILE", "CREDENTIALS_DIRECTORY"] {
                try rehearsal.directory.write(key, to: "mava_api_key")
                let value =
                    name == "MAVA_API_KEY"
                    ? key
                    : name == "CREDENTIALS_DIRECTORY"
                        ? rehearsal.directory.path : rehearsal.directory.file("key")
                let refused = try await rehearsal.program(
                    agents, adding: [name: value],
                    without: name == "MAVA_API_KEY" ? [] : ["MAVA_API_KEY"])
                #expect(refused.status == 4, "\(refused.errors)")
                #expect(
                    refused.errors.contains(#""keyVariable": "MAVA_API_KEY""#), "\(refused.errors)")
            }
            #expect(rehearsal.sandbox.stats.total == 0)
            let file = try await rehearsal.program(agents + ["--api-key-file", "key"])
            #expect(file.status == 0, "\(file.errors)")
            try rehearsal.configure(user: user(#","keyVariable":"ACME_KEY""#))
            let named = try await rehearsal.program(
                agents, adding: ["ACME_KEY": key, "MAVA_API_KEY": "another-key"])
            #expect(named.status == 0, "\(named.errors)")
            let printed = try await rehearsal.settings(["--profile", "acme"])["key"]
            #expect(printed?.value == "in the variable ACME_KEY; MAVA_API_KEY is not used")
            let unset = try await rehearsal.program(agents)
            #expect(unset.status == 4)
            #expect(unset.errors.contains("names the variable ACME_KEY, which is not set"))
        }
    }

    @Test(
        "A key command that fails shows nothing of what it printed",
        arguments: [
            (#"["sh", "-c", "echo secret-1; echo secret-2 >&2; exit 3"]"#, "ended with 3"),
            (#"["no-such-program-here"]"#, "names no program of PATH"),
            (#"["sh", "-c", "printf 'secret-1\\nsecret-2'"]"#, "holds no API key"),
        ])
    func failingKeyCommand(command: String, reason: String) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(user: #"{"version":1,"keyCommand":\#(command)}"#)
            let result = try await rehearsal.program(["agents"], without: ["MAVA_API_KEY"])
            #expect(result.status == 4)
            #expect(result.errors.contains(reason), "\(result.errors)")
            #expect(!result.errors.contains("secret-"))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("A key command that prints without end is ended, and says so")
    func endlessCommand() async throws {
        try await Rehearsal.run { rehearsal in
            let command = #"["sh","-c","yes secret-1 | cat"]"#
            try rehearsal.configure(user: #"{"version":1,"keyCommand":\#(command)}"#)
            let result = try await rehearsal.program(["agents"], without: ["MAVA_API_KEY"])
            #expect(result.status == 4)
            #expect(result.errors.contains("printed more than 4 KiB"), "\(result.errors)")
            #expect(!result.errors.contains("secret-"))
        }
    }

    @Test(
        "A signal that ends the program ends its key command and what that started",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalToCommand(signal: Int32) async throws {
        try await Rehearsal.run { rehearsal in
            #expect(mkfifo(rehearsal.directory.file("started"), 0o600) == 0)
            // The inner shell holds the pipe open until it ends.
            let script = "sh -c 'echo ready; exec 1>&3; sleep 300' 3>started >started; true"
            try rehearsal.configure(user: #"{"version":1,"keyCommand":["sh","-c","\#(script)"]}"#)
            var environment = rehearsal.environment
            environment["MAVA_API_KEY"] = nil
            let program = try BuiltProgram.start(
                ["agents"], in: rehearsal.folder, environment: environment)
            // The end of the pipe comes when no program holds it any more.
            let pipe = open(rehearsal.directory.file("started"), O_RDONLY)
            defer { close(pipe) }
            var bytes = [UInt8](repeating: 0, count: 16)
            #expect(read(pipe, &bytes, 16) == 6)
            program.signal(signal)
            #expect(try await program.end().status == 128 + signal)
            #expect(read(pipe, &bytes, 16) == 0)
        }
    }
}
