internal import BulkSystem

/// A plan in a file.
public enum SavedPlan {
    /// Whether a file begins as a saved plan does.
    ///
    /// - Parameter path: The file; `-`, standard input, never is one.
    /// - Returns: `false` also when the file cannot be read: the next reader reports why.
    public static func isPlan(_ path: String) -> Bool {
        // A pipe can be read only once.
        guard path != "-", FilePath.isRegularFile(path) else { return false }
        do throws(FileError) {
            var reader = try FileReader(path)
            return PlanHeader.isBeginning(try reader.read(upTo: 64 << 10))
        } catch {
            return false
        }
    }

    /// Reads a saved plan, after making sure that it is whole and unchanged.
    ///
    /// - Parameters:
    ///   - path: The plan's file.
    ///   - expectedID: The id that it has to have, or its first eight or more digits; `nil` for any.
    /// - Returns: The plan.
    /// - Throws: A ``PlanError`` when it is not the plan that was made, and a `FileError` when it cannot
    ///   be read.
    public static func open(_ path: String, expecting expectedID: String? = nil) throws -> Plan {
        let summary = try PlanSummary(reading: PlanReader(path: path, expecting: expectedID))
        return Plan(summary: summary, path: path)
    }

    /// Refuses a plan that was made against another API.
    ///
    /// A plan for a sandbox on this machine is accepted for any other such sandbox, because the port differs
    /// from start to start.
    static func check(_ header: PlanHeader, path: String, for connection: MavaConnection) throws {
        try requireServer(header, path: path, address: connection.baseURL)
    }

    /// Refuses a plan that was made for another organisation than the key's, and reads the agents for that.
    ///
    /// - Parameters:
    ///   - header: The plan's header.
    ///   - path: The file to name in the error.
    ///   - connection: Where the agents are read.
    ///   - agents: The agents, if they are known already; they are read at most once.
    /// - Throws: A ``PlanError`` with the code `otherOrganisation`, and a `ClientError` when the agents cannot be
    ///   read.
    static func requireOrganisation(
        _ header: PlanHeader, path: String, for connection: MavaConnection, _ agents: inout [Agent]?
    ) async throws {
        guard let organisation = header.organisation, header.hasChanges else { return }
        let present: [Agent]
        if let agents {
            present = agents
        } else {
            present = try await connection.reader.agents().elements
        }
        agents = present
        guard organisation.matches(present) else {
            throw PlanError(
                code: .otherOrganisation,
                message:
                    "the plan was made for another organisation than this key's, which has none of the "
                    + "plan's agents: nothing was sent; use the key of the plan's organisation",
                path: path)
        }
    }

    /// Refuses another API than the one that a plan was made against.
    ///
    /// - Parameters:
    ///   - header: The plan's header.
    ///   - path: The file to name in the error.
    ///   - address: The API's address.
    /// - Throws: A ``PlanError`` with the code `otherServer`.
    package static func requireServer(
        _ header: PlanHeader, path: String, address: String
    ) throws {
        guard let planned = header.baseURL, planned != address else { return }
        func isLocal(_ url: String) -> Bool { HTTPEndpoint(url: url)?.isLoopback ?? false }
        if isLocal(planned), isLocal(address) { return }
        throw PlanError(
            code: .otherServer,
            message:
                "the plan was made against \(planned), and this is \(address): plan "
                + "again, or name the plan's server", path: path)
    }
}
