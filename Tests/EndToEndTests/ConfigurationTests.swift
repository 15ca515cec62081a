import BulkSystem
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Configuration files, profiles and variables", .timeLimit(.minutes(20)))
struct ConfigurationTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    // MARK: Which value counts

    @Test(
        "An option wins over a variable, that over a profile, that over defaults, the project first"
    )
    func order() async throws {
        try await Rehearsal.run { rehearsal in
            let user =
                #"{"version":1,"quota":"10/1s","label":"u","profiles":{"acme":{"quota":"20/1s"}}}"#
            try rehearsal.configure(user: user)
            #expect(try await rehearsal.settings()["quota"]?.value == "10/1s")
            try rehearsal.configure(project: "{\n\"version\":1,\n\"quota\":\"30/1s\"}")
            let project = try await rehearsal.settings()["quota"]
            #expect(project?.value == "30/1s")
            #expect(project?.origin == "file")
            #expect(project?.file?.hasSuffix(Rehearsal.projectFile) == true)
            #expect(project?.line == 3)
            let profile = try await rehearsal.settings(["--profile", "acme"])
            #expect(profile["quota"]?.value == "20/1s")
            #expect(profile["quota"]?.profile == "acme")
            #expect(profile["label"]?.value == "u")
            let variable = try await rehearsal.settings(
                adding: ["MAVA_BULK_PROFILE": "acme", "MAVA_BULK_QUOTA": "40/1s"])
            #expect(variable["profile"]?.variable == "MAVA_BULK_PROFILE")
            #expect(variable["quota"]?.value == "40/1s")
            #expect(variable["quota"]?.variable == "MAVA_BULK_QUOTA")
            let option = try await rehearsal.settings(
                ["--quota", "50/1s"], adding: ["MAVA_BULK_QUOTA": "40/1s"])
            #expect(option["quota"]?.value == "50/1s")
            #expect(option["quota"]?.origin == "option")
            let wrong = try await rehearsal.program(["config"], adding: ["MAVA_BULK_QUOTA": "40/1"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("MAVA_BULK_QUOTA takes requests per time"))
        }
    }

    @Test("Paths are relative to the file that holds them")
    func paths() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(
                user: #"{"version":1,"runsDirectory":"runs","guards":"/g.json"}"#)
            let printed = try await rehearsal.settings()
            #expect(
                printed["runsDirectory"]?.value?.hasSuffix("/.config/mava-bulk/runs") == true)
            #expect(printed["guards"]?.value == "/g.json")
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
            try rehearsal.configure(project: #"{"version":1,"keyFile":"k"}"#)
            for (variables, place) in [
                (["HOME": ""], home + "/.config"), (["HOME": "here"], home + "/.config"),
                (["HOME": "/h", "XDG_CONFIG_HOME": "here"], "/h/.config"),
                (["HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/x"),
            ] {
                let result = try await rehearsal.program(["config"], adding: variables)
                #expect(result.status == 2)
                #expect(
                    result.errors.contains("move it to \(place)/mava-bulk/config.json"),
                    "\(result.errors)")
            }
        }
    }

    @Test("{profile} in a label and a directory of runs is the profile's name")
    func placeholders() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(
                user: """
                    {"version":1,"label":"nightly-{profile}","runsDirectory":"runs/{profile}",
                    "profiles":{"acme":{"keyFile":"key","baseURL":"\(rehearsal.sandbox.address)"}}}
                    """)
            try rehearsal.directory.write(rehearsal.sandbox.apiKeys[0], to: ".config/mava-bulk/key")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600],
                ofItemAtPath: rehearsal.directory.file(".config/mava-bulk/key"))
            let applied = try await rehearsal.program(
                ["apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--profile", "acme"]
                    + Rehearsal.wideQuota)
            #expect(applied.status == 0, "\(applied.errors)")
            let runs = try await rehearsal.program(["runs", "--profile", "acme"])
            #expect(runs.output.contains("nightly-acme"), "\(runs.output)\(runs.errors)")
            let nameless = try await rehearsal.program(["runs"])
            #expect(nameless.status == 2)
            #expect(nameless.errors.contains("no profile is in force"), "\(nameless.errors)")

            // A run knows its profile.
            try rehearsal.configure(
                user: """
                    {"version":1,"label":"nightly-{profile}",
                    "profiles":{"acme":{"keyFile":"key","baseURL":"\(rehearsal.sandbox.address)"}}}
                    """)
            try rehearsal.directory.write(
                "ticketId,priority\n\(rehearsal.sandbox.workspace.ticketIDs[0]),3\n", to: "one.csv")
            let apply = ["apply", "one.csv", "--yes", "--run-dir", "run"] + Rehearsal.wideQuota
            let refused = try await rehearsal.program(apply)
            #expect(refused.status == 2 && refused.errors.contains("no profile is in force"))
            #expect(try await rehearsal.program(apply + ["--profile", "acme"]).status == 0)
            let undone = try await rehearsal.program(
                ["undo", "run", "--yes", "--run-dir", "undone"] + Rehearsal.wideQuota)
            #expect(undone.status == 0, "\(undone.errors)")
            let shown = try await rehearsal.program(["runs", "show", "undone"])
            #expect(shown.output.contains("nightly-acme"), "\(shown.output)\(shown.errors)")
        }
    }

    @Test("Settings of files are no options of a saved plan, and a run keeps its profile")
    func runs() async throws {
        try await Rehearsal.run { rehearsal in
            let user = """
                {"version":1,"quota":"1000000/1s","profiles":{"acme":{"keyFile":"key",
                "baseURL":"\(rehearsal.sandbox.address)"}}}
                """
            try rehearsal.configure(user: user)
            try rehearsal.directory.write(
                rehearsal.sandbox.apiKeys[0], to: ".config/mava-bulk/key")
            let profile = ["--profile", "acme"]
            let none = ["MAVA_API_KEY", "MAVA_BASE_URL"]
            let planned = try await rehearsal.program(
                ["plan", Self.file, "--output", "plan.jsonl"] + profile, without: none)
            #expect(planned.status == 3 || planned.status == 0, "\(planned.errors)")
            #expect(planned.output.contains("--profile acme"), "\(planned.output)")
            #expect(!planned.output.contains("--quota"))
            let shown = try await rehearsal.program(
                ["plan", "plan.jsonl"] + profile, without: none)
            #expect(shown.status == planned.status, "\(shown.errors)")
            let began = try await rehearsal.program(
                ["apply", "plan.jsonl", "--yes", "--run-dir", "run", "--deadline", "1ms"]
                    + profile, without: none)
            #expect(began.status == 5, "\(began.errors)")
            #expect(try rehearsal.directory.readText("run/run.json").contains("\"acme\""))
            let resumed = try await rehearsal.program(
                ["resume", "run", "--yes", "--deadline", "600s"], without: none)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(rehearsal.updates == 47)
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
            (#"{"version":1,"profiles":{"a b":{}}}"#, "1:26: ", "the profile name"),
            (#"{"version":1,"profiles":{"a":{"profiles":{}}}}"#, "1:31: ", "no setting"),
        ])
    func mistakes(text: String, place: String, reason: String) async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(user: text)
            for command in [["config"], ["agents"], ["runs"]] {
                let result = try await rehearsal.program(command)
                #expect(result.status == 2)
                #expect(result.errors.contains("config.json:\(place)"), "\(result.errors)")
                #expect(result.errors.contains(reason), "\(result.errors)")
            }
            // Help says how to write the file, so it does not need one.
            #expect(try await rehearsal.program(["help", "configuration"]).status == 0)
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
                try rehearsal.configure(project: text)
                let result = try await rehearsal.program(["agents"], without: ["MAVA_API_KEY"])
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
                    try rehearsal.configure(
                        user: file(strict, user), project: file("lax.json", project))
                    let asked = plan + (project || user ? ["--profile", "acme"] : [])
                    let result = try await rehearsal.program(asked)
                    #expect(result.status == 2, "\(result.errors)")
                    #expect(result.errors.contains("say with --guards FILE which count"))
                    #expect(rehearsal.sandbox.stats.total == 0)
                }
            }
            let chosen = try await rehearsal.program(plan + ["--guards", strict])
            #expect(chosen.status == 7, "\(chosen.errors)")
            try rehearsal.configure(user: #"{"version":1}"#, project: file("strict.json", false))
            #expect(try await rehearsal.program(plan).status == 7, "a project can have guards")
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
            try rehearsal.configure(
                user: #"{"version":1,"guards":"\#(guards)"}"#, project: "{\"version\":1,\(member)}")
            // Without a label the guard refuses every plan.
            let label = option == "label" ? [] : ["--label", "mine"]
            let plan = ["plan", Self.file] + label + Rehearsal.wideQuota
            let refused = try await rehearsal.program(plan)
            #expect(refused.status == 2, "\(refused.errors)")
            #expect(refused.errors.contains("say it with --\(option)"), "\(refused.errors)")
            let said = try await rehearsal.program(plan + ["--\(option)", "mine"])
            #expect(said.status == 0, "\(said.errors)")
            // Guards of the project itself count as the project says.
            try rehearsal.configure(
                user: #"{"version":1}"#,
                project: "{\"version\":1,\"guards\":\"guards.json\",\(member)}")
            #expect(try await rehearsal.program(plan).status == 0)
        }
    }

    @Test("A file that others may write is refused, and so is one that is no file")
    func untrusted() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(project: #"{"version":1}"#)
            let path = rehearsal.directory.path + "/" + Rehearsal.projectFile
            for mode in [0o620, 0o602] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: mode], ofItemAtPath: path)
                let result = try await rehearsal.program(["config"])
                #expect(result.status == 2)
                #expect(result.errors.contains("chmod go-w .mava-bulk.json"), "\(result.errors)")
            }
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
            let result = try await rehearsal.program(["config"])
            #expect(result.status == 2)
            #expect(result.errors.contains("is not a file"))
        }
    }

    @Test("An unknown profile names the closest, and completions list them all")
    func unknownProfile() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.configure(user: #"{"version":1,"profiles":{"acme":{},"globex":{}}}"#)
            try rehearsal.configure(project: #"{"version":1,"profiles":{"acme":{},"local":{}}}"#)
            let wrong = try await rehearsal.program(["agents", "--profile", "acne"])
            #expect(wrong.status == 2)
            #expect(wrong.errors.contains("did you mean `acme`?"))
            let list = try await rehearsal.program(["agents", "--profile", "x"])
            #expect(list.errors.contains("there is acme, globex, local"))
            let words = try await rehearsal.program(["__complete", "profiles"])
            #expect(words.output == "acme\nglobex\nlocal\n")
            try rehearsal.configure(user: "{")
            let broken = try await rehearsal.program(["__complete", "profiles"])
            #expect(broken.status == 0)
            #expect(broken.output.isEmpty)
        }
    }
}
