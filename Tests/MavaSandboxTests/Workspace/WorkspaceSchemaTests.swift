import Foundation
import MavaSandbox
import Testing

/// Compares the schema in docs/ with the reader.
@Suite struct WorkspaceSchemaTests {
    /// The keys that the reader lists for the object to which `json` adds an unknown key `nothing`.
    private func knownKeys(_ json: String) throws -> Set<String> {
        let error = #expect(throws: WorkspaceError.self) { try Workspace(json: json) }
        let message = try #require(error?.message)
        let list = try #require(message.components(separatedBy: "known are ").last)
        return Set(list.components(separatedBy: ", ").filter { !$0.contains(" ") })
    }

    @Test("the schema names the keys that the reader knows, no more and no fewer")
    func keys() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("../../../docs/schemas/workspace.schema.json").standardized
        let schema = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let definitions = try #require(schema["$defs"] as? [String: [String: Any]])
        func properties(_ name: String) -> Set<String> {
            Set((definitions[name]?["properties"] as? [String: Any] ?? [:]).keys)
        }
        func organisation(_ members: String) -> String { "{\"organisations\":[{\(members)}]}" }
        #expect(
            try knownKeys(organisation("\"nothing\":1")) == properties("organisation"))
        for (list, name) in [
            ("agents", "agent"), ("categories", "category"), ("tickets", "ticket"),
        ] {
            let known = try knownKeys(organisation("\"\(list)\":[{\"nothing\":1}]"))
            #expect(known == properties(name))
            #expect(known.count >= 3)
        }
    }
}
