import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("What reaches the terminal, and what a closed stream changes", .timeLimit(.minutes(20)))
struct TerminalTests {
    private static let file = Rehearsal.sample("reassign/handover.csv")

    /// Writes until the pipe accepts no more, so that the next write finds its reader gone.
    private static let untilClosed =
        "{ trap '' PIPE; while echo x; do :; done 2>/dev/null; trap - PIPE; "

    private func shell(_ line: String, _ rehearsal: Rehearsal) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            ["-o", "pipefail", "-c", line, BuiltProgram.executable.path, Self.file],
            in: rehearsal.folder, environment: rehearsal.environment,
            executable: URL(filePath: "/bin/bash"))
    }

    @Test(
        "A reader that goes away is no failure of a command that prints",
        arguments: [
            "--help", "help plan", "--version", "agents", "categories --json", #"plan "$1""#,
            #"plan "$1" --rows"#, #"plan "$1" --json"#,
        ])
    func closedPipe(arguments: String) async throws {
        try await Rehearsal.run { rehearsal in
            // The reader is gone before anything is written.
            let line = Self.untilClosed + #""$0" "# + arguments + "; } | true"
            let result = try await shell(line, rehearsal)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.isEmpty, "\(result.errors)")
            let closed = try await shell(#""$0" "# + arguments + " 2>&-", rehearsal)
            #expect(closed.status == 0)
        }
    }

    @Test(
        "Once updates were sent, a standard output that takes nothing changes no exit code",
        arguments: ["| true", "| head -n 1", ">&-"])
    func closedPipeOfRun(redirection: String) async throws {
        try await Rehearsal.run { rehearsal in
            let line =
                Self.untilClosed
                + #""$0" apply "$1" --yes --quota 1000000/1s --run-dir run; } "# + redirection
            let result = try await shell(line, rehearsal)
            #expect(result.status == 0, "\(result.errors)")
            #expect(rehearsal.updates == 47)
            #expect(try rehearsal.report().count == 51)
            let warnings = result.errors.split(separator: "\n").filter { $0.contains("warning") }
            #expect(warnings.count == 1, "\(result.errors)")
        }
    }

    @Test("The question goes to the terminal, whatever the streams are")
    func question() async throws {
        for redirection in ["</dev/null", ">out 2>err </dev/null", "| cat >out", "2>err"] {
            try await Rehearsal.run { rehearsal in
                let result = try await PseudoTerminal.run(
                    ["apply", Self.file, "--run-dir", "run"] + Rehearsal.wideQuota,
                    [.wait("Send 47 updates? [y/N] "), .keys("y\n")], in: rehearsal,
                    redirection: redirection)
                #expect(result.status == 0, "\(redirection): \(result.output)")
                #expect(rehearsal.updates == 47)
                for name in ["out", "err"] {
                    let said = (try? rehearsal.directory.readText(name)) ?? ""
                    #expect(!said.contains("[y/N]"))
                }
            }
        }
    }

    @Test("Rows from a pipe can be approved at the terminal")
    func questionBesidePipe() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", "-", "--run-dir", "run"] + Rehearsal.wideQuota,
                [.wait("[y/N] "), .keys("n\n")], in: rehearsal,
                redirection: "<'\(Self.file)'")
            #expect(result.status == 7, "\(result.output)")
            #expect(rehearsal.puts == 0)
        }
    }

    @Test(
        "--color never counts in messages about a wrong command line",
        arguments: ["pln", "plan --foo", "plan"])
    func colour(line: String) async throws {
        try await Rehearsal.run { rehearsal in
            let words = line.split(separator: " ").map(String.init)
            let terminal = ["TERM": "xterm", "NO_COLOR": ""]
            let usual = try await PseudoTerminal.run(
                words, [], in: rehearsal, environment: terminal)
            #expect(usual.status == 2)
            #expect(usual.output.contains("\u{1B}["), "\(usual.output)")
            for plain in [["--color", "never"], ["--color=never"]] {
                let result = try await PseudoTerminal.run(
                    [words[0]] + plain + words.dropFirst(), [], in: rehearsal,
                    environment: terminal)
                #expect(result.status == 2)
                #expect(!result.output.contains("\u{1B}"), "\(result.output)")
            }
            let forced = try await rehearsal.program(words + ["--color", "always"])
            #expect(forced.errors.contains("\u{1B}["), "\(forced.errors)")
        }
    }

    /// The progress lines that were drawn, without colours.
    private static func drawn(_ output: String) -> [Substring] {
        output.replacing(/\u{1B}\[\d*m/, with: "").split(separator: "\u{1B}[?7l\r\u{1B}[J")
            .dropFirst()
            .map { $0.prefix { $0 != "\r" && $0 != "\u{1B}" } }
    }

    @Test(
        "The progress fits a terminal of 40, 80 and 120 columns, and NO_COLOR takes only its colours",
        arguments: [(40, true), (80, true), (120, true), (80, false)])
    func bar(columns: Int, isColoured: Bool) async throws {
        try await Rehearsal.run(faults: "only=put,latency=700ms") { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--yes", "--concurrency", "16"],
                [.columns(columns), .wait("/47")], in: rehearsal,
                environment: ["TERM": "xterm", "NO_COLOR": isColoured ? "" : "1"])
            #expect(result.status == 0, "\(result.output)")
            let drawn = Self.drawn(result.output)
            #expect(!drawn.isEmpty)
            #expect(drawn.allSatisfy { $0.count < columns }, "\(drawn)")
            #expect(drawn.contains { $0.contains("/47") && $0.hasPrefix("[") }, "\(drawn)")
            #expect(result.output.contains("\u{1B}[32m[") == isColoured)
            // The line is gone before the result comes.
            let rest = try #require(result.output.components(separatedBy: "\u{1B}[?7h").last)
            #expect(rest.hasPrefix("\r\u{1B}[J"), "\(rest)")
        }
    }

    @Test("-q shows no progress")
    func quiet() async throws {
        try await Rehearsal.run(faults: "only=put,latency=700ms") { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--yes", "--quiet", "--concurrency", "16"], [], in: rehearsal,
                environment: ["TERM": "xterm"])
            #expect(result.status == 0, "\(result.output)")
            #expect(!result.output.contains("\u{1B}"), "\(result.output)")
        }
    }

    @Test("Ctrl-C and a stop by Ctrl-Z leave no half line: it is erased, and drawn again")
    func interruptedProgress() async throws {
        try await Rehearsal.run(faults: "only=put,latency=700ms") { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--yes", "--concurrency", "2"],
                [
                    .wait("/47"), .signal(SIGSTOP), .signal(SIGCONT), .wait("/47"),
                    .keys("\u{3}"), .wait("stopping"),
                ], in: rehearsal, environment: ["TERM": "xterm"])
            #expect(result.status != 0)
            #expect(result.output.contains("\r\u{1B}[Jstopping: "), "\(result.output)")
            let rest = try #require(result.output.components(separatedBy: "\u{1B}[?7h").last)
            #expect(rest.hasPrefix("\r\u{1B}[J"), "\(rest)")
        }
    }

    @Test("The progress follows a terminal that becomes narrower")
    func progress() async throws {
        try await Rehearsal.run(faults: "only=put,latency=700ms") { rehearsal in
            let result = try await PseudoTerminal.run(
                ["apply", Self.file, "--yes", "--concurrency", "4"],
                [.columns(40), .wait("/47"), .columns(17), .wait("/47"), .wait("/47")],
                in: rehearsal, environment: ["TERM": "xterm"])
            #expect(result.status == 0, "\(result.output)")
            let drawn = Self.drawn(result.output)
            #expect(drawn.count > 3)
            #expect(drawn.allSatisfy { $0.count <= 39 }, "\(drawn)")
            #expect(drawn.last.map { $0.count <= 16 } == true, "\(drawn)")
            #expect(drawn.contains { $0.count > 16 }, "\(drawn)")
        }
    }

    @Test("A terminal with TERM=dumb gets no escape sequence and no line that is redrawn")
    func dumbTerminal() async throws {
        try await Rehearsal.run(faults: "latency=400ms") { rehearsal in
            for arguments in [
                ["apply", Self.file, "--yes", "--concurrency", "16"] + Rehearsal.wideQuota,
                ["export"] + Rehearsal.wideQuota,
            ] {
                let result = try await PseudoTerminal.run(
                    arguments, [], in: rehearsal, redirection: ">/dev/null",
                    environment: ["TERM": "dumb"])
                #expect(result.status == 0, "\(result.output)")
                #expect(!result.output.contains("\u{1B}"), "\(result.output)")
                let lines = result.output.replacing("\r\n", with: "\n")
                #expect(!lines.contains("\r"), "\(result.output)")
            }
        }
    }

    @Test("Escapes in names of files and directories reach no line, and suggestions still work")
    func escapes() async throws {
        let name = "a\u{1B}]0;x\u{7}\u{9B}31m\u{202E}'b\\.csv"
        let harmful: [Character] = ["\u{1B}", "\u{7}", "\u{9B}", "\u{202E}"]
        try await Rehearsal.run(faults: "only=put,401@3..") { rehearsal in
            try rehearsal.directory.write(
                try String(contentsOfFile: Self.file, encoding: .utf8), to: name)
            var said = ""
            var suggestion: Substring?
            for arguments in [
                ["plan", name], ["plan", name, "--markdown"], ["plan", name, "--json"],
                ["plan", name, "--rows"], ["plan", name + "x"], ["plan", name, "--output", name],
                ["plan", name, "--\u{1B}[31m"], ["help", name], [name], ["plan", name, "--drain"],
                ["plan", name, "--snapshot", name + "x"], ["agents", "--api-key-file", name],
                ["sandbox", name], ["sandbox", "--init", name], ["resume", name],
                ["agents", "--base-url", "http://\(name)"],
                ["apply", name, "--yes", "--concurrency", "1", "--run-dir", "run\(name)"],
            ] {
                let result = try await rehearsal.program(
                    arguments + (arguments[0] == "apply" ? Rehearsal.wideQuota : []))
                said += result.output + result.errors
                if arguments[0] == "apply" {
                    #expect(result.status == 4, "\(result.errors)")
                    suggestion = result.errors.firstMatch(of: /go on with: mava-bulk (.*)/)?.1
                }
            }
            for character in harmful {
                #expect(!said.unicodeScalars.contains(character.unicodeScalars.first!))
            }
            let command = try #require(suggestion)
            let resumed = try await shell(#""$0" \#(command) --yes"#, rehearsal)
            #expect(
                resumed.status == 4,
                "the key is still rejected, and the run was found: \(resumed.errors)")
        }
    }
}
