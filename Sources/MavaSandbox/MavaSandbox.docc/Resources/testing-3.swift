import MavaSandbox

let workspace = try Workspace(json: Workspace.example)
var configuration = SandboxConfiguration(workspace: workspace)
configuration.quota = QuotaRule(kind: .fixed, limit: 90, window: .seconds(30))
configuration.faults = try FaultPlan(parsing: "seed=7,500-after=0.01")
try await withSandbox(configuration) { sandbox in
    // Let your client update a ticket here.
    let id = sandbox.workspace.ticketIDs[0]
    print(sandbox.stats.count(route: "/api/ticket", method: "PUT"))
    print(sandbox.ticket(id)?.status ?? "-", sandbox.audit(ticketID: id).count)
}
