import MavaSandbox

let workspace = try Workspace(json: Workspace.example)
var configuration = SandboxConfiguration(workspace: workspace)
configuration.quota = QuotaRule(kind: .fixed, limit: 90, window: .seconds(30))
configuration.faults = try FaultPlan(parsing: "seed=7,500-after=0.01")
try await withSandbox(configuration) { sandbox in
    print(sandbox.address, sandbox.apiKeys[0])
}
