import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Messages name what is to be changed", .timeLimit(.minutes(20)))
struct AdviceTests {
    @Test("An agent or a category that is not known is named with its option")
    func unknownValues() async throws {
        try await Rehearsal.run { rehearsal in
            try rehearsal.directory.write(
                "ticketId\n\(rehearsal.sandbox.workspace.ticketIDs[0])\n", to: "rows.csv")
            let values = [
                "--set assignee=Zed", "--default assignee=Zed", "--set category=Zed",
                "--default category=Zed", "--set status=Zed", "--default priority=Zed",
            ]
            for words in values {
                let result = try await rehearsal.program(
                    ["plan", "rows.csv"] + words.split(separator: " ").map(String.init)
                        + Rehearsal.wideQuota)
                #expect([2, 6].contains(result.status))
                #expect(result.errors.hasPrefix("mava-bulk: \(words): "), "\(result.errors)")
            }
            // The value says which of two is meant.
            let both = try await rehearsal.program(
                ["plan", "rows.csv", "--set", "assignee=Ada", "--set", "category=Zed"]
                    + Rehearsal.wideQuota)
            #expect(both.errors.hasPrefix("mava-bulk: --set category=Zed: "), "\(both.errors)")
        }
    }

    @Test("A long name is not offered for a short one")
    func longNames() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("id\n", to: String(repeating: "q", count: 220) + ".csv")
        let result = try await BuiltProgram.run(["plan", "x"], in: URL(filePath: directory.path))
        #expect(result.errors == "mava-bulk: x: No such file or directory\n")
    }

    @Test("The byte order mark of a key file is named")
    func markedKey() async throws {
        let directory = try TemporaryDirectory()
        try directory.write([0xEF, 0xBB, 0xBF, 0x6B, 0x65, 0x79, 0x0A], to: "utf8")
        try directory.write([0xFF, 0xFE, 0x6B, 0x00, 0x0A, 0x00], to: "utf16")
        for (name, said) in [
            ("utf8", "it begins with a byte order mark: save it as UTF-8 without one"),
            ("utf16", "it begins with the byte order mark of UTF-16"),
        ] {
            let result = try await BuiltProgram.run(
                ["agents", "--api-key-file", name], in: URL(filePath: directory.path))
            #expect(result.status == 4)
            #expect(result.errors.contains("\(name) holds no API key: \(said)"), "\(result.errors)")
        }
    }

    @Test("A full disk is not called an internal error")
    func fullOutput() async throws {
        let result = try await BuiltProgram.run(
            ["-c", #""$0" version --json > /dev/full"#, BuiltProgram.executable.path],
            in: FileManager.default.temporaryDirectory, executable: URL(filePath: "/bin/sh"))
        #expect(result.status == 1)
        #expect(result.errors.contains(#""code":"file_refused""#), "\(result.errors)")
        let explained = try await BuiltProgram.run(
            ["explain", "file_refused"], in: FileManager.default.temporaryDirectory)
        #expect(explained.output.contains("full disk"), "\(explained.output)")
    }

    @Test("--give-up-after says what it bounds")
    func patience() async throws {
        let said = "stop when Mava is out of reach, or asks to wait, for longer (5m)"
        for command in ["apply", "plan", "export", "check"] {
            let help = try await BuiltProgram.run(
                ["help", command], in: FileManager.default.temporaryDirectory)
            let words = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("--give-up-after TIME \(said)"), "\(command)")
        }
    }
}
