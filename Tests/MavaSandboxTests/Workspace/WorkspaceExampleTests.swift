import MavaSandbox
import Testing

@Suite struct WorkspaceExampleTests {
    @Test("the example that --init writes is a workspace")
    func example() throws {
        let workspace = try Workspace(json: Workspace.example)
        #expect(workspace.ticketCount == 6)
        #expect(workspace.apiKeys == ["acme-rehearsal-key", "globex-rehearsal-key"])
    }
}
