import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// The built program, a sandbox in this process, and a directory for the program to work in.
struct Rehearsal {
    let sandbox: Sandbox
    let directory: TemporaryDirectory

    /// A quota that is no limit, for tests that are about something else.
    static let wideQuota = ["--quota", "1000000/1s"]

    /// Runs a body against a sandbox with the samples' workspace.
    static func run<R>(
        quota: QuotaRule = .unlimited, faults: String = "",
        _ body: (Rehearsal) async throws -> R
    ) async throws -> R {
        let workspace = try Workspace.load(path: sample("workspace.json"))
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = quota
        configuration.faults = try FaultPlan(parsing: faults)
        let directory = try TemporaryDirectory()
        return try await withSandbox(configuration) { sandbox in
            try await body(Rehearsal(sandbox: sandbox, directory: directory))
        }
    }

    /// The path of one of the samples' files.
    static func sample(_ name: String) -> String {
        BuiltProgram.package.appending(path: "samples/\(name)").path
    }

    /// The variables that give the program Mava's address and key.
    var environment: [String: String] {
        ["MAVA_BASE_URL": sandbox.address, "MAVA_API_KEY": sandbox.apiKeys[0]]
    }

    var folder: URL { URL(filePath: directory.path) }

    /// Runs the program against the sandbox, with more variables or without some of its own.
    func program(
        _ arguments: [String], input: String? = nil, adding variables: [String: String] = [:],
        without left: [String] = []
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments, in: folder,
            environment: environment.filter { !left.contains($0.key) }.merging(variables) { $1 },
            input: input.map { Data($0.utf8) })
    }

    /// Starts the program against the sandbox and does not wait for it.
    func start(_ arguments: [String]) throws -> ChildProgram {
        try BuiltProgram.start(arguments, in: folder, environment: environment)
    }

    /// The rows of a run's report as dictionaries by column.
    func report(_ run: String = "run") throws -> [[String: String]] {
        let text = try directory.readText("\(run)/report.csv")
        // The report is delimited as its input is.
        let delimiter = text.unicodeScalars.drop { $0 != "w" }.dropFirst().first ?? ","
        let lines = CSVLines.split(text, delimiter)
        let header = lines[0]
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(header, $0)) }
    }

    /// The files that the program left in its directory, without the profile of a coverage build.
    func leftovers() throws -> [String] {
        try directory.names().filter { !$0.hasSuffix(".profraw") }
    }

    /// Updates that the sandbox accepted.
    var updates: Int { sandbox.stats.count(route: "/api/ticket", method: "PUT", status: 200) }
    /// Updates that reached the sandbox.
    var puts: Int { sandbox.stats.count(route: "/api/ticket", method: "PUT") }

    /// The tickets as the sandbox holds them now.
    func tickets() -> String { String(decoding: sandbox.workspace.encoded(), as: UTF8.self) }
}

/// Splits CSV in the simplest way, so that an independent reader checks the reports.
enum CSVLines {
    static func split(_ text: String, _ delimiter: Unicode.Scalar = ",") -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var characters = text.unicodeScalars.makeIterator()
        var held = characters.next()
        while let character = held {
            held = characters.next()
            switch character {
            case "\"" where isQuoted && held == "\"":
                cell.unicodeScalars.append("\"")
                held = characters.next()
            case "\"": isQuoted.toggle()
            case delimiter where !isQuoted:
                row.append(cell)
                cell = ""
            case "\n" where !isQuoted:
                rows.append(row + [cell])
                (row, cell) = ([], "")
            default: cell.unicodeScalars.append(character)
            }
        }
        return rows
    }
}
