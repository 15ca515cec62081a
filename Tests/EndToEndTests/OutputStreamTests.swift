import BulkTestSupport
import MavaSandbox
import Testing

@Suite("What - is no name of", .timeLimit(.minutes(20)))
struct OutputStreamTests {
    @Test(
        "A file that would be named - is refused before anything is read",
        arguments: [
            (["export", "--output"], "leave it out, and standard output gets the data"),
            (["lookups", "--output"], "leave it out"),
            (["report", "run", "--output"], "leave it out"),
            (["export", "--lookups"], "--lookups takes a file: name it"),
            (["plan", "rows.csv", "--output"], "a plan is read more than once"),
            (["plan", "rows.csv", "--html"], "--html takes a file: name it"),
            (["plan edit plan.jsonl --drop 1", "--output"], "a plan is read more than once"),
            (["undo", "run", "--output"], "a plan is read more than once"),
            (["verify", "run", "--output"], "--csv prints"),
            (["apply", "rows.csv", "--yes", "--metrics-file"], "--metrics-file takes a file"),
            (["sandbox", "--save"], "--save takes a file"),
            (["sandbox", "--init"], "--init takes a file"),
        ])
    func streams(arguments: [String], advice: String) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(
                arguments.flatMap { $0.split(separator: " ").map(String.init) } + ["-"])
            #expect(result.status == 2, "\(result.errors)")
            #expect(result.errors.contains(advice), "\(result.errors)")
            #expect(try !rehearsal.leftovers().contains("-"))
            #expect(rehearsal.sandbox.stats.total == 0)
        }
    }

    @Test(
        "An error is JSON wherever --json stands, and with a value that it does not take",
        arguments: [["--json", "runs"], ["runs", "--json=1"], ["--json"]])
    func errors(arguments: [String]) async throws {
        try await Rehearsal.run { rehearsal in
            let result = try await rehearsal.program(arguments)
            #expect(result.status == 2)
            #expect(result.errors.hasPrefix(#"{"error":{"code":"usage","#), "\(result.errors)")
        }
    }
}
