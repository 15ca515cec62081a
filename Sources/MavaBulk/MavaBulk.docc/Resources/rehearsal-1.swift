import MavaBulk
import MavaSandbox

let workspace = try Workspace.generate(tickets: 50, seed: 7)
try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
    print(sandbox.address)
}
