/// A small workspace, whose tickets are numbered.
enum SmallWorkspace {
    static let ada = "6630a1f4c2b9e4a1d8f00b21"
    static let grace = "6630a1f4c2b9e4a1d8f00b22"
    /// An agent who has left.
    static let robin = "6630a1f4c2b9e4a1d8f00b23"
    static let billing = "65f000000000000000000001"
    static let shipping = "65f000000000000000000002"
    /// A category that is archived.
    static let archived = "65f000000000000000000003"

    /// The id of a ticket.
    static func id(_ number: Int) -> String { "6955b9000000000000000\(100 + number)" }

    /// A ticket of the workspace as JSON.
    static func ticket(
        _ number: Int, status: String = "Open", priority: Int = 1, category: String? = billing,
        assignedTo: String? = ada, aiStatus: String? = nil
    ) -> String {
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        return """
            {"_id": "\(id(number))", "status": "\(status)", "priority": \(priority),
            "category": \(text(category)), "assignedTo": \(text(assignedTo)),
            "aiStatus": \(text(aiStatus)), "sourceType": "web", "tags": [],
            "customer": {"name": "C"}, "createdAt": "2026-01-01T00:00:00.000Z",
            "updatedAt": "2026-01-02T00:00:00.000Z"}
            """
    }

    /// A workspace of tickets.
    static func json(_ tickets: [String]) -> String {
        """
        {"organisations": [{"name": "Small", "apiKeys": ["small-key"], "agents": [
        {"id": "\(ada)", "email": "ada@acme.example", "username": "Ada", "walletAddress": null},
        {"id": "\(grace)", "email": "grace@acme.example", "username": "Grace", "walletAddress": null},
        {"id": "\(robin)", "email": null, "username": "Robin", "walletAddress": null, "archived": true}],
        "categories": [{"id": "\(billing)", "name": "Billing"}, {"id": "\(shipping)", "name": "Shipping"},
        {"id": "\(archived)", "name": "Returns", "archived": true}],
        "tickets": [\(tickets.joined(separator: ",\n"))]}]}
        """
    }

    static func run<R>(
        _ tickets: [String], faults: String = "", _ body: (ExportRehearsal) async throws -> R
    ) async throws -> R {
        try await ExportRehearsal.run(faults: faults, json: json(tickets), body)
    }
}
