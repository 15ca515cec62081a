import MavaBulk
import MavaSandbox

let workspace = try Workspace.generate(tickets: 50, seed: 7)
try await withSandbox(SandboxConfiguration(workspace: workspace)) { sandbox in
    guard let key = APIKey(sandbox.apiKeys[0]) else { return }
    let connection = try MavaConnection(baseURL: sandbox.address, key: key)
    let ids = sandbox.workspace.ticketIDs.prefix(10)
    let input = PlanInput(rows: ids.map { TicketChange(ticketID: $0, priority: .high) })
    let run = BulkRun(connection)
    print("\(input.path): \(ids.count) changes; runs are kept in \(run.runsDirectory)")
}
