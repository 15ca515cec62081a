import MavaSandbox

let workspace = try Workspace(json: Workspace.example)
try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
    print(sandbox.address, sandbox.apiKeys[0])
}
