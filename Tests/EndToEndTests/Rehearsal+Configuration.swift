import BulkTestSupport
import Foundation
import Testing

extension Rehearsal {
    /// The project's configuration file.
    static let projectFile = ".mava-bulk.json"
    /// The user's own configuration file.
    static let userFile = ".config/mava-bulk/config.json"

    /// The settings that `config --json` prints.
    struct Settings: Decodable {
        struct Setting: Decodable {
            var name: String
            var value: String?
            var origin: String
            var file: String?
            var line: Int?
            var profile: String?
            var variable: String?
        }

        var settings: [Setting]

        subscript(_ name: String) -> Setting? { settings.first { $0.name == name } }
    }

    /// Writes the user's own configuration file and the project's.
    func configure(user: String? = nil, project: String? = nil) throws {
        if let user {
            try FileManager.default.createDirectory(
                atPath: directory.path + "/.config/mava-bulk", withIntermediateDirectories: true)
            try directory.write(user, to: Self.userFile)
        }
        if let project { try directory.write(project, to: Self.projectFile) }
        for path in [Self.userFile, Self.projectFile] {
            let path = directory.path + "/" + path
            guard FileManager.default.fileExists(atPath: path) else { continue }
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    /// The settings as the program reads them.
    func settings(
        _ arguments: [String] = [], adding variables: [String: String] = [:]
    ) async throws -> Settings {
        let result = try await program(["config", "--json"] + arguments, adding: variables)
        #expect(result.status == 0, "\(result.errors)")
        return try JSONDecoder().decode(Settings.self, from: Data(result.output.utf8))
    }
}
