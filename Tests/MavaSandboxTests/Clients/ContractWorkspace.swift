import MavaSandbox

/// The initial workspace of the contract tests: small, with one of everything.
enum ContractWorkspace {
    static let key = "acme-key"
    static let otherKey = "globex-key"
    static let ada = "6630a1f4c2b9e4a1d8f00b21"
    static let grace = "6630a1f4c2b9e4a1d8f00b22"
    static let departed = "6630a1f4c2b9e4a1d8f00b24"
    static let foreignAgent = "6631b205c2b9e4a1d8f00d01"
    static let billing = "6630a2b8c2b9e4a1d8f00c01"
    static let login = "6630a2b8c2b9e4a1d8f00c02"
    static let archivedCategory = "6630a2b8c2b9e4a1d8f00c03"
    static let foreignCategory = "6631b2c9c2b9e4a1d8f00e01"
    static let ticket = "665f1c0ac2b9e4a1d8f10001"
    static let aiTicket = "665f3e2cc2b9e4a1d8f10003"
    static let spam = "665f4f3dc2b9e4a1d8f10004"
    static let plainID = "ticket-42"
    static let foreignTicket = "6660615fc2b9e4a1d8f20001"

    static let json = """
        {"organisations": [
          {"name": "Acme", "apiKeys": ["\(key)", "acme-second-key"],
           "agents": [
             {"id": "\(ada)", "email": "ada@acme.example", "username": "Ada"},
             {"id": "\(grace)", "walletAddress": "0x52908400098527886E0F7030069857D2E4169EE7"},
             {"id": "\(departed)", "username": "Linus", "archived": true}],
           "categories": [
             {"id": "\(billing)", "name": "Billing"}, {"id": "\(login)", "name": "Login"},
             {"id": "\(archivedCategory)", "name": "Old", "archived": true}],
           "tickets": [
             {"_id": "\(ticket)", "status": "Open", "priority": 1, "category": "\(billing)",
              "assignedTo": "\(ada)", "sourceType": "email", "tags": ["vip", "refund"],
              "customer": {"name": "Sam"}, "createdAt": "2026-01-10T08:00:00Z", "csat": 4},
             {"_id": "\(aiTicket)", "status": "Waiting", "priority": 2, "aiStatus": "Active",
              "sourceType": "web", "createdAt": "2026-01-11T08:00:00Z",
              "messages": [{"messageType": "Text", "content": "Hello"}]},
             {"_id": "\(spam)", "status": "Spam", "priority": null, "category": "\(login)",
              "assignedTo": "\(departed)", "sourceType": "discord", "tags": ["vip"],
              "createdAt": "2026-02-01T00:00:00Z"},
             {"_id": "\(plainID)", "status": "Pending", "priority": 3,
              "createdAt": "2026-02-02T00:00:00Z", "assignedTo": "\(grace)", "csat": 1}]},
          {"name": "Globex", "apiKeys": ["\(otherKey)"],
           "agents": [{"id": "\(foreignAgent)", "email": "kim@globex.example"}],
           "categories": [{"id": "\(foreignCategory)", "name": "Support"}],
           "tickets": [{"_id": "\(foreignTicket)", "createdAt": "2026-01-12T08:00:00Z"}]}
        ]}
        """

    /// A configuration with this workspace and no quota.
    static func configuration() throws -> SandboxConfiguration {
        var configuration = SandboxConfiguration(workspace: try Workspace(json: json))
        configuration.quota = .unlimited
        return configuration
    }
}
