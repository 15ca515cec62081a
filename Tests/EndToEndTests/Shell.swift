import BulkTestSupport
import Foundation

/// A shell in which `mava-bulk` is the built program.
enum Shell {
    /// The variables of a shell that finds the program by its name.
    ///
    /// - Parameter directory: Where the link to the program is put, in `bin`.
    /// - Returns: The variables.
    /// - Throws: What the file system refuses.
    static func environment(_ directory: TemporaryDirectory) throws -> [String: String] {
        let bin = directory.file("bin")
        try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
        let link = bin + "/mava-bulk"
        if !FileManager.default.fileExists(atPath: link) {
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: BuiltProgram.executable.path)
        }
        return ["PATH": "\(bin):/usr/bin:/bin"]
    }

    /// Runs a command line as a person would paste it.
    static func paste(
        _ command: String, in directory: TemporaryDirectory, _ environment: [String: String] = [:],
        shell: [String] = ["/bin/bash", "-c"]
    ) async throws -> BuiltProgram.Result {
        let own = try Self.environment(directory)
        return try await BuiltProgram.run(
            shell.dropFirst() + [command], in: URL(filePath: directory.path),
            environment: environment.merging(own) { $1 }, executable: URL(filePath: shell[0]))
    }
}
