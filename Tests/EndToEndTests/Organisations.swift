import BulkTestSupport
import Foundation
import MavaSandbox

/// Several organisations, each with a sandbox and a profile, and a directory for the program to work in.
struct Organisations {
    let directory: TemporaryDirectory
    private let sandboxes: [String: Sandbox]

    /// The rows that each organisation's input has at most.
    static let rows = 51

    /// Runs a body with organisations that have the samples' tickets.
    ///
    /// The first one's input has all rows of the sample, and each further one has ten rows fewer, so that their plans
    /// differ.
    ///
    /// - Parameters:
    ///   - names: The profiles.
    ///   - faults: What goes wrong in the sandbox of a profile.
    ///   - members: What a profile has beside key, address and quota, such as `"production":true`.
    ///   - body: What to do with them.
    /// - Throws: What the file system refuses, and what the body throws.
    static func run(
        _ names: [String] = ["acme", "globex"], faults: [String: String] = [:],
        members: [String: String] = [:], _ body: (Organisations) async throws -> Void
    ) async throws {
        try await serve(names[...], faults, [:]) { sandboxes in
            let organisations = Organisations(
                directory: try TemporaryDirectory(), sandboxes: sandboxes)
            try organisations.write(names, members)
            try await body(organisations)
        }
    }

    nonisolated(nonsending) private static func serve(
        _ names: ArraySlice<String>, _ faults: [String: String], _ served: [String: Sandbox],
        _ body: nonisolated(nonsending) ([String: Sandbox]) async throws -> Void
    ) async throws {
        guard let name = names.first else { return try await body(served) }
        let workspace = try Workspace.load(path: Rehearsal.sample("workspace.json"))
        var configuration = SandboxConfiguration(workspace: workspace)
        configuration.quota = .unlimited
        configuration.faults = try FaultPlan(parsing: faults[name] ?? "")
        try await withSandbox(configuration) { sandbox in
            try await serve(names.dropFirst(), faults, served.merging([name: sandbox]) { $1 }, body)
        }
    }

    /// Writes each organisation's input and key, and the profiles.
    private func write(_ names: [String], _ members: [String: String]) throws {
        let rows = try String(
            contentsOfFile: Rehearsal.sample("reassign/handover.csv"), encoding: .utf8
        ).split(separator: "\n")
        var profiles: [String] = []
        for (index, name) in names.enumerated() {
            try directory.write(
                rows.dropLast(10 * index).joined(separator: "\n") + "\n", to: "\(name).csv")
            try directory.write(self[name].apiKeys[0], to: "\(name).key")
            profiles.append(
                """
                "\(name)":{"keyFile":"\(directory.file("\(name).key"))","baseURL":"\(self[name].address)",
                "quota":"1000000/1s","concurrency":2\(members[name].map { "," + $0 } ?? "")}
                """)
        }
        // A profile with an address has to say where its key is; this one has neither.
        profiles.append(#""keyless":{"quota":"60/30s"}"#)
        let folder = directory.file(".config/mava-bulk")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try directory.write(
            #"{"version":1,"profiles":{"# + profiles.joined(separator: ",") + "}}",
            to: ".config/mava-bulk/config.json")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: folder + "/config.json")
    }

    /// The sandbox of a profile.
    subscript(_ profile: String) -> Sandbox { sandboxes[profile]! }

    var folder: URL { URL(filePath: directory.path) }

    /// All requests that all organisations got.
    var requests: Int { sandboxes.values.reduce(0) { $0 + $1.stats.total } }

    /// Updates that an organisation got.
    func puts(_ profile: String) -> Int {
        self[profile].stats.count(route: "/api/ticket", method: "PUT")
    }

    /// Runs the program with the profiles.
    func program(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) async throws -> BuiltProgram.Result {
        try await BuiltProgram.run(arguments, in: folder, environment: environment)
    }

    /// Starts the program with the profiles and does not wait for it.
    func start(_ arguments: [String]) throws -> ChildProgram {
        try BuiltProgram.start(arguments, in: folder)
    }
}
