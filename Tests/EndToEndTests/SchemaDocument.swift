import BulkTestSupport
import Foundation
import Testing

@testable import mava_bulk

/// A document and the kind of its schema.
struct SchemaDocument: Encodable {
    let kind: JSONSchema
    let text: String

    enum CodingKeys: CodingKey { case kind, text }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(["kind": kind.rawValue, "text": text])
    }

    /// Holds documents against the schemas that the program prints.
    ///
    /// - Returns: How many documents of each kind were valid.
    static func validate(_ documents: [SchemaDocument]) async throws -> [String: Int] {
        let directory = try TemporaryDirectory()
        let schemas = JSONSchema.allCases.map { "\"\($0.rawValue)\":\($0.text)" }
        try directory.write("{" + schemas.joined(separator: ",") + "}", to: "schemas.json")
        let result = try await BuiltProgram.run(
            [
                BuiltProgram.package.appending(path: "Tests/Schemas/validate.py").path,
                directory.file("schemas.json"),
            ], in: URL(filePath: directory.path), input: JSONEncoder().encode(documents),
            executable: BuiltProgram.package.appending(path: ".build-checks/bin/python"))
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        return try JSONDecoder().decode(
            [String: Int].self,
            from: Data((result.output.split(separator: "\n").last ?? "").utf8))
    }
}
