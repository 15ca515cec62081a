import BulkSystem
import BulkPlan
import BulkPlanning
import MavaSandbox

/// The sandbox that `--sandbox WORKSPACE` starts inside the program.
struct EmbeddedSandbox {
    let sandbox: Sandbox

    /// Starts a sandbox with the documented quota.
    ///
    /// - Parameter path: The workspace's file.
    /// - Throws: A ``CommandFailure`` that says what is wrong with the workspace.
    init(workspace path: String) throws {
        do {
            let workspace = try Workspace.load(path: path)
            sandbox = try Sandbox.start(SandboxConfiguration(workspace: workspace))
        } catch let error as WorkspaceError {
            throw CommandFailure(.unusableInput, "\(error)")
        } catch let error as SandboxError {
            throw CommandFailure(.internalError, "the sandbox does not start: \(error)")
        }
    }

    /// A summary of the requests that the sandbox received, in one line.
    var account: String {
        let stats = sandbox.stats
        let updates = stats.count(route: "/api/ticket", method: "PUT", status: 200)
        let refused = stats.count(status: 429)
        return "sandbox: \(Words.counted(stats.total, "request")), "
            + "\(Words.counted(updates, "update")) accepted, "
            + "\(Words.counted(stats.auditMessages, "audit message")), "
            + "\(refused == 0 ? "no" : "\(refused)") 429"
    }
}
