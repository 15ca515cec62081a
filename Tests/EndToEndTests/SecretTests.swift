import BulkTestSupport
import Foundation
import Testing

/// All messages and files of a run whose server and environment repeat the secrets.
@Suite("No output of a run holds a secret")
struct SecretTests {
    private static let key = "k3y-0123456789abcdef"
    /// Enough rows for the run to treat failures as an outage, so that it ends early.
    private static let rows =
        "ticketId,status\n"
        + (10...31).map { "695c76afd0e42018b77a9c\($0),Resolved\n" }.joined()
    private static let secrets = [key, "pr0xy", "ur1pass"]

    /// Everything that the program printed, and every file it left.
    private func everything(
        _ result: BuiltProgram.Result, _ directory: TemporaryDirectory
    ) throws -> [(name: String, text: String)] {
        var all = [("stdout", result.output), ("stderr", result.errors)]
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
        for name in names where name != "key" && !name.hasSuffix(".profraw") {
            let url = URL(filePath: directory.path).appending(path: name)
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            all.append((name, String(decoding: try directory.read(name), as: UTF8.self)))
        }
        return all
    }

    private func expectNoSecret(
        _ result: BuiltProgram.Result, _ directory: TemporaryDirectory
    ) throws {
        for (name, text) in try everything(result, directory) {
            for secret in Self.secrets {
                #expect(!text.contains(secret), "\(name) holds \(secret): \(text)")
            }
        }
    }

    @Test("A key in place of the name of its file is not repeated")
    func keyAsFile() async throws {
        try await Rehearsal.run { rehearsal in
            for options in [["--api-key-file", Self.key], ["--api-key-file=./\(Self.key)"]] {
                let result = try await rehearsal.program(["agents"] + options)
                #expect(result.status == 4)
                #expect(result.errors.contains("which is not shown"), "\(result.errors)")
                try expectNoSecret(result, rehearsal.directory)
            }
            let missing = try await rehearsal.program(["agents", "--api-key-file", "key-1.txt"])
            #expect(missing.errors.contains("cannot open key-1.txt"), "\(missing.errors)")
        }
    }

    @Test(
        "a server that repeats the key and URLs with passwords, in every part of an answer",
        arguments: [
            (
                "400 Bad Request", "application/json",
                #"{"error":"bad KEY at http://u:ur1pass@h/x"}"#
            ),
            ("200 OK", "application/json", #"{"message":"KEY for u:ur1pass@h"}"#),
            ("403 Forbidden", "text/html", "<title>KEY http://u:ur1pass@h</title>"),
            ("302 Found", "text/html; charset=KEY", "<a href='http://u:ur1pass@h/KEY'>"),
            ("500 KEY", "http://u:ur1pass@h", #"{"error":"KEY"}"#),
        ])
    func server(status: String, type: String, body: String) async throws {
        let fill: @Sendable (String) -> String = { $0.replacing("KEY", with: Self.key) }
        try await RawServer.with { connection in
            while connection.readRequest() != nil {
                connection.respond(
                    fill(status),
                    headers: [
                        "content-type: \(fill(type))", "location: http://u:ur1pass@h/\(Self.key)",
                        "retry-after-\(Self.key): 1",
                    ], body: fill(body))
            }
        } _: { server in
            let directory = try TemporaryDirectory()
            try directory.write(Self.rows, to: "rows.csv")
            let environment = ["MAVA_API_KEY": Self.key, "MAVA_BASE_URL": server.baseURL]
            for arguments in [
                ["apply", "rows.csv", "--no-read", "--yes", "--give-up-after", "1s"], ["agents"],
            ] {
                let result = try await BuiltProgram.run(
                    arguments, in: URL(filePath: directory.path), environment: environment)
                try expectNoSecret(result, directory)
            }
        }
    }

    @Test(
        "a proxy's password in the environment, where the proxy is dead, refuses, or cannot be one",
        arguments: [
            "http://user:pr0xy@127.0.0.1:PORT", "user:pr0xy@127.0.0.1:PORT",
            "http://user:pr0xy/pr0xy word@127.0.0.1:PORT", "http://user:pr0xy@", "htp://x:pr0xy@y",
            "http://user:pr0xy@127.0.0.1:99999", "socks9://user:pr0xy@127.0.0.1:PORT",
        ])
    func proxy(address: String) async throws {
        let port = try RawServer.unusedPort()
        let directory = try TemporaryDirectory()
        try directory.write(Self.rows, to: "rows.csv")
        let environment = [
            "MAVA_API_KEY": Self.key, "MAVA_BASE_URL": "https://mava.invalid",
            "https_proxy": address.replacing("PORT", with: "\(port)"),
        ]
        let result = try await BuiltProgram.run(
            ["apply", "rows.csv", "--no-read", "--yes", "--give-up-after", "1s"],
            in: URL(filePath: directory.path), environment: environment)
        #expect(result.status != 0)
        #expect(!result.errors.isEmpty)
        try expectNoSecret(result, directory)
    }
}
