import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Several organisations from one shell", .timeLimit(.minutes(20)))
struct ProfileTests {
    /// The command lines of docs/scaling.md about profiles, each with the lines that are indented below it.
    private static func commands() throws -> [String] {
        let page = try String(
            contentsOf: BuiltProgram.package.appending(path: "docs/scaling.md"), encoding: .utf8)
        let blocks = page.split(separator: "\n\n").filter { $0.hasPrefix("    ") }
        return blocks.map(String.init).filter { $0.contains("acme globex") }
    }

    @Test("The lines of the documentation run one job for each profile, with its own key and run")
    func sideBySide() async throws {
        let commands = try Self.commands()
        #expect(commands.count == 2)
        for command in commands {
            try await Rehearsal.run { acme in
                try await Rehearsal.run { globex in
                    let directory = acme.directory
                    let folder = directory.path + "/.config/mava-bulk"
                    try FileManager.default.createDirectory(
                        atPath: folder, withIntermediateDirectories: true)
                    let rows = try String(
                        contentsOfFile: Rehearsal.sample("reassign/handover.csv"), encoding: .utf8)
                    var profiles: [String] = []
                    for (name, own) in [("acme", acme), ("globex", globex)] {
                        // Organisations have other tickets, and so other plans.
                        let lines = rows.split(separator: "\n")
                        try directory.write(
                            lines.dropLast(name == "acme" ? 0 : 10).joined(separator: "\n"),
                            to: "\(name).csv")
                        try directory.write(own.sandbox.apiKeys[0], to: "\(name).key")
                        profiles.append(
                            """
                            "\(name)":{"keyFile":"\(directory.path)/\(name).key",
                            "baseURL":"\(own.sandbox.address)","quota":"1000000/1s"}
                            """)
                    }
                    try directory.write(
                        #"{"version":1,"profiles":{"# + profiles.joined(separator: ",") + "}}",
                        to: ".config/mava-bulk/config.json")
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o600], ofItemAtPath: folder + "/config.json")
                    let result = try await Shell.paste(command, in: directory)
                    #expect(result.status == 0, "\(result.errors)")
                    #expect(
                        acme.updates == 47 && (30...45).contains(globex.updates), "\(result.output)"
                    )
                    let runs = try FileManager.default.contentsOfDirectory(
                        atPath: directory.file("mava-bulk-runs"))
                    #expect(runs.filter { !$0.hasPrefix(".") }.count == 2, "\(runs)")
                }
            }
        }
    }
}
