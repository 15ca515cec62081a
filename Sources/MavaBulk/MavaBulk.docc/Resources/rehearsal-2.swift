import MavaBulk
import MavaSandbox

let workspace = try Workspace.generate(tickets: 50, seed: 7)
try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
    guard let key = APIKey(sandbox.apiKeys[0]) else { return }
    let connection = try MavaConnection(baseURL: sandbox.address, key: key)
    print(connection)
}
