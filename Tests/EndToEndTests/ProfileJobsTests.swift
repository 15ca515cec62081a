import BulkSystem
import Testing

@testable import mava_bulk

@Suite("The jobs of several profiles")
struct ProfileJobsTests {
    private func parsed(_ words: [String]) throws -> ParsedArguments {
        let (command, rest) = try CommandTable.command(of: words)
        return try ParsedArguments(command: command, arguments: rest)
    }

    private func jobs(_ words: [String]) throws -> ProfileJobs {
        try ProfileJobs(try parsed(words)) { _ in }
    }

    /// Why a command line is refused; empty where it is not.
    private func refusal(_ words: [String]) -> String {
        do {
            _ = try jobs(words)
            return ""
        } catch {
            return CommandFailure(error).message
        }
    }

    @Test("The name is put into operands, values and lists, and the rest is as it was written")
    func words() throws {
        let jobs = try jobs([
            "apply", "in/{profile}.csv", "--profiles=acme,b-1", "--yes", "-q", "--where",
            "a = {profile}",
            "--where", "b = {profile}{profile}", "--label", "x-{profile}", "--profiles-at-once",
            "2",
            "--on", "finished=./mail {profile}", "--color=never",
        ])
        #expect(jobs.atOnce == 2)
        #expect(jobs.jobs.map(\.profile) == ["acme", "b-1"])
        #expect(
            jobs.jobs[1].words == [
                "apply", "in/b-1.csv", "--color", "never", "--label", "x-b-1", "--on",
                "finished=./mail b-1", "--profile", "b-1", "--quiet", "--where", "a = b-1",
                "--where",
                "b = b-1b-1", "--yes", "--no-input",
            ])
        // A job's words mean what its arguments say.
        for job in jobs.jobs {
            let again = try parsed(job.words)
            #expect(again.operands == job.arguments.operands)
            #expect(again.lists == job.arguments.lists)
            #expect(again.values == job.arguments.values.merging([.noInput: ""]) { $1 })
        }
    }

    @Test("Operands that would be options or commands are paths")
    func operands() throws {
        #expect(try jobs(["plan", "./show", "--profiles", "show"]).jobs[0].words[1] == "./show")
        #expect(
            try jobs(["plan", "--profiles", "show", "--", "{profile}"]).jobs[0].words[1] == "./show"
        )
        #expect(
            try jobs(["plan", "--profiles", "q", "--", "-{profile}"]).jobs[0].words
                == ["plan", "./-q", "--profile", "q"])
        #expect(try jobs(["plan", "x.csv", "--profiles", "q"]).jobs[0].words[1] == "x.csv")
        #expect(try jobs(["plan", "x.csv", "--profiles", "q"]).atOnce == 1)
    }

    @Test(
        "Names are separated by commas, and none is empty or comes twice",
        arguments: [
            ("a", ""), ("a,b", ""), ("a,b,a", #"names "a" twice"#), (",a", "empty name"),
            ("a,,b", "empty name"), ("a,", "empty name"), (",", "empty name"),
        ])
    func names(text: String, problem: String) {
        let refusal = refusal(["check", "--profiles", text])
        #expect(problem.isEmpty ? refusal.isEmpty : refusal.contains(problem), "\(refusal)")
    }

    @Test("A name that no configuration has is refused")
    func unknown() throws {
        #expect(throws: CommandFailure.self) {
            try ProfileJobs(try parsed(["check", "--profiles", "a,b"])) {
                if $0 == "b" { throw CommandFailure.usage("no") }
            }
        }
    }

    @Test(
        "--confirm has a number for each profile, or --yes answers for the others",
        arguments: [
            ("a=1,b=2", "", ["1", "2"]), ("b=2,a=0", "", ["0", "2"]),
            ("a=1", "--yes", ["1", nil]), ("a=1", "--dry-run", ["1", nil]),
        ] as [(String, String, [String?])])
    func confirmed(text: String, option: String, numbers: [String?]) throws {
        let words = ["apply", "{profile}", "--profiles", "a,b", "--confirm", text]
        let jobs = try jobs(words + (option.isEmpty ? [] : [option]))
        #expect(jobs.jobs.map { $0.arguments[.confirm] } == numbers)
    }

    @Test(
        "Other forms of --confirm are refused",
        arguments: [
            ("12", "a=N,b=N"), ("a=1", #"says nothing of "b""#), ("a=1,a=2", "twice"),
            ("a=1,c=2", #"names "c""#), ("a=,b=2", "a=N,b=N"), ("a=-1,b=2", "a=N,b=N"),
            ("a=1,b=2,", "a=N,b=N"), ("a=1=2,b=2", "a=N,b=N"), ("a=1;b=2", "a=N,b=N"),
            ("=1,b=2", #"names """#), ("a=1.5,b=2", "a=N,b=N"),
        ])
    func wrongNumbers(text: String, problem: String) {
        let refusal = refusal(["apply", "{profile}", "--profiles", "a,b", "--confirm", text])
        #expect(refusal.contains(problem), "\(refusal)")
    }

    @Test(
        "Two profiles share neither an output nor the input of one organisation",
        arguments: [
            (["apply", "x", "--yes"], "the input x would be read for a and for b"),
            (["apply", "{profile}", "--yes", "--run-dir", "r"], "--run-dir r would be written"),
            (["apply", "{profile}", "--yes", "--run-dir", "r/{profile}"], ""),
            (["apply", "{profile}", "--yes", "--events", "e"], "--events e would be written"),
            (["apply", "{profile}", "--yes", "--events", "./{profile}"], ""),
            (["apply", "{profile}", "--yes", "--snapshot", "s"], "--snapshot s would be read"),
            (["apply", "{profile}", "--yes", "--lookups", "l"], "--lookups l would be read"),
            (["apply", "{profile}", "--yes", "--runs-dir", "r", "--guards", "g"], ""),
            (["apply", "{profile}", "--yes", "--map", "assignee=m", "--label", "l"], ""),
            (["plan", "{profile}", "--html", "/tmp/p"], "'/tmp/{profile}-p'"),
            (["plan", "{profile}", "--output", "/a.jsonl"], "'/{profile}.jsonl'"),
            (["export", "--output", "o"], "--output o would be written"),
            (
                ["export", "--output", "{profile}", "--lookups", "l"],
                "--lookups l would be written"
            ),
            (["export", "--output", "{profile}", "--id-file", "i"], "--id-file i would be read"),
            (["check", "--api-key-file", "k"], "--api-key-file k would be read"),
            (["check", "--api-key-file", "{profile}.key"], ""),
        ])
    func places(words: [String], problem: String) {
        let refusal = refusal(words + ["--profiles", "a,b"])
        #expect(problem.isEmpty ? refusal.isEmpty : refusal.contains(problem), "\(refusal)")
        // One profile shares nothing.
        #expect(self.refusal(words + ["--profiles", "a"]).isEmpty)
    }

    @Test(
        "Streams of the program are refused, also for one profile",
        arguments: ["-", "/dev/stdin", "/dev/fd/0", "/dev/fd/63", "/proc/self/fd/3"])
    func streams(path: String) {
        for words in [["plan", path], ["plan", "{profile}", "--snapshot", path]] {
            #expect(refusal(words + ["--profiles", "a"]).contains("is a stream"))
        }
    }

    @Test("The most urgent code counts, whatever the order, and all codes have a place")
    func codes() {
        #expect(Set(ExitCode.urgency) == Set(ExitCode.allCases))
        #expect(ExitCode.urgency.count == ExitCode.allCases.count)
        #expect(ExitCode.urgency.last == .success)
        #expect(ExitCode.worst(of: []) == .success)
        for (place, code) in ExitCode.urgency.enumerated() {
            for other in ExitCode.urgency[place...] {
                #expect(ExitCode.worst(of: [other, code, .success]) == code)
                #expect(ExitCode.worst(of: [code, other]) == code)
            }
        }
    }

    @Test(
        "How a job ended decides its code",
        arguments: [
            (JobEnd.Cause.exited(3), 3, 3), (.exited(143), 143, 143), (.exited(77), 1, 77),
            (.signalled(9), 5, 137), (.signalled(15), 143, 143), (.signalled(2), 130, 130),
            (.signalled(1), 129, 129), (.signalled(11), 1, 139), (.notStarted(signal: 2), 130, nil),
            (.couldNotStart(11), 1, nil),
        ] as [(JobEnd.Cause, Int32, Int32?)])
    func ends(cause: JobEnd.Cause, code: Int32, status: Int32?) throws {
        let job = try jobs(["check", "--profiles", "a"]).jobs[0]
        let end = JobEnd(job: job, cause: cause, directory: nil)
        #expect(end.code.rawValue == code)
        #expect(end.status == status)
    }

    @Test("A line has its profile before it, or as its first member")
    func marked() {
        #expect(JobVoice.marked("x: y", "a", hasObjects: true) == "a: x: y")
        #expect(JobVoice.marked("", "a", hasObjects: false) == "a:")
        #expect(JobVoice.marked(#"{"x":1}"#, "a", hasObjects: false) == #"a: {"x":1}"#)
        #expect(JobVoice.marked(#"{"x":1}"#, "a", hasObjects: true) == #"{"profile":"a","x":1}"#)
        #expect(JobVoice.marked("{}", "a", hasObjects: true) == #"{"profile":"a"}"#)
        #expect(JobVoice.marked("{x", "a", hasObjects: true) == "a: {x")
    }

    @Test("A document of several lines is a member on one line")
    func object() throws {
        let job = try jobs(["check", "--profiles", "a"]).jobs[0]
        let end = JobEnd(job: job, cause: .exited(0), directory: "/r")
        #expect(
            JobVoice.object("{\n  \"x\" : [\n    1\n  ]\n}\n", of: end)
                == #"{"profile":"a","exitCode":0,"run":"/r","result":{"x" : [1]}}"#)
        let failed = JobEnd(job: job, cause: .exited(4), directory: nil)
        #expect(JobVoice.object("", of: failed) == #"{"profile":"a","exitCode":4}"#)
    }

    @Test("Lines are the same however their bytes arrive", arguments: [1, 7, 1 << 20])
    func wholeLines(size: Int) {
        let texts = ["a", "", "ü – 漢 🙂", "end\r", "no end"]
        let bytes = Array(texts.joined(separator: "\n").utf8)
        var lines = WholeLines()
        var found: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            found += lines.add(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(found + lines.end() == texts)
        #expect(lines.end().isEmpty)
    }

    @Test("A line that is too long is cut between characters, and nothing is lost")
    func longLines() {
        for shift in 0...4 {
            let text =
                String(repeating: "a", count: shift)
                + String(repeating: "🙂", count: WholeLines.longest / 2)
            var lines = WholeLines()
            let found = lines.add(Array((text + "\nnext\n").utf8))
            #expect(found.count == (shift == 0 ? 3 : 4) && found.last == "next")
            #expect(found.dropLast().joined() == text)
            #expect(found.allSatisfy { $0.utf8.count <= WholeLines.longest })
        }
    }

    @Test("Behind a comma, the profiles are completed that are not chosen yet")
    func completion() {
        let names = ["acme", "globex", "initech"]
        #expect(CompleteCommand.listed(names, "gl") == names)
        #expect(CompleteCommand.listed(names, "globex,") == ["globex,acme", "globex,initech"])
        #expect(CompleteCommand.listed(names, "acme,globex,in") == ["acme,globex,initech"])
    }
}
