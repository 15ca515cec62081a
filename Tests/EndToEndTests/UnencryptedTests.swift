import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// The option `--allow-http`, against a sandbox that is reached by an address that is not loopback.
///
/// Linux and macOS connect 0.0.0.0 to this machine, so the tests need no network and no name.
@Suite("A key that goes unencrypted")
struct UnencryptedTests {
    /// The variables of a program, for which the sandbox is another host.
    private static func variables(_ rehearsal: Rehearsal) -> [String: String] {
        [
            "MAVA_API_KEY": rehearsal.sandbox.apiKeys[0], "MAVA_BASE_URL": address(rehearsal),
            // Nothing listens there, so a request through this proxy would fail.
            "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9",
        ]
    }

    private static func address(_ rehearsal: Rehearsal) -> String {
        "http://0.0.0.0:\(rehearsal.sandbox.port)"
    }

    private static func program(
        _ arguments: [String], _ rehearsal: Rehearsal, _ variables: [String: String]? = nil
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments, in: rehearsal.folder, environment: variables ?? self.variables(rehearsal))
    }

    @Test("nothing is sent over plain http to another host unless the option names that host")
    func refused() async throws {
        try await Rehearsal.run { rehearsal in
            let without = try await Self.program(["agents"], rehearsal)
            #expect(without.status == 2)
            #expect(without.errors.contains("would send the API key unencrypted"))
            let other = try await Self.program(["agents", "--allow-http", "sandbox"], rehearsal)
            #expect(other.status == 2)
            #expect(other.errors.contains("the base URL has the host 0.0.0.0"))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test(
        "a run goes to the named host with a warning, through no proxy; the next commands name it again"
    )
    func run() async throws {
        try await Rehearsal.run { rehearsal in
            let option = ["--allow-http", "0.0.0.0"]
            let applied = try await Self.program(
                ["apply", Rehearsal.sample("reassign/handover.csv"), "--yes", "--run-dir", "run"]
                    + Rehearsal.wideQuota + option, rehearsal)
            #expect(applied.status == 0, "\(applied.errors)")
            #expect(
                applied.errors.contains(
                    "warning: the API key goes unencrypted to 0.0.0.0, as --allow-http says"),
                "\(applied.errors)")
            #expect(rehearsal.updates == 47)

            let checked = try await Self.program(["check"] + option, rehearsal)
            #expect(
                checked.output.contains("the key goes unencrypted to this host"),
                "\(checked.output)")

            // The run's own settings do not open the way again.
            let forgotten = try await Self.program(["verify", "run"], rehearsal)
            #expect(forgotten.status == 2, "\(forgotten.errors)")
            let shown = try await Self.program(["runs", "show", "run"], rehearsal)
            let page = try rehearsal.directory.readText("run/report.html")
            #expect(page.contains("--allow-http 0.0.0.0"), "\(shown.output)")
            let verified = try await Self.program(["verify", "run"] + option, rehearsal)
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }

    @Test(
        "an option that does not fit the address is wrong usage",
        arguments: [
            ("https://desk.example", "desk.example", "has no effect"),
            ("http://127.0.0.1:1", "127.0.0.1", "has no effect"),
            ("http://app.mava.app", "app.mava.app", "is not for Mava itself"),
            ("http://sandbox:1", "sandbox:1", "takes one host without a port"),
            ("http://sandbox:1", "user:hunter2@sandbox", "takes one host without a port"),
            ("http://user:hunter2@sandbox:1", "sandbox", "holds a user name or password"),
        ])
    func usage(address: String, host: String, message: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await Self.program(
                ["agents", "--allow-http", host], rehearsal,
                ["MAVA_API_KEY": "a-key-of-the-test", "MAVA_BASE_URL": address])
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains(message), "\(result.errors)")
            #expect(!result.errors.contains("hunter2"))
        }
    }

    @Test("a sandbox inside the program is not another host")
    func embedded() async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await Self.program(
                [
                    "agents", "--sandbox", Rehearsal.sample("workspace.json"), "--allow-http",
                    "sandbox",
                ], rehearsal, [:])
            #expect(result.status == 2)
            #expect(result.errors.contains("has no effect"))
        }
    }
}
