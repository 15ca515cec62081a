import BulkSystem
import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@testable import mava_bulk

@Suite("What a configuration may come from, and whose key counts", .timeLimit(.minutes(20)))
struct ConfigurationTrustTests {
    private static let project = ".mava-bulk.json"
    private static let user = ".config/mava-bulk/config.json"

    private func write(_ rehearsal: Rehearsal, _ text: String, to path: String) throws {
        let place = URL(filePath: rehearsal.directory.file(path))
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try rehearsal.directory.write(text, to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place.path)
    }

    private func run(
        _ rehearsal: Rehearsal, _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments, in: rehearsal.folder,
            environment: rehearsal.environment.merging(environment) { $1 })
    }

    @Test(
        "A file of another user is refused, your own and the project's",
        .enabled(if: geteuid() == 0, "only root can give a file away"), arguments: [project, user])
    func owner(path: String) async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, #"{"version":1}"#, to: path)
            #expect(try await run(rehearsal, ["config"]).status == 0)
            #expect(chown(rehearsal.directory.file(path), 12_345, 12_345) == 0)
            let result = try await run(rehearsal, ["config"])
            #expect(result.status == 2)
            #expect(result.errors.contains("belongs to another user"), "\(result.errors)")
            #expect(result.errors.contains(path))
        }
    }

    @Test("A link is followed, and the file that it leads to has to be the user's alone")
    func link() async throws {
        try await Rehearsal.run { rehearsal in
            for path in [Self.project, Self.user] {
                try write(rehearsal, #"{"version":1,"quota":"60/30s"}"#, to: "dotfiles/config.json")
                let target = rehearsal.directory.file("dotfiles/config.json")
                let link = rehearsal.directory.file(path)
                try FileManager.default.createDirectory(
                    atPath: FilePath.directory(of: link), withIntermediateDirectories: true)
                #expect(symlink(target, link) == 0)
                let followed = try await run(rehearsal, ["config"])
                #expect(followed.status == 0, "\(followed.errors)")
                #expect(followed.output.contains("60/30s"))
                #expect(chmod(target, 0o620) == 0)
                let refused = try await run(rehearsal, ["config"])
                #expect(refused.status == 2)
                #expect(refused.errors.contains("other users may write to"), "\(refused.errors)")
                #expect(unlink(target) == 0)
                let broken = try await run(rehearsal, ["config"])
                #expect(broken.status == 2, "a link that leads nowhere is a mistake")
                #expect(broken.errors.contains("cannot be read"), "\(broken.errors)")
                #expect(unlink(link) == 0)
            }
        }
    }

    @Test("Guards are read through links, and a directory that leads elsewhere is followed")
    func linkedGuards() async throws {
        try await Rehearsal.run { rehearsal in
            try write(rehearsal, #"{"maxChanges":1}"#, to: "shared/guards.json")
            let directory = rehearsal.directory
            #expect(
                symlink(directory.file("shared/guards.json"), directory.file("linked.json")) == 0)
            #expect(symlink(directory.file("shared"), directory.file("folder")) == 0)
            for path in ["linked.json", "folder/guards.json"] {
                let result = try await run(
                    rehearsal,
                    ["plan", Rehearsal.sample("reassign/handover.csv"), "--guards", path]
                        + Rehearsal.wideQuota)
                #expect(result.status == 7, "\(path): \(result.errors)")
            }
        }
    }

    @Test(
        "A key command is found by its absolute path or in absolute directories of PATH, nowhere else",
        arguments: ["./show-key", "bin/show-key", "../show-key", "show-key"])
    func relativeKeyCommand(program: String) async throws {
        try await Rehearsal.run { rehearsal in
            for path in ["show-key", "bin/show-key"] {
                try write(rehearsal, "#!/bin/sh\ntouch ran\necho key\n", to: path)
                #expect(chmod(rehearsal.directory.file(path), 0o700) == 0)
            }
            try write(rehearsal, #"{"version":1,"keyCommand":["\#(program)"]}"#, to: Self.user)
            let result = try await run(
                rehearsal, ["agents"], ["PATH": ".::bin:/usr/bin", "MAVA_API_KEY": ""])
            #expect(result.status == 4)
            #expect(result.errors.contains("give its absolute path"), "\(result.errors)")
            #expect(!(try rehearsal.directory.names(".").contains("ran")))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("A key command that takes too long is ended, and the message names the limit")
    func keyCommandLimit() throws {
        let (command, _) = try CommandTable.command(of: ["agents"])
        var arguments = try ParsedArguments(command: command, arguments: [])
        arguments.configured.key = ConfiguredKey(
            source: .command(["/bin/sleep", "600"]),
            origin: .file("/home/ada/config.json", line: 3, profile: nil))
        let source = KeySource(arguments, environment: [:], commandLimit: .zero)
        let failure = try #require(throws: CommandFailure.self) { try source.key() }
        #expect(failure.code == .key)
        #expect(failure.message.contains("did not end within 1 s"), "\(failure.message)")
        #expect(KeySource(arguments, environment: [:]).commandLimit == 60 * .second)
    }

    @Test("A profile of the project's file alone does not use the key of another organisation")
    func keylessProfile() async throws {
        try await Rehearsal.run { rehearsal in
            try write(
                rehearsal, #"{"version":1,"profiles":{"acme":{"quota":"60/30s"}}}"#,
                to: Self.project)
            let profile = ["agents", "--profile", "acme"]
            for variables in [["MAVA_BULK_PROFILE": ""], ["MAVA_BULK_PROFILE": "acme"]] {
                let isVariable = variables["MAVA_BULK_PROFILE"] == "acme"
                let refused = try await run(
                    rehearsal, isVariable ? ["agents"] : profile, variables)
                #expect(refused.status == 2)
                #expect(
                    refused.errors.contains("the profile \"acme\" is only in .mava-bulk.json"),
                    "\(refused.errors)")
                #expect(refused.errors.contains("config.json, or name the key with --api-key-file"))
            }
            #expect(rehearsal.sandbox.stats.total == 0)
            // A key that the command line names is meant.
            try write(rehearsal, rehearsal.sandbox.apiKeys[0], to: "key")
            let named = try await run(rehearsal, profile + ["--api-key-file", "key"])
            #expect(named.status == 0, "\(named.errors)")
            // So is a profile that the user has too, even one without a key of its own.
            try write(rehearsal, #"{"version":1,"profiles":{"acme":{}}}"#, to: Self.user)
            let own = try await run(rehearsal, profile)
            #expect(own.status == 0, "\(own.errors)")
        }
    }

    @Test(
        "A file that does not exist and whose name may be the key is not shown",
        arguments: [
            ("REALKEY-abcdef-123456", true), ("SECRETKEYVALUE12345", true),
            ("sekret-KEY+/=&<>%41zz9", true),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", true),
            ("/etc/mava-bulk/key.txt", false), ("keys/production-2026.key", false),
            ("mava.key", false),
            ("./key", false),
        ])
    func likeKey(path: String, isLike: Bool) {
        #expect(KeySource.isLikeKey(path) == isLike)
    }

    @Test("More than 1,000 updates need their number, at the terminal too")
    func many() async throws {
        try await Rehearsal.run { rehearsal in
            let rows = (0..<1001).map { "00000000000000000000\(String(0x1000 + $0, radix: 16))" }
            for count in [1000, 1001] {
                try write(
                    rehearsal,
                    "ticketId,status\n" + rows.prefix(count).map { "\($0),Open\n" }.joined(),
                    to: "rows.csv")
                let question =
                    "Send \(Words.number(count)) updates? "
                    + (count == 1000 ? "[y/N] " : "These are many: type 1001 to go on: ")
                for answer in count == 1000 ? ["n"] : ["y", "1000", ""] {
                    let result = try await PseudoTerminal.run(
                        ["apply", "rows.csv", "--no-read", "--no-pager", "--run-dir", "run"]
                            + Rehearsal.wideQuota,
                        [.wait(question), .keys("\(answer)\n")], in: rehearsal)
                    #expect(result.status == 7, "\(result.output.suffix(300))")
                    #expect(rehearsal.puts == 0)
                }
            }
            let typed = try await PseudoTerminal.run(
                ["apply", "rows.csv", "--no-read", "--no-pager", "--run-dir", "run"]
                    + Rehearsal.wideQuota,
                [.wait("type 1001 to go on: "), .keys("1,001\n")], in: rehearsal)
            #expect(typed.status != 7, "\(typed.output.suffix(300))")
            #expect(rehearsal.puts > 0)
        }
    }
}
