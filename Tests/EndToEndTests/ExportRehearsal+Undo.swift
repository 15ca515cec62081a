import BulkTestSupport
import Foundation
import MavaSandbox
import Testing

extension ExportRehearsal {
    /// The four fields of each ticket as the sandbox holds them now, by the ticket's id.
    func state() throws -> [String: [String]] {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(sandbox.workspace.encoded()))
                as? [String: [[String: Any]]])
        let tickets = try #require(object["organisations"]?.first?["tickets"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: tickets.map { ticket in
                (
                    ticket["_id"] as? String ?? "",
                    ["status", "priority", "category", "assignedTo"].map { key in
                        ticket[key].map { $0 is NSNull ? "-" : "\($0)" } ?? "-"
                    }
                )
            })
    }

    /// The rows of a run's report as dictionaries by column.
    func report(_ run: String) throws -> [[String: String]] {
        BuiltProgram.Result(
            status: 0, output: try directory.readText("\(run)/report.csv"), errors: ""
        ).rows
    }

    /// Applies rows and expects that all of them succeed.
    @discardableResult
    func apply(_ rows: String, as run: String, _ options: [String] = []) async throws
        -> BuiltProgram.Result
    {
        try directory.write(rows, to: "\(run).csv")
        let result = try await program(
            ["apply", "\(run).csv", "--yes", "--run-dir", "runs/\(run)", "--runs-dir", "runs"]
                + options)
        #expect(result.status == 0, "\(result.errors)")
        return result
    }

    func undo(_ arguments: [String]) async throws -> BuiltProgram.Result {
        try await program(["undo", "--runs-dir", "runs"] + arguments)
    }

    func verify(_ arguments: [String]) async throws -> BuiltProgram.Result {
        try await program(["verify", "--runs-dir", "runs"] + arguments)
    }

    /// Updates that the sandbox accepted.
    var updates: Int { sandbox.updates }
}

extension Sandbox {
    /// Updates that were accepted.
    var updates: Int { stats.count(route: "/api/ticket", method: "PUT", status: 200) }
}
