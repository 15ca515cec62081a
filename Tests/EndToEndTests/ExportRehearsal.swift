import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

/// A sandbox with a generated workspace, its tickets as JSON, and a directory for the program to work in.
///
/// It is sendable because the objects that were parsed from JSON are not changed.
struct ExportRehearsal: @unchecked Sendable {
    let sandbox: Sandbox
    let directory: TemporaryDirectory
    let tickets: [[String: Any]]
    let agents: [String: String]

    static func run<R>(
        tickets: Int = 3000, seed: UInt64 = 3, faults: String = "", json: String? = nil,
        _ body: (ExportRehearsal) async throws -> R
    ) async throws -> R {
        let workspace =
            try json.map { try Workspace(json: $0) }
            ?? Workspace.generate(tickets: tickets, seed: seed)
        return try await run(workspace, faults: faults, body)
    }

    static func run<R>(
        _ workspace: Workspace, faults: String = "", _ body: (ExportRehearsal) async throws -> R
    ) async throws -> R {
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = .unlimited
        configuration.faults = try FaultPlan(parsing: faults)
        let directory = try TemporaryDirectory()
        let text = Data(workspace.encoded())
        let object = try #require(
            try JSONSerialization.jsonObject(with: text) as? [String: [[String: Any]]])
        let organisation = try #require(object["organisations"]?.first)
        let listed = try #require(organisation["agents"] as? [[String: Any]])
        let agents = listed.filter { $0["archived"] as? Bool != true }.map {
            ($0["username"] as? String ?? "", $0["id"] as? String ?? "")
        }
        return try await withSandbox(configuration) { sandbox in
            try await body(
                ExportRehearsal(
                    sandbox: sandbox, directory: directory,
                    tickets: try #require(organisation["tickets"] as? [[String: Any]]),
                    agents: Dictionary(agents) { first, _ in first }))
        }
    }

    var environment: [String: String] {
        [
            "MAVA_BASE_URL": sandbox.address, "MAVA_API_KEY": sandbox.apiKeys[0],
            "PATH": BuiltProgram.executable.deletingLastPathComponent().path + ":/usr/bin:/bin",
        ]
    }

    private var folder: URL { URL(filePath: directory.path) }

    func program(_ arguments: [String], input: String? = nil) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            arguments + Rehearsal.wideQuota, in: folder, environment: environment,
            input: input.map { Data($0.utf8) })
    }

    /// Runs a line of the shell, in which the program is `mava-bulk`.
    func shell(_ line: String) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(
            ["-c", "set -o pipefail; " + line], in: folder, environment: environment,
            executable: URL(filePath: "/bin/bash"))
    }

    func start(_ arguments: [String]) throws -> ChildProgram {
        try BuiltProgram.start(
            arguments + Rehearsal.wideQuota, in: folder, environment: environment)
    }

    /// The ids of the tickets that hold a condition.
    func ids(_ condition: ([String: Any]) -> Bool) -> Set<String> {
        Set(tickets.filter(condition).compactMap { $0["_id"] as? String })
    }

    /// What the program left, but for the profile of a build that measures coverage.
    func leftovers() throws -> [String] {
        try directory.names().filter { !$0.hasSuffix(".profraw") }
    }

    var pages: Int { sandbox.stats.count(route: "/api/tickets", method: "GET") }
}

extension BuiltProgram.Result {
    /// The rows of a CSV as dictionaries by column.
    var rows: [[String: String]] {
        let lines = CSVLines.split(output)
        return lines.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(lines[0], $0))
        }
    }

    var ids: [String] { rows.compactMap { $0["ticketId"] } }
}
