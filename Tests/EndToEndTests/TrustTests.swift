import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("Whose certificates the program trusts", .enabled(if: PrivateAuthority.opensslPath != nil))
struct TrustTests {
    private func agents(
        port: Int, _ arguments: [String] = [], _ environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        let directory = try TemporaryDirectory()
        let base = ["MAVA_API_KEY": "a-key-of-the-test"]
        return try await BuiltProgram.run(
            ["agents", "--base-url", "https://127.0.0.1:\(port)"] + arguments,
            in: URL(filePath: directory.path), environment: base.merging(environment) { $1 })
    }

    @Test(
        "A private authority by option and by either variable; without, the message names the option"
    )
    func privateAuthority() async throws {
        let authority = try PrivateAuthority(names: "IP:127.0.0.1")
        let other = try PrivateAuthority(names: "IP:127.0.0.1")
        let directory = try authority.caDirectory()
        try await authority.withServer { port in
            let trusted: [([String], [String: String])] = [
                (["--ca-file", authority.caFile], [:]),
                ([], ["SSL_CERT_FILE": authority.caFile]), ([], ["SSL_CERT_DIR": directory]),
                (["--ca-file", authority.caFile], ["SSL_CERT_FILE": "/nowhere"]),
            ]
            for (arguments, environment) in trusted {
                let result = try await agents(port: port, arguments, environment)
                // The server is `openssl s_server`, whose page is not a listing.
                #expect(!result.errors.contains("not trusted"), "\(result.errors)")
                #expect(result.errors.contains("with a page"), "\(result.errors)")
            }
            let untrusted: [([String], [String: String])] = [
                ([], [:]), ([], ["SSL_CERT_FILE": other.caFile]),
                // The option replaces all others, the system's directory and the variables included.
                (["--ca-file", other.caFile], ["SSL_CERT_DIR": directory]),
            ]
            for (arguments, environment) in untrusted {
                let result = try await agents(port: port, arguments, environment)
                #expect(result.status == 5)
                #expect(result.errors.contains("is not trusted"))
                #expect(result.errors.contains("name its PEM file with --ca-file"))
            }
        }
    }

    @Test("The keys of TLS connections are written to no file")
    func keyLog() async throws {
        let authority = try PrivateAuthority(names: "IP:127.0.0.1")
        let directory = try TemporaryDirectory()
        try await authority.withServer { port in
            let result = try await agents(
                port: port, ["--ca-file", authority.caFile],
                ["SSLKEYLOGFILE": directory.file("keys")])
            #expect(!result.errors.contains("not trusted"), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: directory.file("keys")))
        }
    }

    @Test("A file of authorities that cannot be used is wrong usage, before anything is sent")
    func unusableFiles() async throws {
        let authority = try PrivateAuthority(names: "IP:127.0.0.1")
        let whole = try String(contentsOfFile: authority.caFile, encoding: .utf8)
        let files = [
            "empty.pem": "", "text.pem": "not a certificate\n",
            "key.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "cut.pem": String(whole.prefix(whole.count / 2)),
            "damaged.pem": whole + whole.replacing("MII", with: "!!!"), "der.pem": "0\u{82}abc",
        ]
        try await Rehearsal.run { rehearsal in
            for (name, text) in files { try rehearsal.directory.write(text, to: name) }
            for name in files.keys.sorted() + ["missing.pem", ".", "/dev/null"] {
                let sandbox = ["--sandbox", Rehearsal.sample("workspace.json")]
                for command in [["agents"], ["apply", "x.csv", "--yes"], ["agents"] + sandbox] {
                    let result = try await rehearsal.program(command + ["--ca-file", name])
                    #expect(result.status == 2, "\(name): \(result.errors)")
                    #expect(result.errors.contains(name))
                }
            }
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test("A dead proxy is named with its variable and without its password")
    func deadProxy() async throws {
        let directory = try TemporaryDirectory()
        let port = try RawServer.unusedPort()
        for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
            let result = try await BuiltProgram.run(
                ["agents", "--base-url", "https://desk.example"],
                in: URL(filePath: directory.path),
                environment: [
                    "MAVA_API_KEY": "a-key-of-the-test",
                    variable: "http://user:pass-of-the-proxy@127.0.0.1:\(port)/",
                ])
            #expect(result.status == 5)
            #expect(
                result.errors.contains("the proxy 127.0.0.1:\(port) (from \(variable))"),
                "\(result.errors)")
            #expect(!result.errors.contains("pass-of-the-proxy"))
        }
    }
}
