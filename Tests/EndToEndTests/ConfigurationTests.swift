import BulkSystem
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Configuration files, profiles, production, and what check finds", .timeLimit(.minutes(5)))
struct ConfigurationTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")
    private static let project = ".mava-bulk.json"
    private static let user = ".config/mava-bulk/config.json"

    /// Writes the user's own file and the project's.
    private func write(_ rehearsal: Rehearsal, user: String? = nil, project: String? = nil) throws {
        if let user {
            try FileManager.default.createDirectory(
                atPath: rehearsal.directory.path + "/.config/mava-bulk",
                withIntermediateDirectories: true)
            try rehearsal.directory.write(user, to: Self.user)
        }
        if let project { try rehearsal.directory.write(project, to: Self.project) }
        for path in [Self.user, Self.project] {
            let path = rehearsal.directory.path + "/" + path
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    private func run(
        _ rehearsal: Rehearsal, _ arguments: [String], _ environment: [String: String] = [:],
        without variables: [String] = []
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments, in: rehearsal.folder,
            environment: rehearsal.environment.filter { !variables.contains($0.key) }
                .merging(environment) { $1 })
    }

    private struct Printed: Decodable {
        struct Setting: Decodable {
            var name: String
            var value: String?
            var origin: String
            var file: String?
            var line: Int?
            var profile: String?
            var variable: String?
        }

        var settings: [Setting]

        subscript(_ name: String) -> Setting? { settings.first { $0.name == name } }
    }

    private func printed(
        _ rehearsal: Rehearsal, _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) async throws -> Printed {
        let result = try await run(rehearsal, ["config", "--json"] + arguments, environment)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Printed.self, from: Data(result.output.utf8))
    }

    // MARK: Which value counts

    @Test(
        "An option wins over a variable, that over a profile, that over defaults, the project first"
    )
    func order() async throws {
        try await Rehearsal.run { rehearsal in
            let user =
                #"{"version":1,"quota":"10/1s","label":"u","profiles":{"acme":{"quota":"20/1s"}}}"#
            try write(rehearsal, user: user)
            #expect(try await printed(rehearsal)["quota"]?.value == "10/1s")
            try write(rehearsal, project: "{\n\"version\":1,\n\"quota\":\"30/1s\"}")
            let project = try await printed(rehearsal)["quota"]
            #expect(project?.value == "30/1s")
            #expect(project?.origin == "file")
            #expect(project?.file?.hasSuffix(Self.project) == true)
            #expect(project?.line == 3)
            let profile = try await printed(rehearsal, ["--profile", "acme"])
            #expect(profile["quota"]?.value == "20/1s")
            #expect(profile["quota"]?.profile == "acme")
            #expect(profile["label"]?.value == "u")
            let variable = try await printed(
                rehearsal, [], ["MAVA_BULK_PROFILE": "acme", "MAVA_BULK_QUOTA": "40/1s"])
            #expect(variable["profile"]?.variable == "MAVA_BULK_PROFILE")
            #expect(variable["quota"]?.value == "40/1s")
            #expect(variable["quota"]?.variable == "MAVA_BULK_QUOTA")
            let option = try await printed(
                rehearsal, ["--quota", "50/1s"], ["MAVA_BULK_QUOTA": "40/1s"])
            #expect(option["quota"]?.value == "50/1s")
            #expect(option["quota"]?.origin == "option")
            let wrong = try await run(rehearsal, ["config"], ["MAVA_BULK_QUOTA": "40/1"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("MAVA_BULK_QUOTA takes requests per time"))
        }
    }

    @Test("Paths are relative to the file that holds them")
    func paths() async throws {
        try await Rehearsal.run { rehearsal in
            try write(
                rehearsal, user: #"{"version":1,"runsDirectory":"runs","guards":"/g.json"}"#)
            let printed = try await printed(rehearsal)
            #expect(
                printed["runsDirectory"]?.value?.hasSuffix("/.config/mava-bulk/runs") == true)
            #expect(printed["guards"]?.value == "/g.json")
        }
    }

    @Test("A profile's key and address win over the environment's, and config says so")
    func keyOfProfile() async throws {
        try await Rehearsal.run { rehearsal in
            let user = """
                {"version":1,"profiles":{"acme":{"keyCommand":["cat","\(rehearsal.directory.path)/key"],
                "baseURL":"\(rehearsal.sandbox.address)"},
                "file":{"keyFile":"../../key"},"credential":{"keyCredential":"acme"}}}
                """
            try write(rehearsal, user: user)
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0] + "\n", to: "key")
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0] + "\n", to: "acme")
            let foreign = ["MAVA_API_KEY": "another-key", "MAVA_BASE_URL": "http://127.0.0.1:9"]
            let agents = try await run(rehearsal, ["agents", "--profile", "acme"], foreign)
            #expect(agents.status == 0, "\(agents.errors)")
            let key = try await printed(rehearsal, ["--profile", "acme"], foreign)["key"]
            #expect(key?.value == "printed by cat (1 argument); MAVA_API_KEY is not used")
            for (profile, more) in [
                ("file", [:]), ("credential", ["CREDENTIALS_DIRECTORY": rehearsal.directory.path]),
            ] {
                let agents = try await run(
                    rehearsal, ["agents", "--profile", profile],
                    ["MAVA_API_KEY": "another-key"].merging(more) { $1 })
                #expect(agents.status == 0, "\(profile): \(agents.errors)")
            }
            // An option is the nearest.
            try rehearsal.directory.write("another-key", to: "other")
            let option = try await run(
                rehearsal, ["agents", "--profile", "acme", "--api-key-file", "other"])
            #expect(option.status == 4)
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
            try write(rehearsal, user: #"{"version":1,"keyCommand":\#(command)}"#)
            let result = try await run(rehearsal, ["agents"], without: ["MAVA_API_KEY"])
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
            try write(rehearsal, user: #"{"version":1,"keyCommand":\#(command)}"#)
            let result = try await run(rehearsal, ["agents"], without: ["MAVA_API_KEY"])
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
            try write(
                rehearsal, user: #"{"version":1,"keyCommand":["sh","-c","\#(script)"]}"#)
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

    @Test("A profile with an address and no key gets no key of the environment")
    func addressWithoutKey() async throws {
        try await Rehearsal.run { rehearsal in
            let key = rehearsal.sandbox.apiKeys[0]
            func user(_ more: String) -> String {
                #"{"version":1,"profiles":{"acme":{"baseURL":"\#(rehearsal.sandbox.address)"\#(more)}}}"#
            }
            try write(rehearsal, user: user(""))
            try rehearsal.directory.write(key, to: "key")
            let agents = ["agents", "--profile", "acme"]
            for name in ["MAVA_API_KEY", "MAVA_BULK_API_KEY_FILE", "CREDENTIALS_DIRECTORY"] {
                try rehearsal.directory.write(key, to: "mava_api_key")
                let value =
                    name == "MAVA_API_KEY"
                    ? key
                    : name == "CREDENTIALS_DIRECTORY"
                        ? rehearsal.directory.path : rehearsal.directory.file("key")
                let refused = try await run(
                    rehearsal, agents, [name: value],
                    without: name == "MAVA_API_KEY" ? [] : ["MAVA_API_KEY"])
                #expect(refused.status == 4, "\(refused.errors)")
                #expect(
                    refused.errors.contains(#""keyVariable": "MAVA_API_KEY""#), "\(refused.errors)")
            }
            #expect(rehearsal.sandbox.stats.total == 0)
            let file = try await run(rehearsal, agents + ["--api-key-file", "key"])
            #expect(file.status == 0, "\(file.errors)")
            try write(rehearsal, user: user(#","keyVariable":"ACME_KEY""#))
            let named = try await run(
                rehearsal, agents, ["ACME_KEY": key, "MAVA_API_KEY": "another-key"])
            #expect(named.status == 0, "\(named.errors)")
            let printed = try await printed(rehearsal, ["--profile", "acme"])["key"]
            #expect(printed?.value == "in the variable ACME_KEY; MAVA_API_KEY is not used")
            let unset = try await run(rehearsal, agents)
            #expect(unset.status == 4)
            #expect(unset.errors.contains("names the variable ACME_KEY, which is not set"))
        }
    }

    @Test(
        "Without HOME, or with a relative one, the user's file is in the home that the system knows"
    )
    func home() async throws {
        let home = try #require(ProcessOwner.home(nil))
        #expect(home.hasPrefix("/") && ProcessOwner.home("relative") == home)
        #expect(ProcessOwner.home("/h") == "/h")
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, project: #"{"version":1,"keyFile":"k"}"#)
            for (variables, place) in [
                (["HOME": ""], home + "/.config"), (["HOME": "here"], home + "/.config"),
                (["HOME": "/h", "XDG_CONFIG_HOME": "here"], "/h/.config"),
                (["HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/x"),
            ] {
                let result = try await run(rehearsal, ["config"], variables)
                #expect(result.status == 2)
                #expect(
                    result.errors.contains("move it to \(place)/mava-bulk/config.json"),
                    "\(result.errors)")
            }
        }
    }

    // MARK: What is refused

    @Test(
        "A mistake in a file is refused with its line, its column and what to do",
        arguments: [
            ("{", "1:2: ", "the file ends too early"),
            (#"{"quota":"1/1s"}"#, "1:1: ", "add \"version\": 1"),
            (#"{"version":2}"#, "1:12: ", "reads version 1"),
            ("{\"version\":1,\n  \"qouta\":\"1/1s\"}", "2:3: ", "did you mean `quota`?"),
            (#"{"version":1,"quota":"1/1s","quota":"1/1s"}"#, "1:29: ", "comes twice"),
            (#"{"version":1,"quota":90}"#, "1:22: ", "quota takes text in quotes"),
            (#"{"version":1,"quota":"90/30"}"#, "1:22: ", "such as 90/30s"),
            (#"{"version":1,"concurrency":"4"}"#, "1:28: ", "a whole number from 1 to 512"),
            (#"{"version":1,"concurrency":513}"#, "1:28: ", "a whole number from 1 to 512"),
            (#"{"version":1,"production":"yes"}"#, "1:27: ", "true or false"),
            (#"{"version":1,"keyCommand":"pass mava"}"#, "1:27: ", "is a list of texts"),
            (#"{"version":1,"keyCommand":[]}"#, "1:27: ", "is a list of texts"),
            (
                #"{"version":1,"keyFile":"k","keyCommand":["k"]}"#, "1:28: ",
                "leave one of the two out"
            ),
            (#"{"version":1,"keyCredential":"../k"}"#, "1:30: ", "without a slash"),
            (#"{"version":1,"profiles":{"a b":{}}}"#, "1:26: ", "a profile's name"),
            (#"{"version":1,"profiles":{"a":{"profiles":{}}}}"#, "1:31: ", "no setting"),
        ])
    func mistakes(text: String, place: String, reason: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, user: text)
            for command in [["config"], ["agents"], ["runs"]] {
                let result = try await run(rehearsal, command)
                #expect(result.status == 2)
                #expect(result.errors.contains("config.json:\(place)"), "\(result.errors)")
                #expect(result.errors.contains(reason), "\(result.errors)")
            }
            // Help says how to write the file, so it does not need one.
            #expect(try await run(rehearsal, ["help", "configuration"]).status == 0)
        }
    }

    @Test(
        "A project's file can neither run a program nor choose the key or where it is sent",
        arguments: [
            (#""keyFile":"k""#, "keyFile"), (#""keyCredential":"k""#, "keyCredential"),
            (#""keyCommand":["touch","ran"]"#, "keyCommand"),
            (#""baseURL":"https://example.com""#, "baseURL"), (#""caFile":"ca.pem""#, "caFile"),
        ])
    func personal(member: String, name: String) async throws {
        try await Rehearsal.run { rehearsal in
            for text in [
                "{\"version\":1,\(member)}", "{\"version\":1,\"profiles\":{\"acme\":{\(member)}}}",
            ] {
                try write(rehearsal, project: text)
                let result = try await run(rehearsal, ["agents"], without: ["MAVA_API_KEY"])
                #expect(result.status == 2)
                #expect(result.errors.contains("\(name) is not read from a project's file"))
                #expect(rehearsal.sandbox.stats.total == 0)
            }
            #expect(try !rehearsal.leftovers().contains("ran"))
        }
    }

    @Test("A project's guards do not replace the user's, in defaults and profiles")
    func guardsOfBoth() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(#"{"maxChanges":1000}"#, to: "lax.json")
            try rehearsal.directory.write(#"{"maxChanges":1}"#, to: "strict.json")
            let strict = rehearsal.directory.file("strict.json")
            func file(_ guards: String, _ isProfile: Bool) -> String {
                let member = #""guards":"\#(guards)""#
                return isProfile
                    ? #"{"version":1,"profiles":{"acme":{\#(member)}}}"#
                    : #"{"version":1,\#(member)}"#
            }
            let plan = ["plan", Rehearsal.sample("reassign/handover.csv")] + Rehearsal.wideQuota
            for project in [true, false] {
                for user in [true, false] {
                    try write(
                        rehearsal, user: file(strict, user), project: file("lax.json", project))
                    let asked = plan + (project || user ? ["--profile", "acme"] : [])
                    let result = try await run(rehearsal, asked)
                    #expect(result.status == 2, "\(result.errors)")
                    #expect(result.errors.contains("say with --guards FILE which count"))
                    #expect(rehearsal.sandbox.stats.total == 0)
                }
            }
            let chosen = try await run(rehearsal, plan + ["--guards", strict])
            #expect(chosen.status == 7, "\(chosen.errors)")
            try write(rehearsal, user: #"{"version":1}"#, project: file("strict.json", false))
            #expect(try await run(rehearsal, plan).status == 7, "a project can have guards")
        }
    }

    @Test(
        "A project cannot say which runs the user's guards count",
        arguments: [(#""label":"new""#, "label"), (#""runsDirectory":"none""#, "runs-dir")])
    func historyOfProject(member: String, option: String) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                #"{"maxOfLastRuns":{"percent":150,"runs":3}}"#, to: "guards.json")
            let guards = rehearsal.directory.file("guards.json")
            try write(
                rehearsal, user: #"{"version":1,"guards":"\#(guards)"}"#,
                project: "{\"version\":1,\(member)}")
            // Without a label the guard refuses every plan.
            let label = option == "label" ? [] : ["--label", "mine"]
            let plan = ["plan", Self.file] + label + Rehearsal.wideQuota
            let refused = try await run(rehearsal, plan)
            #expect(refused.status == 2, "\(refused.errors)")
            #expect(refused.errors.contains("say it with --\(option)"), "\(refused.errors)")
            let said = try await run(rehearsal, plan + ["--\(option)", "mine"])
            #expect(said.status == 0, "\(said.errors)")
            // Guards of the project itself count as the project says.
            try write(
                rehearsal, user: #"{"version":1}"#,
                project: "{\"version\":1,\"guards\":\"guards.json\",\(member)}")
            #expect(try await run(rehearsal, plan).status == 0)
        }
    }

    @Test("A file that others may write is refused, and so is one that is no file")
    func untrusted() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, project: #"{"version":1}"#)
            let path = rehearsal.directory.path + "/" + Self.project
            for mode in [0o620, 0o602] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: mode], ofItemAtPath: path)
                let result = try await run(rehearsal, ["config"])
                #expect(result.status == 2)
                #expect(result.errors.contains("chmod go-w .mava-bulk.json"), "\(result.errors)")
            }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            let result = try await run(rehearsal, ["config"])
            #expect(result.status == 2)
            #expect(result.errors.contains("is not a file"))
        }
    }

    @Test("An unknown profile names the closest, and completions list them all")
    func unknownProfile() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, user: #"{"version":1,"profiles":{"acme":{},"globex":{}}}"#)
            try write(rehearsal, project: #"{"version":1,"profiles":{"acme":{},"local":{}}}"#)
            let wrong = try await run(rehearsal, ["agents", "--profile", "acne"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("did you mean `acme`?"))
            let list = try await run(rehearsal, ["agents", "--profile", "x"])
            #expect(list.errors.contains("there is acme, globex, local"))
            let words = try await run(rehearsal, ["__complete", "profiles"])
            #expect(words.output == "acme\nglobex\nlocal\n")
            try write(rehearsal, user: "{")
            let broken = try await run(rehearsal, ["__complete", "profiles"])
            #expect(broken.status == 0)
            #expect(broken.output.isEmpty)
        }
    }

    // MARK: Runs

    @Test("Settings of files are no options of a saved plan, and a run keeps its profile")
    func runs() async throws {
        try await Rehearsal.run { rehearsal in
            let user = """
                {"version":1,"quota":"1000000/1s","profiles":{"acme":{"keyFile":"key",
                "baseURL":"\(rehearsal.sandbox.address)"}}}
                """
            try write(rehearsal, user: user)
            try rehearsal.directory.write(
                rehearsal.sandbox.apiKeys[0], to: ".config/mava-bulk/key")
            let profile = ["--profile", "acme"]
            let none = ["MAVA_API_KEY", "MAVA_BASE_URL"]
            let planned = try await run(
                rehearsal, ["plan", Self.file, "--output", "plan.jsonl"] + profile, without: none)
            #expect(planned.status == 3 || planned.status == 0, "\(planned.errors)")
            #expect(planned.output.contains("--profile acme"), "\(planned.output)")
            #expect(!planned.output.contains("--quota"))
            let shown = try await run(rehearsal, ["plan", "plan.jsonl"] + profile, without: none)
            #expect(shown.status == planned.status, "\(shown.errors)")
            let began = try await run(
                rehearsal,
                ["apply", "plan.jsonl", "--yes", "--run-dir", "run", "--deadline", "1ms"]
                    + profile, without: none)
            #expect(began.status == 5, "\(began.errors)")
            #expect(try rehearsal.directory.readText("run/run.json").contains("\"acme\""))
            let resumed = try await run(
                rehearsal, ["resume", "run", "--yes", "--deadline", "600s"], without: none)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("Production needs the number of updates, and a project's file cannot switch that off")
    func production() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, user: #"{"version":1,"production":true}"#)
            try write(rehearsal, project: #"{"version":1,"production":false}"#)
            let apply = ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota
            let yes = try await run(rehearsal, apply + ["--yes"])
            #expect(yes.status == 2)
            #expect(yes.errors.contains("--confirm N, or add --expect-plan ID"))
            #expect(rehearsal.sandbox.stats.total == 0)
            let wrong = try await run(rehearsal, apply + ["--confirm", "46"])
            #expect(wrong.status == 7)
            #expect(wrong.errors.contains("47 updates would be sent, and --confirm says 46"))
            #expect(wrong.errors.contains("PRODUCTION: \(rehearsal.sandbox.address)"))
            for answer in ["y", "46"] {
                let asked = try await PseudoTerminal.run(
                    apply,
                    [
                        .wait("PRODUCTION"),
                        .wait("Send 47 updates? This is production: type 47 to go on: "),
                        .keys("\(answer)\n"),
                    ], in: rehearsal)
                #expect(asked.status == 7, "\(asked.output)")
            }
            #expect(rehearsal.puts == 0)
            let typed = try await PseudoTerminal.run(
                apply, [.wait("type 47 to go on: "), .keys("47\n")], in: rehearsal)
            #expect(typed.status == 0, "\(typed.output)")
            #expect(rehearsal.updates == 47)
        }
    }

    @Test("--confirm N sends N updates without a question, and no other number")
    func confirm() async throws {
        try await Rehearsal.run { rehearsal in
            let apply = ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota
            let wrong = try await run(rehearsal, apply + ["--confirm", "48", "--no-input"])
            #expect(wrong.status == 7)
            #expect(rehearsal.puts == 0)
            let right = try await run(rehearsal, apply + ["--confirm", "47", "--no-input"])
            #expect(right.status == 0, "\(right.errors)")
            #expect(rehearsal.updates == 47)
            let undo = try await run(
                rehearsal, ["undo", "run", "--confirm", "1"] + Rehearsal.wideQuota)
            #expect(undo.status == 7)
            let text = try await run(rehearsal, apply + ["--confirm", "many"])
            #expect(text.status == 2)
        }
    }

    @Test("Tickets that are opened again need the number of updates")
    func reopened() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId,status\n695bcceb7807fc7b43c25a95,Open\n", to: "rows.csv")
            let result = try await PseudoTerminal.run(
                ["apply", "rows.csv", "--run-dir", "run"] + Rehearsal.wideQuota,
                [
                    .wait("Send 1 update? 1 ticket reopens: type 1 to go on: "), .keys("1\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 1)
        }
    }

    @Test("A resumed run asks the same of the tickets that are left to be opened again")
    func reopenedByResume() async throws {
        try await Rehearsal.run(faults: "only=put,401@1") { rehearsal in
            try rehearsal.directory.write(
                "ticketId,status\n695bcceb7807fc7b43c25a95,Open\n"
                    + "\(rehearsal.sandbox.workspace.ticketIDs[0]),Pending\n", to: "rows.csv")
            let early = try await rehearsal.program(
                ["apply", "rows.csv", "--run-dir", "run", "--yes", "--concurrency", "1"]
                    + Rehearsal.wideQuota)
            #expect(early.status == 4, "\(early.errors)")
            #expect(rehearsal.updates == 0)
            let result = try await PseudoTerminal.run(
                ["resume", "run"],
                [
                    .wait("Send 2 updates? 1 ticket reopens: type 2 to go on: "), .keys("2\n"),
                ], in: rehearsal)
            #expect(result.status == 0, "\(result.output)")
            #expect(rehearsal.updates == 2)
        }
    }

    // MARK: Check

    private struct Checked: Decodable {
        struct Check: Decodable {
            var name: String
            var state: String
            var exitCode: Int?
        }

        var checks: [Check]
    }

    @Test("check sends one read, and says which part is ready")
    func check() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await run(rehearsal, ["check", "--json"])
            #expect(result.status == 0, "\(result.errors)")
            let checks = try JSONDecoder().decode(Checked.self, from: Data(result.output.utf8))
            #expect(
                checks.checks.map(\.name) == [
                    "libcurl", "runs", "ledger", "base URL", "certificate", "key", "organisation",
                    "clock", "quota",
                ])
            #expect(!checks.checks.contains { $0.state == "failed" })
            #expect(rehearsal.sandbox.stats.total == 1)
            #expect(rehearsal.puts == 0)
            #expect(try rehearsal.leftovers().sorted() == [".local"])
        }
    }

    @Test(
        "check ends with the code of the first failure",
        arguments: [
            (["MAVA_API_KEY": "wrong"], 4, "key"), (["MAVA_API_KEY": ""], 4, "key"),
            (["MAVA_BASE_URL": "http://example.com"], 2, "base URL"),
            (["MAVA_BULK_RUNS": "/dev/null/runs"], 1, "runs"),
        ])
    func failedCheck(environment: [String: String], code: Int, name: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await run(rehearsal, ["check", "--json"], environment)
            #expect(Int(result.status) == code, "\(result.output)")
            let checks = try JSONDecoder().decode(Checked.self, from: Data(result.output.utf8))
            let failed = checks.checks.first { $0.state == "failed" }
            #expect(failed?.name == name, "\(result.output)")
            #expect(failed?.exitCode == code)
        }
    }
}
