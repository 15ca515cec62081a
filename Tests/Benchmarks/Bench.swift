import CLibrary

/// The benchmarks: `mava-bulk-bench NAME [options]`.
///
/// Their results are in docs/benchmarks.md.
@main
enum Bench {
    /// What each name runs; a benchmark is one file of its own and one line here.
    static let benchmarks: [(name: String, run: @Sendable ([String]) async throws -> Void)] = [
        ("execute", ExecuteBench.run),
        ("growth", GrowthBench.run),
        ("plan", PlanBench.run),
        ("read", ReadBench.run),
        ("sandbox", SandboxBench.run),
        ("simulate", SimulateBench.run),
    ]

    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let name = arguments.first,
            let benchmark = benchmarks.first(where: { $0.name == name })
        else {
            print("usage: mava-bulk-bench NAME [options]")
            print("names: \(benchmarks.map(\.name).joined(separator: " "))")
            return
        }
        do {
            try await benchmark.run(Array(arguments.dropFirst()))
        } catch {
            print("mava-bulk-bench: \(error)")
            exit(1)
        }
    }
}
