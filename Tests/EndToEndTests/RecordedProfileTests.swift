import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

@Suite("A run's profile, which later commands use again", .timeLimit(.minutes(20)))
struct RecordedProfileTests {
    /// Writes defaults of another organisation beside the profile of a run, and makes the run.
    private func prepare(_ organisations: Organisations) async throws {
        let directory = organisations.directory
        let acme = organisations["acme"]
        try directory.write(#"{"maxChanges":100000}"#, to: "lax.json")
        try directory.write(#"{"maxChanges":1}"#, to: "strict.json")
        try directory.write(
            """
            {"version":1,"keyFile":"../../globex.key","guards":"../../lax.json",
            "baseURL":"\(organisations["globex"].address)","quota":"1000000/1s","label":"defaults",
            "profiles":{"acme":{"keyCommand":["cat","\(directory.file("acme.key"))"],
            "baseURL":"\(acme.address)","label":"of acme"}}}
            """, to: ".config/mava-bulk/config.json")
        let applied = try await organisations.program(
            ["apply", "acme.csv", "--profile", "acme", "--yes", "--run-dir", "run"])
        #expect(applied.status == 0, "\(applied.errors)")
    }

    @Test("Its key and address are used, whatever the defaults and the environment say")
    func keyAndAddress() async throws {
        try await Organisations.run { organisations in
            try await prepare(organisations)
            let foreign = [
                "MAVA_BASE_URL": organisations["globex"].address,
                "MAVA_BULK_API_KEY_FILE": organisations.directory.file("globex.key"),
            ]
            for environment in [[:], foreign] {
                let verified = try await organisations.program(["verify", "run"], environment)
                #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
                #expect(verified.output.contains("0 gone") || !verified.output.contains("gone"))
                let undo = try await organisations.program(
                    ["undo", "run", "--dry-run"], environment)
                #expect(undo.status == 0, "\(undo.errors)")
            }
            #expect(organisations["globex"].stats.total == 0)
        }
    }

    @Test("Its guards and its label are used, and not the defaults")
    func otherSettings() async throws {
        try await Organisations.run { organisations in
            try await prepare(organisations)
            let path = ".config/mava-bulk/config.json"
            let text = try organisations.directory.readText(path).replacing(
                #""label":"of acme""#, with: #""label":"of acme","guards":"../../strict.json""#)
            try organisations.directory.write(text, to: path)
            let puts = organisations.puts("acme")
            let refused = try await organisations.program(["undo", "run", "--yes"])
            #expect(refused.status == 7, "\(refused.output)\(refused.errors)")
            #expect(organisations.puts("acme") == puts)
            let undone = try await organisations.program(
                ["undo", "run", "--yes", "--guards", "lax.json", "--run-dir", "back"])
            #expect(undone.status == 0, "\(undone.errors)")
            #expect(try organisations.directory.readText("back/run.json").contains("of acme"))
            #expect(organisations["globex"].stats.total == 0)
        }
    }
}
